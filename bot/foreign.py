"""Words of pages, models and people, escaped so that nothing in them passes for ours.

In an answer's text every ``[n]`` is a footnote of ours. So an ``[n]`` in other people's words
becomes ``(n)``; within code, where brackets mean something, ``[ n ]``. Our dagger marks a sentence
that could not be verified, so other daggers become ``+``, except within code. This is the one
module that does so, for every surface.
"""

from __future__ import annotations

import re
import unicodedata

from footnote_bot.bot.model import Answer
from footnote_bot.indexers.text.prose import (
    Block,
    Kind,
    blocks,
    fenced,
    in_code_spans,
    plain,
    readable,
)

_ZERO_WIDTH_JOINERS = "\u200c\u200d"
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNUSUAL = re.compile(r"[^\n\t\x20-\x7e]")
_FOOTNOTE = re.compile(
    r"[\[\uff3b\u3010]([*_~]{0,3}\^?[0-9\uff10-\uff19]{1,3}"
    r"(?: ?[,;\u2013-] ?\^?[0-9\uff10-\uff19]{1,3}){0,20}[*_~]{0,3})[\]\uff3d\u3011]"
)
_DAGGERS = str.maketrans(
    dict.fromkeys("\u2020\u2021\u2e38\u2e36\u2e37\u271d\u271e\u271f\u2628\U0001f546\U0001f547", "+")
)
"""Characters that look like `bot.model.UNVERIFIED` at a glance."""
_IN_BRACKETS = re.compile(r"\[(\d{1,3})\]")
_CODE = re.compile(r"((?<!`)`{1,8}(?!`)[^`]+`+)")
_EXCERPT, _EXCERPTS = 160, 600
"""Characters of the words behind a footnote, and of those behind all footnotes of an answer."""
_EXCERPT_FROM = 1_000
"""Characters at each end of a quote: excerpts are made on the event loop."""
_LEFT_OUT = " \u2026 "


def visible(text: str) -> str:
    """Return the text without invisible characters, as a screen shows it: they could split words
    that the check looks for."""
    return "".join(c for c in text if c == "\n" or unicodedata.category(c)[0] != "C")


def clean(text: str) -> str:
    """Return ``text`` without invisible characters. Line ends become ``\n``. Joiners stay within
    scripts (and emoji) that need them."""
    return _UNUSUAL.sub(_shown_character, _LINE_ENDS.sub("\n", text))


def _shown_character(match: re.Match[str]) -> str:
    """Return the character; nothing if it is invisible and joins no letters."""
    character = match[0]
    if character in _ZERO_WIDTH_JOINERS and _joins_other_scripts(match.string, match.start()):
        return character
    return "" if unicodedata.category(character) in ("Cc", "Cf", "Cs") else character


def _joins_other_scripts(text: str, at: int) -> bool:
    """Return whether the characters beside this place may be joined."""
    neighbours = text[max(at - 1, 0) : at] + text[at + 1 : at + 2]
    return len(neighbours) == 2 and all(map(_may_be_joined, neighbours))


def _may_be_joined(character: str) -> bool:
    """Return whether a joiner may follow: after letters with their marks, and emoji with theirs.
    Invisible words cannot be made of joiners."""
    return not character.isascii() and unicodedata.category(character)[0] in "LMS"


def unmarked(text: str) -> str:
    """Return ``text`` (light Markdown) in which no ``[n]`` can pass for a footnote of ours. Blocks
    of code stay as they are, and are closed."""
    text = clean(text)
    parts: list[str] = []
    at = 0
    for block in blocks(text):
        parts.append(text[at : block.start])
        parts.append(
            _with_closing_fence(block) if block.kind is Kind.CODE else _without_marks(block.text)
        )
        at = block.end
    return "".join([*parts, text[at:]])


def _with_closing_fence(code: Block) -> str:
    opening, lines, fence = fenced(code.text)
    return "\n".join([opening, *lines, fence])


def on_one_line(text: str) -> str:
    """Return ``text`` on one line, as for a title, a heading or a label."""
    return _without_marks(" ".join(clean(text).split()))


def quoted(words: str) -> str:
    """Return ``words`` of a page as a person reads them."""
    return unmarked(readable(in_code_spans(clean(words), _with_spaced_brackets)))


def words_behind(answer: Answer) -> tuple[str, ...]:
    """Return for each source of a composed answer an excerpt of the words that its sentences rest
    on; all empty for other answers, which are quotations already.

    If some of several questions were answered by quotation, words in the text are not repeated.
    """
    if not answer.composed:
        return ("",) * len(answer.sources)
    most = min(_EXCERPT, _EXCERPTS // max(1, len(answer.sources)))
    text = " ".join(answer.text.replace("**", "").split()) if answer.fallback else ""
    excerpts = (excerpt(source.quote, most) for source in answer.sources)
    return tuple("" if words in text else words for words in excerpts)


def excerpt(words: str, most: int) -> str:
    """Return ``words`` of a page on one line, without markup. If they are longer than ``most``
    characters the middle is left out: words behind several sentences begin with those of the first
    and end with those of the last."""
    if len(words) > 2 * _EXCERPT_FROM:
        words = f"{words[:_EXCERPT_FROM]}{_LEFT_OUT}{words[-_EXCERPT_FROM:]}"
    line = on_one_line(plain(clean(words)).replace("**", ""))
    if len(line) <= most:
        return line
    half = max(1, (most - len(_LEFT_OUT)) // 2)
    first, last = line[:half], line[-half:]
    # Neither part ends within a word.
    first = first if line[half].isspace() else first.rsplit(" ", 1)[0]
    last = last if line[-half - 1].isspace() else last.split(" ", 1)[-1]
    return f"{first.strip()}{_LEFT_OUT}{last.strip()}"


def with_mark(text: str, mark: str) -> str:
    """Add a footnote of ours at the end of ``text``; below it, if it ends with code."""
    ends_with_code = any(block.kind is Kind.CODE for block in blocks(text)[-1:])
    return f"{text}\n{mark}" if ends_with_code else f"{text} {mark}"


def _without_marks(text: str) -> str:
    """Return ``text`` without footnotes and daggers that could pass for ours."""
    parts = _CODE.split(text)  # every second one is code
    for number, part in enumerate(parts):
        if number % 2:
            parts[number] = _with_spaced_brackets(part)
        else:
            parts[number] = _FOOTNOTE.sub(r"(\1)", part).translate(_DAGGERS)
    return "".join(parts)


def _with_spaced_brackets(code: str) -> str:
    """Return code in which each ``[1]`` became ``[ 1 ]``, which is no footnote."""
    return _IN_BRACKETS.sub(r"[ \1 ]", code)
