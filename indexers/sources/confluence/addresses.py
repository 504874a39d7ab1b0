"""The API's base of a Confluence: of a Cloud site, a Data Center with or without a context path, or
the gateway that scoped tokens need."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from footnote_bot.indexers.errors import WikiMisconfigured

GATEWAY = "https://api.atlassian.com"
_CLOUD_HOST = re.compile(r"(?:^|\.)(?:atlassian\.net|jira\.com)$")
_GATEWAY = re.compile(r"^/ex/confluence/[^/]+")
_TAIL = re.compile(r"/(?:spaces|display|pages|rest|api|dashboard\.action|index\.action)(?:/.*)?$")


@dataclass(frozen=True, slots=True)
class Base:
    """A base. ``origin`` is scheme and host; ``path`` begins every path of the wiki (``/wiki``, a
    context path, or nothing)."""

    origin: str
    path: str
    cloud: bool
    people: str = ""
    """The address at which people read it, if that is another one."""

    @property
    def url(self) -> str:
        return self.origin + self.path

    @property
    def shown_at(self) -> str:
        return self.people or self.url

    @property
    def site(self) -> str:
        """Return the site's name in tokens, so that two sites' groups of one name stay apart."""
        return self.shown_at.partition("://")[2]

    def relative(self, link: str) -> str:
        """Return path and query of a link below this base. The host that a response names is never
        contacted, and a leading context is removed."""
        parts = urlsplit(link)
        path = "/" + parts.path.lstrip("/")
        for context in (self.path, "/wiki" if self.cloud else ""):
            if context and path.startswith(context + "/"):
                path = path.removeprefix(context)
                break
        return f"{path}?{parts.query}" if parts.query else path


def base_of(url: str, product: str = "auto", cloud_id: str = "") -> Base:
    """Return the base of ``url``, which may be the address of any page. ``product`` is "cloud",
    "data_center", or "auto": detected from the address. With ``cloud_id`` the base is the
    gateway's, as scoped tokens need.

    Raises:
        WikiMisconfigured: ``url`` is no http(s) address, or holds a password.
    """
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname if parts.scheme in {"http", "https"} and parts.port != 0 else None
    except ValueError:  # invalid brackets or port
        host = None
    if not host:
        raise WikiMisconfigured(
            "The url of a Confluence begins with https:// and names a host, as in"
            " https://example.atlassian.net/wiki."
        )
    if parts.username or parts.password:
        raise WikiMisconfigured(
            f"The url of the Confluence at {host} holds a user or password: take it out"
            " and set CONFLUENCE_TOKEN instead."
        )
    origin = f"{parts.scheme}://{parts.netloc}"
    path = _TAIL.sub("", parts.path.rstrip("/")).rstrip("/")
    gateway = _GATEWAY.match(path)
    cloud = bool(gateway or _CLOUD_HOST.search(host))
    if product != "auto":
        cloud = product == "cloud"
    if cloud:
        path = (gateway[0] if gateway else "") + "/wiki"
    if cloud_id:
        return Base(GATEWAY, f"/ex/confluence/{cloud_id}/wiki", cloud=True, people=origin + path)
    return Base(origin, path, cloud)
