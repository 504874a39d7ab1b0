"""Support of an answer: cited sources, verbatim quotations, links that a page shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from footnote_bot.bot.answering.quoting.showing import caption
from footnote_bot.bot.answering.retrieval.stretch import stands_in
from footnote_bot.bot.model import Answer, Source
from footnote_bot.bot.texts import THE_CLOSEST
from footnote_bot.indexers.model import Passage
from footnote_bot.indexers.text.prose import Block, Kind, blocks, plain, readable
from footnote_bot.indexers.text.sentences import goes_on, sentences

MARK = re.compile(r"(?:(?<!\s)\s++)?\[(\d{1,3})\]")
_MARKS = re.compile(r"(?:\s{0,40}\[\d{1,3}\])+")
_FENCE = "```"
_QUOTATION = re.compile(r"“([^“”\n]+)”|„([^„“\n]+)“|«([^«»\n]+)»|「([^「」\n]+)」|\"([^\"\n]+)\"")
_LINK = re.compile(r"https?://[^\s<>|\"”)\]]+")
_ENDS = ".,;:!? "


@dataclass(frozen=True, slots=True)
class EvidenceCounts:
    """The number of an answer's sentences, quotations and links, and the failures among them:
    sentences without a source, quotations found nowhere, links that were not shown."""

    sentences: int = 0
    uncited: tuple[str, ...] = ()
    quotations: int = 0
    altered: tuple[str, ...] = ()
    links: int = 0
    foreign: tuple[str, ...] = ()


def evidence(question: str, answer: Answer, shown: Sequence[Passage]) -> EvidenceCounts:
    """Check an answer against the passages in ``shown``, which it was made from.

    A sentence is cited if a ``[n]`` in or behind it names a source; every sentence of a quoted
    source is. A quotation is a source's quote, or words that the answer puts in quotation marks,
    which may come from the question, too. A link is a source's address, or an address in the
    text, which a page may contain, too.
    """
    own_text, quoted_count = _own_words(answer)
    stated = list(_sentences(own_text))
    quotes = [source for source in answer.sources if source.quote]
    marked = list(_quotations(own_text))
    words = [_spaced(text) for text in (question, *_texts(answer, shown))] if marked else []
    links = list(_links(own_text))
    addresses = {passage.url for passage in shown}
    linked = addresses.union(*(_links(passage.text) for passage in shown)) if links else set()
    return EvidenceCounts(
        sentences=quoted_count + len(stated),
        uncited=tuple(
            sentence
            for sentence, marks in stated
            if not marks or any(not 1 <= mark <= len(answer.sources) for mark in marks)
        ),
        quotations=len(quotes) + len(marked),
        altered=(
            *(source.quote for source in quotes if not _is_verbatim(source, shown)),
            *(quote for quote in marked if not any(quote in text for text in words)),
        ),
        links=len(answer.sources) + len(links),
        foreign=(
            *(source.url for source in answer.sources if source.url not in addresses),
            *(url for url in links if url not in linked),
        ),
    )


def unmarked(text: str) -> str:
    """Return ``text`` without its ``[n]``."""
    return MARK.sub("", text)


def _own_words(answer: Answer) -> tuple[str, int]:
    """Return the answer's words that are no quotations, and the number of quoted sentences."""
    own_text, quoted = answer.text.removeprefix(THE_CLOSEST), 0
    for number, source in enumerate(answer.sources, start=1):
        if not source.quote:
            continue
        # The text up to our own caption and mark quotes the source. It is compared word by word.
        _, end, after = own_text.partition(f"{caption(source.title, source.heading)} [{number}]")
        if end and not answer.composed:
            own_text = after
            quoted += len(_units(source.quote))
    return own_text, quoted


def _sentences(text: str) -> Iterator[tuple[str, list[int]]]:
    """Yield each sentence with the marks in and after it. Brackets in code are no marks."""
    for start, end in _units(text):
        sentence = text[start:end]
        before, behind = _MARKS.match(sentence), _MARKS.match(text, end)
        sentence = sentence[before.end() :].lstrip() if before else sentence
        if any(character.isalnum() for character in sentence):
            prose = "" if sentence.startswith(_FENCE) else sentence
            yield (
                sentence,
                [int(mark) for mark in MARK.findall(prose + (behind[0] if behind else ""))],
            )


def _units(text: str) -> list[tuple[int, int]]:
    """Return where each sentence, list item, table row, line of a quotation and block of code of
    ``text`` starts and ends, in order, but for those without a word."""
    return [
        (start, end)
        for block in blocks(text)
        for start, end in _spans(block)
        if plain(text[start:end])
    ]


def _spans(block: Block) -> Iterable[tuple[int, int]]:
    """Return where the pieces of a block start and end: sentences, rows or lines; code is one."""
    if block.kind is Kind.CODE:
        return [(block.start, block.end)]
    if block.kind in (Kind.TABLE, Kind.QUOTE):
        pieces: Iterable[str] = block.text.splitlines(keepends=True)
    else:
        pieces = _split(block.text)
    spans, position = [], block.start
    for piece in pieces:
        if piece.strip():
            spans.append(
                (position + len(piece) - len(piece.lstrip()), position + len(piece.rstrip()))
            )
        position += len(piece)
    return spans


def _split(text: str) -> Iterable[str]:
    """Yield the sentences. A number alone is not a sentence, but begins the next one, as in a
    numbered list. Nor is what ends with "max."."""
    sentence, says_something = "", False
    for part in sentences(text):
        if says_something and not goes_on(sentence, part):
            yield sentence
            sentence, says_something = "", False
        sentence += part
        says_something = says_something or any(map(str.isalpha, part))
    if sentence:
        yield sentence


def _is_verbatim(source: Source, shown: Sequence[Passage]) -> bool:
    """Return whether the source's quote stands in one of its page's passages."""
    page = source.wiki, source.page
    return stands_in(
        source.quote, [passage for passage in shown if (passage.wiki, passage.page) == page]
    )


def _links(text: str) -> Iterator[str]:
    return (match[0].rstrip(_ENDS) for match in _LINK.finditer(text))


def _texts(answer: Answer, shown: Sequence[Passage]) -> Iterator[str]:
    """Yield the texts, as written and as shown, from which a quotation may come."""
    for passage in shown:
        yield from (passage.embedded, passage.text, readable(passage.text))
    yield from (readable(source.quote) for source in answer.sources)


def _quotations(text: str) -> Iterator[str]:
    """Yield the words between quotation marks in ``text``."""
    for match in _QUOTATION.finditer(unmarked(text)):
        if quotation := _spaced(next(filter(None, match.groups()))).rstrip(_ENDS):
            yield quotation


def _spaced(text: str) -> str:
    return " ".join(text.split())
