"""HTML, however broken, as a tree that a writer can walk."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html.parser import HTMLParser

from markdown_it.token import Token

from footnote_bot.indexers.sources.markdown.shortcodes import Close, meaning
from footnote_bot.indexers.sources.markdown.tags import STAND_IN, Tags
from footnote_bot.indexers.text.tree import BLOCKS, Node, is_blank
from footnote_bot.indexers.text.tree_writer import LABELS, TreeWriter
from footnote_bot.indexers.text.visibility import remove_invisible
from footnote_bot.indexers.text.writing import leads_nowhere

Resolve = Callable[[str, str], str]
"""A link's target and its style (``relative``, ``site``, ``name``) to an address; empty if there is
none."""

_DEEPEST = 100
_HIDING = ("style", "hidden")
"""Attributes that may hide an element."""
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
    "source", "track", "wbr"
})  # fmt: skip
_CALLOUT = re.compile(r"\[!([\w-]+)(?:\|[^\]]*)?\][+-]?[ \t]*")
_EMPHASIS = re.compile(r"(\*\*|__)(.+?)\1")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|bmp|avif)$", re.IGNORECASE)
_SIZE = re.compile(r"\d+(?:x\d+)?")
_NO_WORDS = frozenset({"alt text", "image", "img", "untitled"})
"""What editors write in the place of a picture's words."""

_NAMES = "iframe|noembed|noframes|plaintext|script|style|textarea|title|xmp"
"""Tags that GitHub shows as text: https://github.github.com/gfm/#disallowed-raw-html-extension-"""

_TAG = re.compile(rf"<(/?)({_NAMES})(?=[\s/>])", re.IGNORECASE)
_COMMENT_OR_START = re.compile(rf"<!--|<({_NAMES})(?=[\s/>])", re.IGNORECASE)
_ENDS = {
    name: re.compile(rf"</{name}\s*+>", re.IGNORECASE)
    for name in _NAMES.split("|")
    if name != "plaintext"  # which nothing ends
}
_LONGEST = 2_000
"""Characters within which a start tag must end to be recognised as self-closing."""

# Of each tag: the open elements that it ends, up to the nearest of the second set.
_IMPLIED_END = {
    "li": ({"li"}, {"ul", "ol", "menu"}),
    "dt": ({"dt", "dd"}, {"dl"}),
    "dd": ({"dt", "dd"}, {"dl"}),
    "tr": ({"tr", "td", "th"}, {"table"}),
    "td": ({"td", "th"}, {"table", "tr"}),
    "th": ({"td", "th"}, {"table", "tr"}),
    "thead": ({"thead", "tbody", "tr", "td", "th"}, {"table"}),
    "tbody": ({"thead", "tbody", "tr", "td", "th"}, {"table"}),
    "tfoot": ({"thead", "tbody", "tr", "td", "th"}, {"table"}),
    "option": ({"option"}, {"select"}),
}
_SCOPES = frozenset(["td", "th", "li", "table", "blockquote", "fn-note", "dd"])
_CROSSING = frozenset({
    "table", "thead", "tbody", "tfoot", "tr", "td", "th", "ul", "ol", "li", "dl", "dt", "dd",
    "blockquote", "fn-footnotes", "fn-footnote"
})  # fmt: skip
"""End tags that may close elements outside of their scope."""


def parse_html(html: str, tags: Tags, resolve: Resolve) -> Node:
    """Parse ``html`` into a tree of what the page shows, with template tags in place of their
    stand-ins and addresses in place of targets; struck text is within ``STRUCK``. It never
    fails."""
    builder = _TreeBuilder(tags)
    builder.feed(_without_open_tags(show_unclosed_elements(html)))
    builder.close()
    _apply_attribute_lists(builder.root)
    remove_invisible(builder.root)
    _prepare_for_writer(builder.root, tags, resolve)
    return builder.root


def _apply_attribute_lists(root: Node) -> None:
    """Copy the attributes of each ``fn-attributes`` to the element before or after it."""
    pending = [root]
    while pending:
        nodes = list(pending.pop().nodes())
        previous: Node | None = None
        for_next: dict[str, str] = {}
        for node in nodes:
            if node.tag == "fn-attributes":
                listed = {
                    each: node.attributes[each] for each in _HIDING if each in node.attributes
                }
                if node.attributes.get("to") == "after":
                    for_next |= listed
                elif previous is not None:
                    previous.attributes |= listed
            elif node.tag != "fn-id":
                node.attributes |= for_next
                previous, for_next = node, {}
        pending.extend(nodes)


def _prepare_for_writer(root: Node, tags: Tags, resolve: Resolve) -> None:
    """Prepare the tree for the writer: resolve addresses and links by a page's name, restore
    template tags in attributes, and turn callouts into notes."""
    quotations: list[Node] = []
    for node in root.walk_nodes():
        attributes = node.attributes
        match node.tag:
            case "a" if "href" in attributes:
                attributes["href"] = _address(attributes["href"], "relative", tags, resolve)
            case "img":
                alt, _ = _target(attributes.get("alt", ""), "relative", tags)
                attributes["alt"] = _picture_words(alt)
            case "fn-link":
                _resolve_named_link(node, tags, resolve)
            case "fn-note" | "fn-part" | "fn-tab" if "title" in attributes:
                # A tag's title is Markdown, but people use only emphasis in it.
                title = tags.restore(attributes["title"])
                attributes["title"] = _EMPHASIS.sub(r"\2", title).strip()
            case "pre" | "code" if "class" in attributes:
                attributes["class"] = tags.restore(attributes["class"])
            case "blockquote":
                quotations.append(node)
    for node in quotations:
        _make_note(node)


def _resolve_named_link(node: Node, tags: Tags, resolve: Resolve) -> None:
    """Turn a link by a page's name, as in ``[[Page#Part|label]]``, into a link by address. An
    embedded picture is its label, unless that is a size."""
    to = tags.restore(node.attributes.get("to", ""))
    style = node.attributes.get("style", "name")
    is_size = bool(node.attributes.get("embed") and _SIZE.fullmatch(node.text().strip()))
    if node.attributes.get("embed") and _PICTURE.search(to):
        node.tag, node.children = "span", [] if is_size else node.children
        return
    if is_size or not node.text().strip():
        label = re.sub(r"#\^?", " > ", to).strip(" >") if style == "name" else to
        node.children = [Node("fn-shown", {"as": to}, [label])]
    node.tag, node.attributes = "a", {"href": _address(to, style, tags, resolve)}


def _make_note(quotation: Node) -> None:
    """Turn a quotation that begins with ``[!note] Title`` or ``**Note**`` into a note."""
    head = next((item for item in quotation.children if not is_blank(item)), "")
    if isinstance(head, str) or head.tag != "p" or not head.children:
        return
    opening, *following = head.children
    if isinstance(opening, str) and (match := _CALLOUT.match(opening.lstrip())):
        label = match[1]
        following.insert(0, opening.lstrip()[match.end() :])
    elif not (label := _bold_label(opening, following)):
        return
    title, text = _first_line(following)
    quotation.tag = "fn-note"
    quotation.attributes |= {"label": label, "title": TreeWriter().inline(title)}
    head.children = text


def _bold_label(bold: Node | str, following: list[Node | str]) -> str:
    """Return the label of a callout whose first line is a bold word; empty if there is none."""
    after = following[0] if following else "\n"
    ends_line = after.startswith("\n") if isinstance(after, str) else after.tag == "br"
    if isinstance(bold, str) or bold.tag not in {"strong", "b"} or not ends_line:
        return ""
    label = TreeWriter().plain(bold.children)
    return label if label.casefold() in LABELS else ""


def _first_line(items: Iterable[Node | str]) -> tuple[list[Node | str], list[Node | str]]:
    """Return the items before the first line end, and those behind it."""
    line: list[Node | str] = []
    pending = iter(items)
    for item in pending:
        if isinstance(item, str) and "\n" in item:
            before, after = item.split("\n", 1)
            return [*line, before], [after, *pending]
        if isinstance(item, Node) and item.tag == "br":
            break
        line.append(item)
    return line, list(pending)


def _address(written: str, style: str, tags: Tags, resolve: Resolve) -> str:
    """Return the address of a link's target as ``written``; empty if it leads nowhere."""
    target, style = _target(written, style, tags)
    return resolve(target, style) if target and not leads_nowhere(target) else ""


def _target(written: str, style: str, tags: Tags) -> tuple[str, str]:
    """Return a link's target with its template tags resolved, and its style."""

    def value(match: re.Match[str]) -> str:
        """Return the value of the template tag of a stand-in, and set the style that it gives."""
        nonlocal style
        stand_in = match[0]
        if stand_in not in tags.found:
            return stand_in
        match meaning(tags.found[stand_in], paired=False):
            case Node("fn-link", attributes):
                style = attributes["style"]
                return attributes["to"]
            case str(text):
                # A tag at the beginning stands for a path from the root of the site.
                style = "site" if style == "relative" and not match.start() else style
                return text
        return ""

    return STAND_IN.sub(value, written).strip(), style


def _picture_words(alt: str) -> str:
    """Return the alternative text of a picture; empty if it is only a name that an editor gave."""
    return "" if alt.strip().casefold() in _NO_WORDS or _PICTURE.search(alt.strip()) else alt


def _without_open_tags(html: str) -> str:
    """Turn tags without a closing ``>`` into text; the library would take quadratic time."""
    closed = html.rfind(">") + 1
    return html[:closed] + html[closed:].replace("<", "&lt;")


def show_unclosed_tags(tokens: Sequence[Token], *, all_tags: bool) -> None:
    """Turn tags of `_NAMES` among the ``tokens`` of a paragraph into text unless they end in it;
    with ``all_tags`` turn every one into text, as GitHub does."""
    not_ended = set(_NAMES.split("|"))
    for token in reversed(tokens):
        tag = _TAG.match(token.content) if token.type == "html_inline" else None
        if tag is None:
            continue
        is_end, name = bool(tag[1]), tag[2].lower()
        if is_end:
            not_ended.discard(name)
        is_open = name in not_ended and not token.content.endswith("/>")
        if all_tags or is_open:
            token.content = f"&lt;{token.content[1:]}"


def show_unclosed_elements(html: str) -> str:
    """Turn tags of `_NAMES` in ``html`` into text unless they are closed: an open one would hide
    the rest of the page. Cut at an unclosed comment: in browsers, too, it hides the rest."""
    pieces: list[str] = []
    unclosed: set[str] = {"plaintext"}
    at = copied = 0
    while (match := _COMMENT_OR_START.search(html, at)) is not None:
        at = match.end()
        if match[1] is None:
            closed = html.find("-->", at)
            if closed < 0:
                html = html[: match.start()]
                break
            at = closed + len("-->")
            continue
        name = match[1].lower()
        if _is_self_closing(html, at):
            continue
        end = None if name in unclosed else _ENDS[name].search(html, at)
        if end is not None:
            at = end.end()
            continue
        unclosed.add(name)
        pieces += html[copied : match.start()], "&lt;"
        copied = match.start() + 1
    return "".join([*pieces, html[copied:]])


def _is_self_closing(html: str, at: int) -> bool:
    """Return whether the start tag that goes on at ``at`` ends with ``/>``."""
    end = html.find(">", at, at + _LONGEST)
    return end > 0 and html[end - 1] == "/"


class _TreeBuilder(HTMLParser):
    """Builds the tree of a page from HTML, with the meaning of template tags in it."""

    def __init__(self, tags: Tags) -> None:
        super().__init__(convert_charrefs=True)
        self._tags = tags
        self.root = Node("root")
        self._open = [self.root]
        self._verbatim_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._imply_ends(tag)
        self._add(Node(tag, self._attributes(attrs)), enter=tag not in _VOID)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # HTML knows no self-closing elements, but people write <a name="x"/>.
        self._imply_ends(tag)
        self._add(Node(tag, self._attributes(attrs)), enter=False)

    def _attributes(self, attrs: list[tuple[str, str | None]]) -> dict[str, str]:
        """Return attributes by name; those that may hide the element get their tags restored."""
        return {
            name: self._tags.restore(value or "") if name in _HIDING else value or ""
            for name, value in attrs
        }

    def handle_endtag(self, tag: str) -> None:
        """End the innermost open element with this tag, unless that would cross a scope."""
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                self._leave(depth)
                return
            if self._open[depth].tag in _SCOPES and tag not in _CROSSING:
                return

    def handle_data(self, data: str) -> None:
        """Add text, with template tags by their meaning, or as they were written in code."""
        if not self._tags.found:
            self._add_text(data)
            return
        if self._verbatim_depth:
            self._add_text(self._tags.restore(data))
            return
        at = 0
        for stand_in in STAND_IN.finditer(data):
            if stand_in[0] in self._tags.found:
                self._add_text(data[at : stand_in.start()])
                self._add_tag(stand_in[0])
                at = stand_in.end()
        self._add_text(data[at:])

    def parse_html_declaration(self, i: int) -> int:
        # The library raises on <![...; browsers take it for a comment.
        if self.rawdata.startswith("<![", i):
            return self.parse_bogus_comment(i)
        return super().parse_html_declaration(i)

    def parse_marked_section(self, i: int, report: int = 1) -> int:  # noqa: ARG002 - theirs
        return self.parse_bogus_comment(i)

    def _add_text(self, text: str) -> None:
        if text:
            self._open[-1].children.append(text)

    def _add_tag(self, stand_in: str) -> None:
        """Add the meaning of a template tag."""
        tag = self._tags.found[stand_in]
        match meaning(tag, paired=stand_in in self._tags.paired):
            case str(text) if tag.kind == "jsx":
                self._add(Node("fn-shown", {}, [text]), enter=False)
            case str(text):
                self._add_text(text)
            case Close(element):
                self.handle_endtag(element)
            case Node() as node:
                self._add(node, enter=node.tag != "fn-link")

    def _add(self, node: Node, *, enter: bool) -> None:
        """Add an element. With ``enter``, what follows is put into it, until it ends."""
        self._open[-1].children.append(node)
        if enter and len(self._open) < _DEEPEST:
            self._open.append(node)
            self._verbatim_depth += int(_is_verbatim(node))

    def _imply_ends(self, tag: str) -> None:
        """End the elements that the beginning of ``tag`` ends, as `<li>` does an open `<li>`."""
        if tag in BLOCKS and self._open[-1].tag == "p":
            self._leave(len(self._open) - 1)
        if tag not in _IMPLIED_END:
            return
        ended, scopes = _IMPLIED_END[tag]
        outermost = None
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag in scopes:
                break
            if self._open[depth].tag in ended:
                outermost = depth
        if outermost is not None:
            self._leave(outermost)

    def _leave(self, depth: int) -> None:
        """End the open elements from ``depth`` on."""
        for node in self._open[depth:]:
            self._verbatim_depth -= int(_is_verbatim(node))
        del self._open[depth:]


def _is_verbatim(node: Node) -> bool:
    """Return whether template tags within the element stay as they were written."""
    return node.tag in ("pre", "code") or "v-pre" in node.attributes
