"""A model's sentence: its statement, citations, quotations and links."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.answering.words.quantities import quantities
from bot.answering.words.sentences import CITATION, Sentence
from bot.foreign import seen


class Flaw(StrEnum):
    """The reason why a sentence is not shown."""

    FRAME = "frame"
    """It claims nothing: a heading, "Here are the steps:"."""
    EMPTY = "empty"
    REPEATED = "repeated"
    """The answer has said it in the same words already."""
    PING = "ping"
    ADDRESS = "address"
    QUOTATION = "quotation"
    NUMBER = "number"
    NAME = "name"
    NEGATION = "negation"
    LIMIT = "limit"
    """It says must, only, all, before and the like where the passage does not."""
    REVERSED = "reversed"
    """It reverses who does what, or the order of two things, or names another person or thing than
    the passage."""
    CONDITION = "condition"
    """It states as a fact what the passage says only with an "if"."""
    ORDERS = "orders"
    """It rests on words of a page that are instructions to a language model."""
    SCOPE = "scope"
    """It says of leave what the passage says of parental leave."""
    WORDS = "words"
    ORDER = "order"
    MEANING = "meaning"
    DANGLING = "dangling"
    """It begins with "it" or "they", and the sentence before it was dropped; or it is an item of a
    list whose introduction was dropped."""
    EXCEPTION = "exception"
    """Its exception or condition was dropped."""
    UNCITED = "uncited"
    """It cites nothing, and no passage is near it."""
    UNSUPPORTED = "unsupported"
    """A judge found no support for it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim. ``text`` is compared: without citations, without markup except quotation marks and
    code, and without a leading "Yes, ", which is ``verdict``. ``cited`` are the numbers, in order.
    ``quotations`` and spans of code (``codes``) come without their marks. ``code``: all of it is a
    block of code, to be matched exactly."""

    text: str
    cited: tuple[int, ...] = ()
    quotations: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    flaw: Flaw | None = None
    code: bool = False
    verdict: str = ""

    @property
    def shown(self) -> str:
        """Return the text that a reader sees."""
        return f"{self.verdict}{self.text}"

    @property
    def exact(self) -> frozenset[str]:
        return exact_tokens(self.text)

    @property
    def introduces(self) -> bool:
        """Return whether it ends in a colon, so that the next sentences belong to it."""
        return not self.code and self.text.endswith((":", "\uff1a"))

    @property
    def only_introduces(self) -> bool:
        """Return whether it says nothing else: "It is off by default, so add this:" does."""
        return self.introduces and not self.cited and not _STATES.search(self.text)


_BEFORE_A_STOP = re.compile(r" ([.,;:!?](?: |$))")
_CODE = re.compile(r"((?<!`)`++[^`]+`++)")
_NUMBERS = re.compile(rf"{CITATION}(?:\([^()\s]*\))?", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\(\s*+<?([^()\s<>]*+)>?(?:\s++\"[^\"\n]*+\")?+\s*+\)")
_EMPHASIS = re.compile(
    r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1|(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"
)
_HEADING = re.compile(r"^#{1,6}\s")
_QUOTE_MARK = re.compile(r"^(?:>\s?)+")
_VERDICT = re.compile(
    r"^(?:yes|yep|yeah|no|nope|ja|nein|s\u00ed|oui|non)\s{0,3}[,.:;!\u2013\u2014-]{1,3}(?:\s{1,3}|$)",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"[^\W_];\s|,\s(?:and|because|but|since|so|whereas|which|while)\s", re.IGNORECASE
)
"""A conjunction between the statement of a sentence and its introduction of what follows."""
_DECORATION = re.compile("(?:[\u26a0\u2139\U0001f4a1\U0001f4cc\U0001f4dd]\ufe0f?\\s{0,3})+")
"""Signs at the beginning that say "note": a warning, a lamp, a pin, a pencil."""
_PING = re.compile(r"<\s*[!@#]")
_CALL = re.compile(r"@(?:here|channel|everyone|group)(?![\w-]*\.\w)", re.IGNORECASE)
"""A mention of a group. Within code it pings nobody, and a page may tell people to write it."""
_QUOTED = re.compile(
    r"(?<!`)(?P<ticks>`++)(?P<code>[^`]+)(?P=ticks)"
    r"|(?<!\d)\"([^\"]+)\"|\u201e([^\u201c\u201d\u201e]+)[\u201c\u201d]|\u201c([^\u201c\u201d]+)\u201d"
    r"|\u00ab([^\u00ab\u00bb]+)\u00bb|\u00bb([^\u00ab\u00bb]+)\u00ab"
    r"|\u2039([^\u2039\u203a]+)\u203a|\u300c([^\u300c\u300d]+)\u300d|\u300e([^\u300e\u300f]+)\u300f"
    r"|\u201a([^\u2018\u2019\u201a]+)[\u2018\u2019]"
    r"|\u2018([^\u2018]+?)\u2019(?!\w)|(?<!\w)'([^']+)'(?!\w)"
)
_INCHES = re.compile(r"(?<=\d)\"(?=.{0,40}[^\W_])")
"""An inch mark: it follows a number, and words follow it (6'5" tall)."""
_UNPAIRED = re.compile('[`"\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d\u300e\u300f]')
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{0,40}:/?/|www\.|(?:mailto|javascript|data|tel):)[^\s<>\"|`]+"
    r"|[\w.+%-]{1,64}@[\w-]{1,200}(?:\.[\w-]+)+"
    r"|(?<![\w@./-])(?:[\w-]+\.)+[^\W\d_]{2,}(?:[:/][^\s<>\"|`]*)?",
    re.IGNORECASE,
)
_EXACT = re.compile(
    r"(?<![\w#@/])[#@][^\W_][\w-]*+|:[A-Za-z][\w+-]{1,60}:"
    r"|[\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]"
    r"|(?<![\w-])--?[A-Za-z][\w-]*+"
    r"|(?<![\w])[^\W_]++(?:_[^\W_]++)++"
    r"|(?<![^\W_])(?![vV]\d++\.\d)(?:[0-9]++[A-Za-z]|[A-Za-z]++[0-9])[A-Za-z0-9]*+(?![^\W_])"
)
_NAME_AND_QUANTITY = re.compile(r"[vV]\d+|\d+[SHD]")
"""A version, or a thing such as room 3D: a name, though it can be read as a quantity."""
_STRUCTURE = re.compile(r"[\[{].{0,40}\"(?:answer(?:ed)?|evidence|response|sentences?)\"\s?:")
"""The beginning of a structured answer that was not read, because its form is another."""
_ABBREVIATION = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?", re.UNICODE)


def claim(sentence: Sentence) -> Claim:
    """Parse any sentence; nothing is refused. ``flaw`` says why it cannot be shown, whatever the
    passages say."""
    text = seen(sentence.text)
    if sentence.code:
        flaw = Flaw.QUOTATION if "```" in text else None
        return Claim(text, flaw=flaw if text.strip() else Flaw.EMPTY, code=True)
    heading = bool(_HEADING.match(text))
    text = _as_row(_QUOTE_MARK.sub("", text))
    outside = "".join(_CODE.split(text)[::2])  # in code, [0] is a place in a list
    numbers = [int(n) for group in _NUMBERS.findall(outside) for n in _DIGITS.findall(group)]
    text = _outside_code(lambda part: _NUMBERS.sub(" ", part), text)
    targets = tuple(url for _, url in _LINK.findall(text))
    text = _LINK.sub(r"\1", text)
    text = _without_emphasis(text).strip()
    if sign := _DECORATION.match(text):
        text = text[sign.end() :]
    verdict = _VERDICT.match(text)
    statement = text[verdict.end() :] if verdict else text
    statement = _BEFORE_A_STOP.sub(r"\1", " ".join(statement.split()))
    in_marks = (*quotations(statement), *_unclosed(statement))
    in_code = codes(statement)
    cited = tuple(dict.fromkeys(numbers))
    return Claim(
        statement,
        cited,
        tuple(quotation for quotation in in_marks if quotation not in in_code),
        in_code,
        tuple(dict.fromkeys([*targets, *addresses(statement)])),
        _flaw(statement, frame=not cited and (heading or statement.endswith(("?", "\uff1f")))),
        verdict=f"{verdict[0].rstrip()} " if verdict else "",
    )


def _as_row(text: str) -> str:
    """Write the row of a Markdown table as `plain` does, so that its cells belong together."""
    row = _NUMBERS.sub("", text).strip()
    if len(row) < 3 or not (row.startswith("|") and row.endswith("|")):
        return text
    cited = "".join(match[0] for match in _NUMBERS.finditer(text))
    cells = " \u00b7 ".join(cell.strip() for cell in row[1:-1].split("|"))
    return f"{cells} {cited}"


def _without_emphasis(text: str) -> str:
    """Return the text without emphasis, except within code, where a star is a star."""
    return _outside_code(lambda part: _EMPHASIS.sub(lambda m: m[2] or m[3], part), text)


def _outside_code(change: Callable[[str], str], text: str) -> str:
    parts = _CODE.split(text)
    return "".join(part if part.startswith("`") else change(part) for part in parts)


def quotations(text: str) -> tuple[str, ...]:
    """Return the texts in quotation marks of any kind, or in code."""
    return tuple(
        next(group for name, group in _groups(match) if group and name != "ticks")
        for match in _QUOTED.finditer(text)
    )


def _unclosed(text: str) -> tuple[str, ...]:
    """Return the text after an unclosed quotation mark, or before an unopened one: a quotation of
    two sentences is cut between them."""
    unquoted = _INCHES.sub("", _QUOTED.sub("", text))
    mark = _UNPAIRED.search(unquoted)
    if not mark:
        return ()
    after = unquoted[mark.end() :]
    return (after if any(map(str.isalnum, after)) else unquoted[: mark.start()],)


def codes(text: str) -> tuple[str, ...]:
    """Return the spans of code."""
    return tuple(match["code"] for match in _QUOTED.finditer(text) if match["code"])


def _groups(match: re.Match[str]) -> list[tuple[str, str | None]]:
    names = {place: name for name, place in match.re.groupindex.items()}
    return [(names.get(place, ""), group) for place, group in enumerate(match.groups(), 1)]


def addresses(text: str) -> tuple[str, ...]:
    """Return everything that a screen may turn into a link, also file names, which look alike."""
    matches = (match[0].rstrip(".,;:!?)'\u2019\u201d]") for match in _ADDRESS.finditer(text))
    return tuple(dict.fromkeys(text for text in matches if not _ABBREVIATION.fullmatch(text)))


def exact_tokens(text: str) -> frozenset[str]:
    """Return the tokens of ``text`` that must be spelled exactly, in lower case: #channel, --flag,
    snake_case, 18F, and pictures, because one may pass for a mark of ours. Numbers with a unit,
    such as 10am, do not count."""
    tokens = (match[0] for match in _EXACT.finditer(text))
    return frozenset(
        token.casefold()
        for token in tokens
        if _NAME_AND_QUANTITY.fullmatch(token) or not quantities(token)
    )


def _flaw(text: str, *, frame: bool) -> Flaw | None:
    if not any(character.isalnum() for character in text) or _STRUCTURE.match(text):
        return Flaw.EMPTY
    if _PING.search(text) or _CALL.search(_CODE.sub("", text)):
        return Flaw.PING
    if "](" in text:
        return Flaw.ADDRESS
    if "`" in _QUOTED.sub("", text):
        return Flaw.QUOTATION
    return Flaw.FRAME if frame else None
