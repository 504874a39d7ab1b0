"""Targets in a storage-format page: pages, files, people, places on a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urljoin

from footnote_bot.indexers.text.tree import Node

_IN_FRAGMENTS = "!$&'()*+,;=:@/?-._~"
_SPACE = re.compile(r"\s+")
UNKNOWN_USER = "Unknown User"
"""Confluence's own name for a deleted account."""


@dataclass(frozen=True, slots=True)
class StorageLinks:
    """Targets of a page's links. With the defaults, labels get no address.

    ``address`` is the page's own. ``page`` takes a space key (empty: the page's own) and a title
    (empty: the space's home), ``content`` an id, ``attachment`` a file name on this page; they
    return an address or nothing. ``user`` takes an account id (Cloud) or user key (Data Center) and
    returns a name or nothing.
    """

    address: str = ""
    page: Callable[[str, str], str] = lambda _space, _title: ""
    content: Callable[[str], str] = lambda _id: ""
    attachment: Callable[[str], str] = lambda _name: ""
    user: Callable[[str], str] = lambda _id: ""

    def resolve(self, href: str) -> str:
        """Return an address in a page, made absolute if possible."""
        href = href.strip()
        if href.startswith("#"):
            return f"{self.address}{href}" if self.address and len(href) > 1 else ""
        if not self.address:
            return href
        try:
            return urljoin(self.address, href)
        except ValueError:  # an invalid address, such as //[
            return href


@dataclass(frozen=True, slots=True)
class Target:
    """A target. ``name`` is shown by a link without words of its own."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class StorageAnchors:
    """Fragments as the page's editor makes them: the new one (``v2``) of the heading alone, the
    legacy one and Data Center of title and heading without white space."""

    title: str
    editor: str

    def fragment(self, heading: str, title: str = "") -> str:
        """Return the fragment of a heading or a named place, on the page called ``title`` (this
        one)."""
        if self.editor == "v2":
            text = _SPACE.sub("-", heading.strip())
        else:
            text = "-".join(_SPACE.sub("", part) for part in (title or self.title, heading))
        return quote(text, safe=_IN_FRAGMENTS)


def target(link: Node, links: StorageLinks, anchors: StorageAnchors) -> Target:
    """Return the target of an ``ac:link``, or of another element with an ``ri:`` child."""
    resource = next((child for child in link.nodes() if child.tag.startswith("ri:")), None)
    place = link.attributes.get("ac:anchor", "")
    if resource is None:
        fragment = anchors.fragment(place) if place else ""
        return Target(place, links.resolve(f"#{fragment}"))
    page_target = _resource(resource, links)
    title = resource.attributes.get("ri:content-title", "")
    if place and page_target.address and title:
        return Target(page_target.name, f"{page_target.address}#{anchors.fragment(place, title)}")
    return page_target


def _resource(resource: Node, links: StorageLinks) -> Target:  # noqa: PLR0911 - one case an element
    def attribute(name: str) -> str:
        return resource.attributes.get(f"ri:{name}", "").strip()

    match resource.tag:
        case "ri:page" | "ri:blog-post":
            return Target(
                attribute("content-title"),
                links.page(attribute("space-key"), attribute("content-title")),
            )
        case "ri:space":
            return Target(attribute("space-key"), links.page(attribute("space-key"), ""))
        case "ri:content-entity":
            return Target("", links.content(attribute("content-id")))
        case "ri:attachment":
            # A file of another page is reached through that page.
            owner = resource.first("ri:page", "ri:blog-post", "ri:content-entity")
            address = (
                _resource(owner, links).address
                if owner
                else links.attachment(attribute("filename"))
            )
            return Target(attribute("filename"), address)
        case "ri:user":
            name = links.user(
                attribute("account-id") or attribute("userkey") or attribute("username")
            )
            # People choose their names, so a name must not become a link on somebody's page.
            name = " ".join(name.replace("](", "] (").split())
            return Target(name or attribute("username") or UNKNOWN_USER, "")
        case "ri:url":
            return Target(attribute("value"), links.resolve(attribute("value")))
        case "ri:shortcut":
            return Target(attribute("parameter"), "")
    return Target("", "")
