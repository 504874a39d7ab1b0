"""Turn the elements of storage format into those that the writer knows (`indexers.text.tree`), and
their links into addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from urllib.parse import quote, urljoin

from footnote_bot.indexers.sources.confluence import storage_macros as macros
from footnote_bot.indexers.text.tree import BLOCKS, HEADINGS, Node, code_text, is_blank, is_block

_IN_FRAGMENTS = "!$&'()*+,;=:@/?-._~"
_SPACE = re.compile(r"\s+")
UNKNOWN_USER = "Unknown User"
"""Confluence's own name for a deleted account."""
Items = list[Node | str]
_UNSEEN = frozenset({
    "ac:adf-attribute", "ac:default-parameter", "ac:parameter", "ac:placeholder", "ac:task-id",
    "ac:task-status", "ac:task-uuid", "at:declarations"
})  # fmt: skip
_IN_HTML = {
    **dict.fromkeys(("ac:layout", "ac:layout-cell", "ac:layout-section"), "div"),
    "ac:task-list": "ul",
}
_OF_LINES = HEADINGS | frozenset({"ac:adf-content", "ac:task-body", "dd", "dt", "li", "p"})
"""Elements in which pictures and macros are inline."""
_PICTURE_WORDS = ("ac:alt", "alt", "ac:title", "title")
_CUSTOM_EMOJI = re.compile(r":[\w+-]*:")
_ESCAPED = re.compile(r"(?:\\u(?!00[0189])[\da-fA-F]{4})+")
_EMOTICONS: Final = {
    "blue-star": "⭐", "broken-heart": "💔", "cheeky": "😛", "cross": "❌", "green-star": "⭐",
    "heart": "❤️", "laugh": "😀", "light-off": "💡", "light-on": "💡", "question": "❓",
    "red-star": "⭐", "sad": "🙁", "smile": "🙂", "thumbs-down": "👎", "thumbs-up": "👍",
    "tick": "✅", "warning": "⚠️", "wink": "😉", "yellow-star": "⭐",
    "information": "\N{INFORMATION SOURCE}", "minus": "\N{HEAVY MINUS SIGN}",
    "plus": "\N{HEAVY PLUS SIGN}",
}  # fmt: skip
"""Emoticons of Data Center's editor; they are often all that a table's cell has."""


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
    """The target of a link. ``name`` is shown by a link without words of its own."""

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
    anchor = link.attributes.get("ac:anchor", "")
    if resource is None:
        fragment = anchors.fragment(anchor) if anchor else ""
        return Target(anchor, links.resolve(f"#{fragment}"))
    page_target = _resource(resource, links)
    title = resource.attributes.get("ri:content-title", "")
    if anchor and page_target.address and title:
        return Target(page_target.name, f"{page_target.address}#{anchors.fragment(anchor, title)}")
    return page_target


def _resource(resource: Node, links: StorageLinks) -> Target:  # noqa: PLR0911 - one case an element
    """Return the target that an ``ri:`` element names."""

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


@dataclass(frozen=True, slots=True)
class StorageElements:
    links: StorageLinks
    anchors: StorageAnchors

    def replace_in(self, root: Node) -> None:
        """Replace the elements below ``root``, which must not be deep."""
        root.children = self._content(root.children, apart=True)

    def _content(self, items: Iterable[Node | str], *, apart: bool, in_line: bool = False) -> Items:
        """Return ``items`` in elements that the writer knows. ``apart``: a picture or macro without
        words beside it becomes a paragraph; ``in_line``: only if there is a block."""
        originals = list(items)
        replaced: list[Items] = [
            [item] if isinstance(item, str) else self._converted(item) for item in originals
        ]
        flat = [new for content in replaced for new in content]
        if not apart or not any(map(_stands_alone, originals)):
            return flat
        if in_line and not any(map(is_block, flat)):
            return flat
        result: Items = []
        pairs = zip(originals, replaced, strict=True)
        for are_blocks, group in groupby(pairs, key=lambda pair: any(map(is_block, pair[1]))):
            run = list(group)
            wordless = all(is_blank(item) or _stands_alone(item) for item, _ in run)
            for item, content in run:
                wrap = wordless and not are_blocks and not isinstance(item, str) and content
                result += [Node("p", {}, content)] if wrap else content
        return result

    def _children_of(self, node: Node) -> Items:
        return self._content(node.children, apart=False)

    def _converted(self, item: Node) -> Items:  # noqa: C901, PLR0911 - one case an element
        """Return the elements that replace ``item``, which the writer of the page's text knows."""
        if item.tag in _UNSEEN:
            return []
        match item.tag:
            case "ac:structured-macro" | "ac:macro":
                return self._macro(macros.read(item))
            case "ac:link":
                return [self._link(item)]
            case "ac:image" | "img":
                return [Node("fn-word", {}, self._picture(item))]
            case "ac:emoticon":
                return [_emoticon(item)]
            case "time":
                return [Node("fn-word", {}, [item.attributes.get("datetime", "") or item.text()])]
            case "ac:adf-extension":
                return [Node("fn-block", {}, self._extension(item))]
            case "ac:adf-node":
                return [self._editor_node(item)]
            case "ac:plain-text-body":
                return [Node("fn-code", {}, [code_text(item)])]
            case "ac:task":
                return [Node("li", {}, [_checkbox(item), *self._children_of(item)])]
            case "a":
                address = self.links.resolve(item.attributes.get("href", ""))
                return [Node("a", {"href": address}, self._children_of(item))]
        apart = item.tag not in _OF_LINES
        item.tag = _IN_HTML.get(item.tag, item.tag)
        in_line = item.tag not in BLOCKS
        item.children = self._content(item.children, apart=apart, in_line=in_line)
        return [item]

    def _link(self, node: Node) -> Node:
        """Return a link with its own words, or with the name of its target."""
        to = target(node, self.links, self.anchors)
        bodies = node.nodes("ac:link-body", "ac:plain-text-link-body")
        label = [item for body in bodies for item in self._children_of(body)]
        if any(map(_has_words, label)):
            return Node("a", {"href": to.address}, label)
        if to.address:
            return Node("a", {"href": to.address}, [to.name])
        return Node("fn-word", {}, [to.name])  # a person

    def _picture(self, node: Node) -> Items:
        """Return the picture's alternative text, title and caption, without repetitions."""
        texts = (" ".join(node.attributes.get(name, "").split()) for name in _PICTURE_WORDS)
        known = dict.fromkeys(filter(None, texts))
        captions = list(node.nodes("ac:caption"))
        words = " ".join("".join(caption.text() for caption in captions).split())
        if words and words not in known:
            content = [item for caption in captions for item in self._children_of(caption)]
            return [*(f"{text}: " for text in known), *content]
        return [": ".join(known)]

    def _extension(self, extension: Node) -> Items:
        """Return the extension's content, or its fallback: the two say the same."""
        content = self._content(extension.nodes("ac:adf-node"), apart=True)
        if any(_has_words(item) for item in content):
            return content
        return self._content(extension.nodes("ac:adf-fallback"), apart=True)

    def _editor_node(self, node: Node) -> Node:
        """Return a node of the new editor (ADF): a panel, a decision or other content."""
        body = self._content(node.children, apart=True)
        match node.attributes.get("type", ""):
            case "panel":
                label = macros.NOTES.get(_panel_type(node), "")
                return (
                    Node("fn-note", {"label": label}, body)
                    if label
                    else Node("blockquote", {}, body)
                )
            case "decision-item":
                return Node("li", {}, body)
        return Node("div", {}, body)

    def _macro(self, macro: macros.Macro) -> Items:
        """Return a macro: the parameters that it shows, and its body."""
        lists = [Node("fn-toc")] if macro.name in macros.NAVIGATION else []
        title = {"title": macro.title}
        if macro.code is not None:
            code = Node("fn-code", {"language": macro.language}, [macro.code])
            return [Node("fn-tab", title, [code])]
        if macro.body is None:
            return [*lists, *self._macro_without_body(macro)]
        in_line = macro.name not in macros.BLOCKS
        body = [*lists, *self._content(macro.body.children, apart=True, in_line=in_line)]
        if macro.name in macros.NOTES:
            return [Node("fn-note", {"label": macros.NOTES[macro.name], **title}, body)]
        if macro.name == "panel":
            return [Node("blockquote", {}, [Node("p", {}, [macro.title]), *body])]
        return [Node("fn-part" if in_line else "fn-tab", title, body)]

    def _macro_without_body(self, macro: macros.Macro) -> Items:
        """Return what a macro without a body shows: a link, an issue's key, a formula or words."""
        if macro.name in macros.INCLUDES:
            return self._include(macro)
        if resource := macro.resource:
            to = target(resource, self.links, self.anchors)
            label = to.name or " ".join(resource.text().split())
            return [Node("a", {"href": to.address}, [label])]
        if macro.name in ("jira", "jiraissues"):
            # The page holds neither the issues that a query finds, nor the query as text.
            return [macro.parameter("key")]
        if macro.formula:
            return [Node("code", {}, [macro.formula])]
        words = macro.parameter("title" if macro.name == "status" else "diagramName")
        return [Node("fn-word", {}, [words])] if words else []

    def _include(self, macro: macros.Macro) -> Items:
        """Return a link to an included page. Old pages name it in words: ``Title``,
        ``SPACE:Title``."""
        for parameter in macro.parameters.values():
            for node in (parameter, *parameter.nodes("ac:link")):
                linked = target(node, self.links, self.anchors)
                if linked.name:
                    return [Node("a", {"href": linked.address}, [linked.name]), " "]
        words = macro.parameter("", "pageTitle", "page")
        space, colon, title = words.partition(":")
        address = self.links.page("", words) if words else ""
        address = address or (self.links.page(space, title) if colon else "")
        return [Node("a", {"href": address}, [words])]


def _stands_alone(item: Node | str) -> bool:
    """Return whether it is shown as a block: a picture, a macro or a card."""
    return isinstance(item, Node) and (
        item.tag == "ac:image"
        or item.tag in macros.TAGS
        or "data-card-appearance" in item.attributes
        or item.attributes.get("ac:card-appearance", "inline") != "inline"
    )


def _has_words(item: Node | str) -> bool:
    if isinstance(item, str):
        return bool(item.strip())
    return any(_has_words(child) for child in item.children)


def _panel_type(node: Node) -> str:
    for attribute in node.nodes("ac:adf-attribute"):
        if attribute.attributes.get("key") == "panel-type":
            return attribute.text().strip().lower()
    return ""


def _checkbox(task: Node) -> Node:
    status = task.first("ac:task-status")
    done = status is not None and status.text().strip().lower() == "complete"
    return Node("input", {"type": "checkbox", "checked": ""} if done else {"type": "checkbox"})


def _emoticon(node: Node) -> str:
    """Return the emoji, or else its name."""
    fallback = _ESCAPED.sub(_unescaped, node.attributes.get("ac:emoji-fallback", ""))
    name = node.attributes.get("ac:name", "")
    if not fallback:
        return _EMOTICONS.get(name) or (f":{name}:" if name else "")
    # On Cloud, each emoji that Data Center does not have is called a blue star.
    nameless = name == "blue-star" and fallback != ":blue_star:"
    if nameless or not _CUSTOM_EMOJI.fullmatch(fallback):
        return fallback
    return _EMOTICONS.get(name, fallback)


def _unescaped(escaped: re.Match[str]) -> str:
    """Return characters that are written in UTF-16, as in JSON: some emoji are."""
    return bytes.fromhex(escaped[0].replace("\\u", "")).decode("utf-16-be", "replace")
