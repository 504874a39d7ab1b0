"""The headings of a page, and the fragment of each, as each site generator makes it.

Sources of the rules: github-slugger; GitLab's Markdown reference; Hugo's
``markup/goldmark/autoid.go``; Python-Markdown's ``toc`` extension; Eleventy's
``slugify`` filter with markdown-it-anchor; kramdown's ``basic_generate_id``; docutils'
``make_id`` with Sphinx's ``auto_id_prefix``; ``slugify`` of @mdit-vue/shared (VitePress);
tech-docs-gem's ``unique_identifier_generator.rb``; Obsidian's link help; Bitbucket's
``markdown-header-`` before Python-Markdown's rule; Pandoc's ``auto_identifiers``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Final
from urllib.parse import quote

from footnote_bot.indexers.model import Section
from footnote_bot.indexers.sources.markdown.tags import Tags
from footnote_bot.indexers.text.outlining import Heading, outline
from footnote_bot.indexers.text.tree import HEADINGS, Node
from footnote_bot.indexers.text.tree_writer import TreeWriter

_BRACES = re.compile(r"\{:?([^{}]*+)\}\s*+$")
_ID = re.compile(r"(?<!\S)#(\S+)")
_ATTRIBUTES = re.compile(
    r"(?:(?<!\s)\s++)?\{:?\s*+(?:[.#][\w:-]++|[\w-]++=[^\s{}]++)(?:\s[^{}]*+)?\}\s*+$"
)


def page_outline(
    root: Node, *, title: str, anchors: Anchors, tags: Tags
) -> tuple[str, tuple[Section, ...]]:
    """Return the title (``title``, or the first heading of level one), and the sections."""
    writer = TreeWriter()
    headings = {id(node): heading for node, heading in _headings(root, anchors, tags, writer)}
    return outline(root, headings, title=title or None, writer=writer)


def _headings(
    root: Node, anchors: Anchors, tags: Tags, writer: TreeWriter
) -> Iterator[tuple[Node, Heading]]:
    """Yield each heading's element and `Heading`. Those in quotes count in numbering, too."""
    for node, html_id in _with_ids(root, writer):
        shown = writer.plain(node.children)
        text = writer.plain(node.children, as_written=True)
        source = tags.restore(node.attributes.get("data-source", "")) or text
        braces = _BRACES.search(text) if anchors.takes_ids else None
        ids = _ID.findall(braces[1]) if braces else []
        if anchors.takes_ids:
            text, source = _ATTRIBUTES.sub("", text), _ATTRIBUTES.sub("", source)
        own_id = ids[-1] if ids else html_id
        level = int(node.tag[1])
        anchor = anchors.reserve(own_id) if own_id else anchors.next(text, source, level)
        yield node, Heading(level, _ATTRIBUTES.sub("", shown), anchor)


def _with_ids(root: Node, writer: TreeWriter) -> list[tuple[Node, str]]:
    """Return every heading with the ID that the author gave it by HTML or an attribute list: in the
    heading, right before it, or right below it. Empty: none."""
    headings: list[tuple[Node, str]] = []
    id_before = ""
    texts_within = 0
    """Pieces of the last heading's own text that are still to come."""
    has_text_below = False
    for item in root.walk():
        if isinstance(item, str):
            id_before = "" if item.strip() else id_before
            has_text_below = has_text_below or (texts_within <= 0 and bool(item.strip()))
            texts_within -= 1
            continue
        if item.tag in HEADINGS:
            headings.append((item, item.attributes.get("id") or _id_within(item) or id_before))
            id_before, has_text_below = "", False
            texts_within = sum(isinstance(below, str) for below in item.walk())
        elif item.tag == "fn-id" and headings and not headings[-1][1] and not has_text_below:
            headings[-1] = (headings[-1][0], _id_of(item))
        elif (
            item.tag in ("a", "fn-id", "span") and _id_of(item) and not writer.plain(item.children)
        ):
            id_before = _id_of(item)
    return headings


def _id_of(element: Node) -> str:
    """Return the element's ID or name; empty if it has none."""
    return element.attributes.get("id") or element.attributes.get("name") or ""


def _id_within(heading: Node) -> str:
    """Return the first ID of an element in the heading; empty if there is none."""
    ids = (_id_of(item) for item in heading.walk_nodes() if item.tag in ("a", "span"))
    return next(filter(None, ids), "")


class Anchors:
    """The fragments of one page, headings in order, repeats numbered.

    Raises:
        KeyError: if ``rule`` is none of `RULES`.
    """

    def __init__(self, rule: str) -> None:
        self._rule = rule.removeprefix(FORGE)
        self._slug = RULES[rule]
        self.takes_ids = not rule.startswith(FORGE)
        """Whether `{#id}` after a heading is its anchor. A forge shows it as text."""
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}
        self._last: dict[int, str] = {}
        """The last anchor of each level, the latest at the end."""

    def reserve(self, anchor: str) -> str:
        """Reserve and return an anchor that the author set."""
        if anchor not in self._taken:
            self._take(anchor, 0)
        return anchor

    def next(self, text: str, source: str, level: int) -> str:
        """Return the next fragment. ``text`` is the heading as read, ``source`` as written."""
        base = self._slug(source if self._rule in _FROM_SOURCE else text)
        anchor = self._made_unique(base, level)
        self._take(anchor, level)
        return anchor

    def _take(self, anchor: str, level: int) -> None:
        """Note the anchor of a heading of this level; level 0: the author set the anchor."""
        self._taken.add(anchor)
        self._last.pop(level, None)
        self._last[level] = anchor

    def _made_unique(self, base: str, level: int) -> str:
        """Return the anchor, made different from earlier ones as the site's generator does."""
        if self._rule == "obsidian":
            return base
        if self._rule == "middleman":
            if base in self._taken:
                above = [known for other, known in self._last.items() if other < level]
                base = f"{above[-1]}-{base}" if above else base
            return self._numbered(base, "-", 2)
        if self._rule in ("mkdocs", "bitbucket"):
            return self._numbered_on(base)
        if self._rule == "docutils" and (not base or base in self._taken):
            self._taken.add("id")  # never without a number
            return self._numbered("id", "", 1)
        return self._numbered(base, "-", 1)

    def _numbered(self, base: str, separator: str, first: int) -> str:
        """Return the anchor; if it is taken, with the next free number, from ``first`` on."""
        anchor, number = base, self._next.get(base, first)
        while anchor in self._taken:
            anchor = f"{base}{separator}{number}"
            number += 1
        self._next[base] = number
        return anchor

    def _numbered_on(self, base: str) -> str:
        """Return the anchor; if taken, with the next number: ``step_1`` becomes ``step_2``."""
        counted = re.fullmatch(r"(.*)_(\d+)", base)
        stem = counted[1] if counted else base
        if base and base not in self._taken:
            return base
        number = max(self._next.get(stem, 1), int(counted[2]) + 1 if counted else 1)
        while f"{stem}_{number}" in self._taken:
            number += 1
        self._next[stem] = number
        return f"{stem}_{number}"


def slug(rule: str, heading: str) -> str:
    """Return the fragment of a heading that is unique on its page."""
    return Anchors(rule).next(heading, heading, 6)


def _github(text: str) -> str:
    """Return GitHub's anchor: lower case, hyphens for spaces, no punctuation."""
    # Ruby's letters include marks, which are also the unseen second half of emojis such as a gear.
    kept = (
        char
        for char in text.strip().lower()
        if char in "- " or re.match(r"\w", char) or unicodedata.category(char).startswith("M")
    )
    return "".join(kept).replace(" ", "-")


def _gitlab(text: str) -> str:
    """Return GitLab's anchor: as GitHub's, but without repeated hyphens, and no mere number."""
    anchor = re.sub(r"-{2,}", "-", _github(text))
    return f"anchor-{anchor}" if re.fullmatch(r"[0-9]+", anchor) else anchor


def _hugo(source: str) -> str:
    """Return Hugo's anchor: lower case, hyphens for spaces, no punctuation but ``-`` and ``_``."""
    kept = (char if char not in " \t" else "-" for char in source.strip())
    return "".join(char for char in kept if char in "-_" or char.isalnum()).lower() or "heading"


def _mkdocs(text: str) -> str:
    """Return Python-Markdown's anchor: ASCII in lower case, words with a hyphen between them."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", ascii_text).strip().lower())


def _eleventy(text: str) -> str:
    """Return Eleventy's anchor: ASCII in lower case, with some symbols as words."""
    for char, words in (("&", " and "), ("♥", " love "), ("🦄", " unicorn ")):
        text = text.replace(char, words)
    # It knows the typewriter's apostrophe in contractions, not the printer's.
    contracted = re.sub(r"([A-Za-z\d])'([ts])(?=\s|$)", r"\1\2", text).replace("\u2019", "-")
    ascii_text = unicodedata.normalize("NFKD", contracted).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z\d]+", "-", ascii_text.lower()).strip("-")


def _kramdown(source: str) -> str:
    """Return kramdown's anchor: ASCII from the first letter on, hyphens for spaces."""
    kept = re.sub(r"[^a-zA-Z0-9 -]", "", re.sub(r"^[^a-zA-Z]+", "", source))
    return kept.replace(" ", "-").lower() or "section"


def _middleman(text: str) -> str:
    """Return the anchor of tech-docs-gem: ASCII, anything else replaced by a hyphen."""
    # Redcarpet passes HTML, whose entities stay: "you & I" becomes "you-amp-i".
    escaped = escape(text.strip()).replace("&#x27;", "&#39;")
    return re.sub(r"[^0-9a-z]+", "-", escaped.lower()).strip("-")


def _obsidian(text: str) -> str:
    """Return Obsidian's fragment: the heading itself, percent-encoded."""
    return quote(re.sub(r"\s+", " ", re.sub(r"[#^|\[\]]", " ", text)).strip(), safe="")


def _docutils(text: str) -> str:
    """Return docutils' anchor: ASCII words with a hyphen between them, no number first."""
    ascii_text = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"^[-0-9]+|-+$", "", re.sub(r"[^a-z0-9]+", "-", ascii_text))


def _pandoc(text: str) -> str:
    """Return Pandoc's anchor: lower case from the first letter on, hyphens for spaces."""
    kept = "".join(char for char in text.lower() if char in " -_." or char.isalnum())
    return re.sub(r"^[\W\d_]++", "", "-".join(kept.split())) or "section"


def _vitepress(text: str) -> str:
    """Return VitePress' anchor: lower case without accents, hyphens for punctuation."""
    text = re.sub(r"(?<!\w):[a-z0-9_+-]++:(?!\w)", "", text)  # an emoji's name
    bare = re.sub(r"[\u0300-\u036f\0-\x1f]", "", unicodedata.normalize("NFKD", text))
    hyphened = re.sub(r"[\s\ufeff~`!@#$%^&*()\-_+=\[\]{}|\\;:\"'“”\u2018\u2019<>,.?/]+", "-", bare)
    return re.sub(r"^([0-9])", r"_\1", hyphened.strip("-")).lower()


def _bitbucket(text: str) -> str:
    """Return Bitbucket's anchor: Python-Markdown's behind a prefix."""
    return f"markdown-header-{_mkdocs(text)}"


FORGE = "forge-"
RULES: Final[Mapping[str, Callable[[str], str]]] = {
    "github": _github,
    "gitlab": _gitlab,
    "hugo": _hugo,
    "mkdocs": _mkdocs,
    "eleventy": _eleventy,
    "kramdown": _kramdown,
    "middleman": _middleman,
    "obsidian": _obsidian,
    "docutils": _docutils,
    "vitepress": _vitepress,
    "pandoc": _pandoc,
    # Of files as a forge shows them, whatever generator they are written for.
    f"{FORGE}github": _github,
    f"{FORGE}gitlab": _gitlab,
    f"{FORGE}bitbucket": _bitbucket,
}
_FROM_SOURCE = frozenset({"hugo", "kramdown"})
"""Rules for headings as they are written, with their markup."""
