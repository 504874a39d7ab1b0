"""Light Markdown: the form in which section text is kept, shown and quoted.

Converters write it, so its grammar is small and known:

- Blocks stand apart by a blank line; the items of one list by a line end.
- A paragraph is one line; a hard line break is a line end within it.
- List items start with ``- `` or ``1. ``, nested ones indented by two spaces more
  than their parent's text begins; tasks with ``- [ ] `` or ``- [x] ``.
- Code stands in a fence of backticks longer than any within it, byte for byte.
- A table has a header row, a ``| --- |`` row and one line for each row; ``|`` in
  a cell is written ``\\|``, a line break in a cell is a space.
- Quotes, notes and warnings start each line with ``> ``.
- Within a line there are only `` `code` `` and ``[label](address)``; emphasis is
  left out, an image is its alternative text. Struck and invisible text is left out, too;
  raised text is ``10^6``.

Because only Footnote writes this form, patterns may read it; foreign Markdown goes
through a real parser (`indexers.sources.markdown`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

_LINE = re.compile(r".*\n|.+")
# No backtick may follow an opening fence on its line: that would be code within a line.
_FENCE = re.compile(r"^ *(?:> ?)*(`{3,}(?=[^`]*$)|~{3,})")
_ITEM = re.compile(r"^ *(?:[-*+]|\d{1,9}[.)]) +(?:\[[ xX]\] +)?")
_ROW = re.compile(r"^ *\|.*\|\s*$")
_RULE_ROW = re.compile(r"^ *\|(?: *:?-+:? *\|)+\s*$")
_QUOTE = re.compile(r"^ *(?:> ?)+")
_LINK = (
    r"!?\[(?P<label>(?:[^\[\]]|\[[^\[\]]*\])*)\]"
    r"\((?P<target>(?:[^()\s]|\([^()\s]*\))*)(?:\s\"[^\"]*\")?\)"
)
_RUN_OR_LINE = re.compile(r"`+|\n")
_RUN_OR_LINK = re.compile(rf"(?P<run>`+)|{_LINK}")
_WORD = re.compile(rf"\s*(?:{_LINK}|\S)+|\s+$")


class Kind(StrEnum):
    PARAGRAPH = "paragraph"
    ITEM = "item"
    CODE = "code"
    TABLE = "table"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Block:
    """A block and its place: ``text`` is the source from ``start`` to ``end``."""

    kind: Kind
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Inline:
    """Code within a line, between two runs of backticks (``mark``), or a link to ``target``
    (``code`` is None). ``written`` is its source, which begins at ``start``."""

    start: int
    written: str
    mark: str = ""
    code: str | None = None
    label: str = ""
    target: str = ""


def blocks(text: str) -> list[Block]:
    """Return the blocks of light Markdown in order. Nested list items are separate blocks, and so
    is a code block within an item or a quote. It never fails: any text has blocks."""
    result: list[Block] = []
    for kind, lines in groupby(_lines(text), key=lambda line: line[0]):
        spans = [span for _, span in lines]
        if kind[0] is not None:
            start, end = spans[0][0], spans[-1][1]
            result.append(Block(kind[0], start, end, text[start:end]))
    return result


def _lines(text: str) -> Iterator[tuple[tuple[Kind | None, int], tuple[int, int]]]:
    """Yield each line's kind, the number of its block, and its span without the line end."""
    block = 0
    fence: str | None = None
    last: Kind | None = None
    for match in _LINE.finditer(text):
        line = match[0].rstrip("\r\n")
        span = (match.start(), match.start() + len(line))
        kind: Kind | None
        if fence is not None:
            kind = Kind.CODE
            if _closes(line, fence):
                fence = None
                yield (kind, block), span
                last = None
                continue
        elif fence_match := _FENCE.match(line):
            fence, kind = fence_match[1], Kind.CODE
            block += 1
        else:
            kind = _kind(line, last)
        if kind is not Kind.CODE and (kind is not last or _ITEM.match(line)):
            block += 1
        yield (kind, block), span
        last = kind


def _closes(line: str, fence: str) -> bool:
    """Return whether the line ends the block of code that the fence began."""
    match = _FENCE.match(line)
    return bool(match and match[1].startswith(fence) and not line[match.end() :].strip())


def _kind(line: str, last: Kind | None) -> Kind | None:
    """Return the kind of a line outside of fences; ``last`` is the kind of the line before."""
    if not line.strip():
        return None
    if _ROW.match(line):
        return Kind.TABLE
    if _ITEM.match(line):
        return Kind.ITEM
    if _QUOTE.match(line):
        return Kind.QUOTE
    return Kind.ITEM if last is Kind.ITEM else Kind.PARAGRAPH


def is_item(line: str) -> bool:
    """Return whether ``line`` begins an item of a list."""
    return bool(_ITEM.match(line))


def is_row(line: str) -> bool:
    """Return whether ``line`` is a row of a table."""
    return bool(_ROW.match(line))


def is_rule(line: str) -> bool:
    """Return whether ``line`` is the row below a table's header."""
    return bool(_RULE_ROW.match(line))


def fenced(code: str) -> tuple[str, list[str], str]:
    """Return a code block's opening fence, its lines and its closing fence, even if it has none."""
    opening, *lines = code.split("\n")
    match = _FENCE.match(opening)
    if not match:
        raise ValueError("a block of code begins with its fence")
    closing = lines.pop() if lines and _closes(lines[-1], match[1]) else opening[: match.end()]
    return opening, lines, closing


def plain(text: str) -> str:
    """Return the words only: no markers, no addresses, no pipes. Code stays as it is."""
    return "\n".join(filter(None, (plain_block(block) for block in blocks(text))))


def readable(text: str) -> str:
    """Return the words for people: `plain`, but paragraphs, lists and code keep their form."""
    parts: list[str] = []
    last: Kind | None = None
    for block in blocks(text):
        if words := block.text if block.kind is Kind.CODE else plain_block(block):
            is_same_list = block.kind is last is Kind.ITEM
            parts.append(("\n" if is_same_list else "\n\n") if parts else "")
            parts.append(_bullet(block) + words if block.kind is Kind.ITEM else words)
            last = block.kind
    return "".join(parts)


def _bullet(block: Block) -> str:
    """Return a list item's mark for people, with its indentation, or ""."""
    marked = _ITEM.match(block.text)
    if not marked:
        return ""
    indent = marked[0][: len(marked[0]) - len(marked[0].lstrip())]
    mark = marked[0].split()[0]
    return f"{indent}{mark if mark[0].isdigit() else '•'} "


def plain_block(block: Block) -> str:
    """Return the words of a block, as `plain` does for a whole text."""
    if block.kind is Kind.CODE:
        return _plain_code(block.text)
    lines = block.text.split("\n")
    if block.kind is Kind.TABLE:
        return "\n".join(_plain_row(line) for line in lines if not _RULE_ROW.match(line))
    return "\n".join(plain_line(_ITEM.sub("", _QUOTE.sub("", line))) for line in lines).strip()


def _plain_row(line: str) -> str:
    """Return the words of a table's row, with a middle dot between its cells."""
    cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
    return " · ".join(filter(None, (plain_line(cell.replace(r"\|", "|")) for cell in cells)))


def _plain_code(text: str) -> str:
    """Return the lines of code, without the marks of a quote or an item before the fence."""
    opening, lines, _ = fenced(text)
    before = re.match(r"[ >]*", opening)
    margin = before[0] if before else ""
    bare = ("" if line == margin.rstrip() else line.removeprefix(margin) for line in lines)
    return "\n".join(bare).strip("\n")


def beside_links(text: str) -> str:
    """Return the text outside of links, with its markers."""
    return _with_inline(text, lambda inline: "" if inline.code is None else inline.written)


def in_code_spans(text: str, change: Callable[[str], str]) -> str:
    """Return ``text`` with code within a line changed; blocks of code stay."""

    def changed(inline: _Inline) -> str:
        code = inline.code
        return inline.written if code is None else f"{inline.mark}{change(code)}{inline.mark}"

    return _outside_blocks_of_code(text, changed)


def in_links(text: str, change: Callable[[str, str], str]) -> str:
    """Return ``text`` with each link replaced by what ``change`` makes of its label and address."""

    def changed(inline: _Inline) -> str:
        is_code = inline.code is not None
        return inline.written if is_code else change(inline.label, inline.target)

    return _outside_blocks_of_code(text, changed)


def _outside_blocks_of_code(text: str, change: Callable[[_Inline], str]) -> str:
    """Return ``text`` with code within lines and links changed; blocks of code stay."""
    parts: list[str] = []
    at = 0
    for block in blocks(text):
        parts.append(text[at : block.start])
        code = block.kind is Kind.CODE
        parts.append(block.text if code else _with_inline(block.text, change))
        at = block.end
    return "".join([*parts, text[at:]])


def words(text: str) -> list[str]:
    """Return the words of ``text``, each with the space before it; a link is never cut."""
    return [match[0] for match in _WORD.finditer(text)]


def plain_line(line: str) -> str:
    """Return a line without the marks of links and code."""
    return _with_inline(line, _plain_inline).strip()


def _plain_inline(inline: _Inline) -> str:
    """Return the code, or the words of a link's label."""
    code = inline.code
    if code is None:
        return plain_line(inline.label)
    # Code that begins or ends with a backtick is separated from its marks by spaces.
    padded = code[0] == code[-1] == " " and "`" in code
    return code[1:-1] if padded else code


def _with_inline(text: str, change: Callable[[_Inline], str]) -> str:
    """Return ``text`` with each link and code within a line replaced by ``change``."""
    parts: list[str] = []
    at = 0
    for inline in _inline(text):
        parts += (text[at : inline.start], change(inline))
        at = inline.start + len(inline.written)
    return "".join([*parts, text[at:]])


def _inline(text: str) -> Iterator[_Inline]:
    """Yield code within lines, and links, in order; they are not nested."""
    closing = _closing_runs(text)
    at = 0
    while match := _RUN_OR_LINK.search(text, at):
        start, at = match.span()
        run: str | None = match["run"]
        if run is None:
            yield _Inline(start, match[0], label=match["label"], target=match["target"])
        elif start in closing:
            code = text[at : closing[start]]
            written = f"{run}{code}{run}"
            at = start + len(written)
            yield _Inline(start, written, run, code)


def _closing_runs(text: str) -> dict[int, int]:
    """Return the place of the closing run of backticks by the place of the opening one: it is the
    next run of the same length on the line. It takes one pass, because a pattern that searches from
    each run takes seconds on a page of backticks."""
    closing: dict[int, int] = {}
    last: dict[int, int] = {}
    for match in _RUN_OR_LINE.finditer(text):
        if match[0] == "\n":
            last.clear()
            continue
        length = len(match[0])
        if length in last:
            closing[last[length]] = match.start()
        last[length] = match.start()
    return closing
