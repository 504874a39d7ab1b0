"""Light Markdown (`indexers.text.prose`), composed from its pieces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby

_SPACES = re.compile(r"[ \t\n\r\f\v\xa0]+")
_GAP = re.compile(r"(?<!\s)\s++")
_BACKTICKS = re.compile(r"`+")
_FENCE_LIKE = re.compile(r"^(?=`{3}|~{3})", re.MULTILINE)
_LABEL = re.compile(r"(?:[^\[\]]|\[[^\[\]]*\])*")
_MARKED = re.compile(r"(?:```|\||> |- |\d+\. )")
_NO_ADDRESS = re.compile(r"\s*(?:javascript|data|vbscript|file)\s*:", re.IGNORECASE)


class Line:
    """Text with single spaces. Code of several lines in a cell (``is_cell``) is in ``code``."""

    def __init__(self, *, is_cell: bool = False) -> None:
        self.code: list[str] = []
        self._is_cell = is_cell
        self._parts: list[str] = []
        self._gap = False
        self._word_ends = False

    def add(self, text: str) -> None:
        """Add text. White space becomes a single space."""
        words = _SPACES.sub(" ", text)
        if not words:
            return
        self._gap = self._gap or words.startswith(" ")
        body = words.strip(" ")
        if body:
            self.add_verbatim(body)
            self._gap = words.endswith(" ")

    def add_verbatim(self, text: str) -> None:
        """Add text as it is, with a space before it if there is a gap."""
        if not text:
            return
        if self._word_ends and self._last.isalnum() and text[0].isalnum():
            self._gap = True
        self._word_ends = False
        if self._gap and self._parts and not self._parts[-1].endswith("\n"):
            self._parts.append(" ")
        self._gap = False
        self._parts.append(text)

    def add_code(self, lines: Sequence[str]) -> None:
        """Add code in a sentence. Two lines stay two, because a reader could run both."""
        for number, text in enumerate(lines):
            if number:
                self.end()
            self.add_verbatim(inline_code(text))

    def add_code_block(self, text: str, language: str) -> None:
        """Add a block of code; in a table's cell, code of several lines is kept apart."""
        self.gap()
        if self._is_cell and "\n" in text.strip():
            self.code += code_block(text, language)
        else:
            self.add_code([line for line in text.split("\n") if line.strip()])
        self.gap()

    def add_raised(self, text: str) -> None:
        """Add raised text, such as an exponent; see `raised`."""
        self._add_marked(raised(self._last, text))

    def add_lowered(self, text: str) -> None:
        """Add lowered text, such as an index; see `lowered`."""
        self._add_marked(lowered(self._last, text))

    def _add_marked(self, text: str) -> None:
        """Add text that `raised` or `lowered` returned."""
        self._gap = self._gap or text.startswith(" ")
        self.add_verbatim(text.strip())

    @property
    def _last(self) -> str:
        """Return the character that the next character touches; empty if there is a gap."""
        return self._parts[-1][-1:] if self._parts and not self._gap else ""

    def gap(self) -> None:
        """Put white space before the text that is added next."""
        self._gap = True

    def end_word(self) -> None:
        """Keep a following letter or digit apart from the last one; punctuation may touch it."""
        self._word_ends = True

    def add_word(self, text: str) -> None:
        """Add text that no other letter or digit touches."""
        self.end_word()
        self.add(text)
        self.end_word()

    def end(self) -> None:
        """End the line with a hard line break, unless it is empty."""
        if self._parts and not self._parts[-1].endswith("\n"):
            self._parts.append("\n")
        self._gap = False

    def text(self) -> str:
        """Return all lines, without white space around them."""
        return "".join(self._parts).strip("\n ")


def inline_code(text: str) -> str:
    """Return inline code between runs of backticks of a length that it does not contain."""
    text = _GAP.sub(lambda gap: " " if "\n" in gap[0] else gap[0], text)
    if not text.strip():
        return text
    runs = {len(run) for run in _BACKTICKS.findall(text)}
    mark = "`" * next(length for length in range(1, len(runs) + 2) if length not in runs)
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{mark}{pad}{text}{pad}{mark}"


def leads_nowhere(address: str) -> bool:
    """Return whether the address leads to no page: it runs a script, or holds data."""
    return bool(_NO_ADDRESS.match(address))


def link(label: str, address: str) -> str:
    """Return a link; only the label if there is no address, or it would break the link."""
    if not label or not address or leads_nowhere(address):
        return label
    if not _LABEL.fullmatch(label) or "\n" in label or "](" in label:
        return label
    return address if label == address else f"[{label}]({_encoded(address)})"


def _encoded(address: str) -> str:
    """Return the address with characters escaped that would end the link."""
    address = re.sub(r"\s+", "%20", address.strip())
    for char in "()<>":
        address = address.replace(char, f"%{ord(char):02X}")
    return address


def paragraph(text: str) -> list[str]:
    """Return a paragraph, in which nothing begins a block of code."""
    return [_FENCE_LIKE.sub(r"\\", text)] if text else []


def code_block(text: str, language: str = "") -> list[str]:
    """Return a block of code, byte for byte, within a fence that it does not contain."""
    if not text.strip():
        return []
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}\n{text}\n{fence}"]


def is_code(block: str) -> bool:
    """Return whether a block is code."""
    return block.startswith("```")


def list_items(marked: Iterable[tuple[str, Sequence[str]]]) -> list[str]:
    """Return list items on neighbouring lines; each is its mark and its blocks. Code is a block of
    its own at the margin, so that it keeps its bytes."""
    parts = chain.from_iterable(_item_parts(mark, blocks) for mark, blocks in marked)
    runs = ((code, list(run)) for code, run in groupby(parts, key=is_code))
    return [block for code, run in runs for block in (run if code else ["\n".join(run)])]


def _item_parts(mark: str, blocks: Sequence[str]) -> Iterator[str]:
    """Yield an item's lines, behind its mark or indented as far, and its blocks of code."""
    start, indent = mark, " " * len(mark)
    for block in blocks or [""]:
        if is_code(block):
            yield from [start.rstrip()] if start.strip() else []
            yield block
        elif block or start.strip():
            first, *following = block.split("\n")
            yield (start + first).rstrip()
            yield from (indent + line if line else "" for line in following)
        start = indent


def quote(blocks: Sequence[str]) -> list[str]:
    """Return the blocks as one quotation; nothing if there are none."""
    if not blocks:
        return []
    lines = "\n\n".join(blocks).split("\n")
    return ["\n".join(f"> {line}" if line else ">" for line in lines)]


def note(label: str, title: str, blocks: Sequence[str]) -> list[str]:
    """Return a quote that begins with its label; empty if there is no more than the label."""
    if title.rstrip(":").casefold() == label.casefold():
        title = ""
    if title:
        return quote([f"{label}: {title}", *blocks])
    return quote(with_lead(f"{label}:", blocks)) if blocks else []


def with_lead(lead: str, blocks: Sequence[str]) -> list[str]:
    """Return the blocks with ``lead`` before the words of a first paragraph, or above the first."""
    if not blocks or _MARKED.match(blocks[0]):
        return [lead, *blocks]
    return [f"{lead} {blocks[0]}", *blocks[1:]]


_WIDEST = 100
"""Columns up to which missing cells are written: thousands of them would outweigh the words."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table. Cells may be missing, and may hold any text of one line."""
    body = list(rows)
    width = max(map(len, (head, *body)))
    lines = [_row(row, min(width, _WIDEST)) for row in (head, *body)]
    lines.insert(1, "|" + " --- |" * width)
    return "\n".join(lines)


def _row(row: Sequence[str], width: int) -> str:
    """Return a table's row, filled with empty cells up to ``width`` columns."""
    padded = [*row, *[""] * (width - len(row))]
    return (
        "| " + " | ".join(" ".join(cell.split("\n")).replace("|", r"\|") for cell in padded) + " |"
    )


_ONE = re.compile(r"[+\-\u2212\u00b1]?\w+(?:[.,]\d+)?[+\-\u2212]?|[+\-\u2212*\u2020\u2021]+")
_ENDINGS = frozenset(
    ["st", "nd", "rd", "th", "er", "re", "e", "eme", "ème", "es", "a", "o", "ª", "º"]
)
"""The endings of ordinal numbers: 1st, 2nd, 1er, 3ª."""
_MARKS = {"tm": "\u2122", "sm": "\u2120", "r": "\u00ae", "c": "\u00a9"}
_AS_THEY_ARE = "\u2122\u2120\u00ae\u00a9[(*\u2020\u2021\u00b0\u00ba\u00aa"
_LONGEST = 24
"""Characters; longer text is small print and no exponent."""


def raised(before: str, text: str) -> str:
    """Return raised ``text`` as written after the character ``before`` (empty: there is none)."""
    text = " ".join(text.split())
    if not text or not before.strip() or text[0] in _AS_THEY_ARE:
        return text
    if before.isdigit() and text.casefold() in _ENDINGS:
        return text
    if before.isalpha() and text.casefold() in _MARKS:
        return _MARKS[text.casefold()]
    if before in ".,;:!?" and text.isdigit():
        return f"[{text}]"
    return _marked("^", text)


def lowered(before: str, text: str) -> str:
    """Return lowered ``text`` as written after the character ``before`` (empty: there is none)."""
    text = " ".join(text.split())
    if not text or not before.strip() or text[0] in "[(":
        return text
    if text.isdigit() and not before.isdigit():
        return text
    return _marked("_", text)


def _marked(mark: str, text: str) -> str:
    """Return raised or lowered text behind its ``mark``, in brackets if it is more than one word;
    without the mark if it is too long."""
    if _ONE.fullmatch(text):
        return f"{mark}{text}"
    return f"{mark}({text})" if len(text) <= _LONGEST else f" {text}"
