"""Template tags (Liquid, Hugo, GitBook, JSX, ERB, comments), taken out of the text.

A tag may be anywhere, also within a link's address, an HTML attribute or a table cell, where it
would break Markdown's grammar. So each tag is replaced by a single character that Markdown takes
for a letter, and interpreted when the parsed text is written. Within code the character is replaced
by the tag's source, byte for byte; a tag never begins within a fence and never reaches into one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_FIRST, _LAST = 0xF0000, 0x10FFFD
"""Private-use planes, without the characters that the text itself holds."""

STAND_IN = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")

_FENCE = re.compile(r"^[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]*)*(`{3,}+(?![^\n]*`)|~{3,})(.*)$")
_LIQUID = (
    r"\{%-?\s*+(?P<liquid>/?[A-Za-z][\w.-]*+)"
    r"(?P<liquid_rest>(?:`(?:(?!-?%\}|\{%)[^`\n])*`|(?!-?%\}|\{%)[^`\n]|\n(?![ \t]*\n))*)-?%\}"
)
_HUGO = (
    r"\{\{[<%]\s*+(?P<hugo>/?\s*+\w[\w./-]*+)"
    r"(?P<hugo_rest>(?:`[^`\n]*`|(?![>%]\}\}|\{\{)[^`\n]|\n(?![ \t]*\n))*)[>%]\}\}"
)
_PATTERNS = {
    "liquid": _LIQUID,
    "hugo": _HUGO,
    "hugo_shown": r"\{\{(?P<hugo_shown>[<%]/\*(?:(?!\{\{[<%]/).)*?\*/[>%])\}\}",
    "variable": r"\{\{-?(?P<variable>(?![<%])[^{}\n]*?)-?\}\}",
    "erb": r"(?P<erb><%(?:(?!<%).)*?%>)",
    "jinja_comment": r"(?P<jinja_comment>\{#(?![\w-]+[ \t]*[}.])(?:(?!\{#).){0,2000}?#\})",
    "percent_comment": r"(?P<percent_comment>%%(?:.|\n)*?%%)",
    "block_id": r"(?m:(?:^|(?<=[ \t]))\^(?P<block_id>[A-Za-z0-9-]++)[ \t]*+$)",
    "mdx_comment": r"(?P<mdx_comment>\{/\*(?:(?!\{/\*)(?:.|\n))*?\*/\})",
    "jsx": (
        r"<(?P<jsx>/?[A-Z][\w.]*)(?P<jsx_rest>(?:\s+[\w:@#.-]+(?:=(?:\"[^\"]*\"|'[^']*'"
        r"|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}))?|\s+\{\.\.\.[^{}]*\})*\s*/?)>"
    ),
    # Vue's, which VitePress and VuePress have, in two braces.
    "expression": (
        r"(?<!\\)(?P<expression>\{(?![#%/])(?:\{[^{}\n`]*+\}|(?!\{)(?:[^{}\n`]|\{[^{}\n`]*\})*)\})"
    ),
    "kramdown": r"\{::?(?P<kramdown>/?comment)[ \t]*+\}",
    "pymdown": (
        r"(?P<pymdown>--8<--(?:[ \t]++\"[^\"\n]*+\")?+|\+\+\w[\w-]*+(?:\+[\w-]++)*+\+\+"
        r"|:(?:fontawesome|material|octicons|simple)-[\w-]++:)"
    ),
}
_ARGUMENT = re.compile(
    r"(?:(?P<name>[\w:.-]+)\s*+[=:]\s*+)?"
    r"(?:\"(?P<double>(?:[^\"\\]|\\.){0,2000})\"|'(?P<single>[^']*)'|`(?P<raw>[^`]*)`|“(?P<curly>[^“”]*)”"
    r"|\{(?P<braced>[^{}]*)\}|(?P<bare>[^\s,=\"'`]+))"
)


@dataclass(frozen=True, slots=True)
class Tag:
    """A template tag. ``kind`` is a key of `_PATTERNS`, ``rest`` the text of its arguments,
    ``source`` the whole tag as it was written."""

    kind: str
    name: str
    rest: str
    source: str

    @property
    def closes(self) -> str:
        """Return the name of the tag that this tag ends; empty if it ends none."""
        if self.name.startswith("/"):
            return self.name[1:].strip()
        is_end = self.kind == "liquid" and self.name.startswith("end")
        return self.name.removeprefix("end") if is_end else ""

    @property
    def is_self_closing(self) -> bool:
        return self.kind in ("jsx", "hugo") and self.rest.rstrip().endswith("/")

    @property
    def arguments(self) -> tuple[tuple[str, ...], Mapping[str, str]]:
        """Return the positional arguments, and the named ones."""
        arguments = list(self._arguments())
        positional = tuple(value for name, value, _ in arguments if not name)
        return positional, {name: value for name, value, _ in arguments if name}

    @property
    def words(self) -> Mapping[str, str]:
        """Return the named arguments that are text; only the site knows the values of others."""
        return {name: value for name, value, is_text in self._arguments() if name and is_text}

    def _arguments(self) -> Iterator[tuple[str, str, bool]]:
        """Yield each argument: its name (or an empty one), its value, and whether that is text."""
        for match in _ARGUMENT.finditer(self.rest):
            group = next((group for group in _VALUES if match[group] is not None), "bare")
            value = (match[group] or "").strip()
            is_text = group != "bare" or self.kind != "liquid"
            if group == "double":
                value = value.replace('\\"', '"')
            if group == "braced":
                is_text = value.startswith(('"', "'", "`"))
                value = value.strip("\"'`")
            yield match["name"] or "", value, is_text


_CODE = frozenset({"highlight", "mermaid"})
"""Tags of Liquid and Hugo around code."""
_PAIRED = frozenset({"liquid", "hugo", "jsx", "kramdown"})
"""Kinds of tags that may be pairs."""
_VALUES = ("double", "single", "raw", "curly", "braced", "bare")


@dataclass(slots=True)
class Tags:
    """The tags of one text by their stand-ins, and which of them are pairs."""

    found: dict[str, Tag] = field(default_factory=dict)
    paired: set[str] = field(default_factory=set)

    def restore(self, text: str) -> str:
        """Return ``text`` with every stand-in turned back into its source."""
        if not self.found:
            return text
        return STAND_IN.sub(
            lambda match: self.found[match[0]].source if match[0] in self.found else match[0], text
        )


def take_out_tags(text: str, kinds: frozenset[str]) -> tuple[str, Tags]:
    """Return ``text`` with a stand-in for each tag of these kinds, and the tags."""
    tags = Tags()
    pattern = _pattern(kinds)
    if pattern is None or not pattern.search(text):
        return text, tags
    free = _free_characters(text)
    pieces: list[str] = []
    for part, is_code in split_at_fences(text):
        pieces.append(part if is_code else _replace_tags(part, pattern, tags, free))
    _pair(tags)
    return "".join(pieces), tags


def _tag(match: re.Match[str]) -> Tag:
    """Return the tag that a match of `_pattern` stands for."""
    kind = str(match.lastgroup).removesuffix("_rest")
    return Tag(kind, match[kind].strip(), match.groupdict().get(f"{kind}_rest") or "", match[0])


def _replace_tags(part: str, pattern: re.Pattern[str], tags: Tags, free: Iterator[str]) -> str:
    """Replace each tag in ``part`` by a free stand-in, and tags around code by the code.
    ``code_pane`` is an open pane of Docsy whose tabs are code."""
    pieces: list[str] = []
    unclosed: set[str] = set()
    code_pane: Tag | None = None
    at = 0
    while (match := pattern.search(part, at)) is not None:
        tag = _tag(match)
        if tag.kind == "hugo" and "tabpane" in (tag.name, tag.closes):
            code_pane = tag if _holds_code(tag) else None
        if _is_code(tag, code_pane):
            end = _end_after(match.end(), part, tag, unclosed)
            if end:
                code = part[match.end() : end.start()].strip("\n")
                line = part.rfind("\n", 0, match.start()) + 1
                before = part[line : match.start()]
                pieces += part[at : match.start()], _as_code(tag, code_pane, code, before)
                at = end.end()
                continue
        stand_in = next(free, None)
        if stand_in is None:
            break
        tags.found[stand_in] = tag
        pieces += part[at : match.start()], stand_in
        at = match.end()
        # Tags within are shown as text.
        if tag.kind == "liquid" and tag.name in ("raw", "verbatim"):
            end = _end_after(at, part, tag, unclosed)
            until = end.start() if end else at
            pieces.append(part[at:until])
            at = until
    pieces.append(part[at:])
    return "".join(pieces)


def _holds_code(pane: Tag) -> bool:
    """Return whether the tabs of Docsy's pane are code, as they are without ``text=true``."""
    return not pane.closes and pane.arguments[1].get("text") != "true"


def _is_code(tag: Tag, code_pane: Tag | None) -> bool:
    """Return whether the text up to the tag's end is code. ``code_pane`` is the open pane of code
    around the tag, if there is one."""
    if tag.is_self_closing or tag.closes:
        return False
    if tag.kind in ("liquid", "hugo") and tag.name in _CODE:
        return True
    if code_pane is None or tag.kind != "hugo" or tag.name != "tab" or tag.source.startswith("{{%"):
        return False
    return tag.arguments[1].get("text") != "true"


def _as_code(tag: Tag, code_pane: Tag | None, code: str, before: str) -> str:
    """Return the code of a tag as Markdown, below the title of a tab. ``before`` is the text before
    the tag on its line."""
    positional, named = tag.arguments
    if tag.name != "tab":
        return _fenced(code, next(iter(positional), tag.name), before)
    language = named.get("lang", "") or (
        code_pane.arguments[1].get("lang", "") if code_pane else ""
    )
    header = named.get("header", "") or next(iter(positional), "")
    return f"{header}\n\n{before}{_fenced(code, language, before)}"


def _end_after(at: int, part: str, tag: Tag, unclosed: set[str]) -> re.Match[str] | None:
    """Return the end of ``tag`` behind ``at``; None if there is none. Its name is then
    ``unclosed``, and not searched again."""
    if tag.name in unclosed:
        return None
    end = _end_of(tag).search(part, at)
    if end is None:
        unclosed.add(tag.name)
    return end


def _end_of(tag: Tag) -> re.Pattern[str]:
    """Return a pattern of the tag that ends ``tag``."""
    name = re.escape(tag.name)
    if tag.kind == "liquid":
        return re.compile(rf"\{{%-?\s*+end{name}\s*+-?%\}}")
    return re.compile(rf"\{{\{{[<%]\s*+/\s*+{name}\s*+[>%]\}}\}}")


def _fenced(code: str, language: str, before: str) -> str:
    """Return the code of a tag as Markdown; ``before`` is the line's text before the tag."""
    longest = max(map(len, re.findall("`+", code)), default=0)
    if before.strip():
        return f"{'`' * (longest + 1)}{code}{'`' * (longest + 1)}"
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code}\n{before}{fence}"


def split_at_fences(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a text, each with whether it is fenced code."""
    part: list[str] = []
    fence = ""
    for line in text.splitlines(keepends=True):
        mark = _FENCE.match(line.rstrip("\n"))
        if not fence and mark:
            yield "".join(part), False
            part, fence = [line], mark[1]
        elif fence and mark and mark[1].startswith(fence) and not mark[2].strip():
            part.append(line)
            yield "".join(part), True
            part, fence = [], ""
        else:
            part.append(line)
    # A fence without an end may be none at all (it may be in indented code).
    yield "".join(part), bool(fence)


def _free_characters(text: str) -> Iterator[str]:
    """Yield the stand-ins that the text does not hold itself."""
    used = frozenset(STAND_IN.findall(text))
    return (char for char in map(chr, range(_FIRST, _LAST + 1)) if char not in used)


def _pair(tags: Tags) -> None:
    """Note in ``paired`` which opening and closing tags match, the innermost first."""
    opened: list[tuple[str, str]] = []
    names: Counter[str] = Counter()
    for stand_in, tag in tags.found.items():
        if tag.closes:
            # Each candidate is removed when it is checked, so each is checked once.
            while names[tag.closes]:
                opening, name = opened.pop()
                names[name] -= 1
                if name == tag.closes:
                    tags.paired |= {stand_in, opening}
                    break
        elif tag.name and not tag.is_self_closing and tag.kind in _PAIRED:
            opened.append((stand_in, tag.name))
            names[tag.name] += 1


_COMPILED: dict[frozenset[str], re.Pattern[str] | None] = {}


def _pattern(kinds: frozenset[str]) -> re.Pattern[str] | None:
    """Return a pattern of tags of these kinds; None if there are no kinds."""
    if kinds not in _COMPILED:
        parts = [pattern for kind, pattern in _PATTERNS.items() if kind in kinds]
        _COMPILED[kinds] = re.compile("|".join(parts)) if parts else None
    return _COMPILED[kinds]
