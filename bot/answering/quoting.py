"""Passages -> quotations: whole sentences, verbatim, those that answer."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.answering.bounded import Bounded
from bot.answering.cutting import cut
from bot.answering.outline import outline
from bot.answering.showing import body, label
from bot.answering.stems import Weights, stems
from bot.answering.stretch import Stretch
from bot.answering.windows import Read, ranked
from indexers.model import Hit, Passage
from indexers.ports import Reranker
from indexers.text.prose import Block, Kind, blocks, plain
from indexers.text.sentences import sentences


@dataclass(frozen=True, slots=True)
class QuoteUnit:
    """A piece that is never cut: a sentence, a row, a block of code."""

    start: int
    end: int
    stems: frozenset[str]
    size: int


def units(text: str) -> list[QuoteUnit]:
    """Return the units of ``text`` that say something, in order."""
    return [
        QuoteUnit(start, end, stems(shown), len(shown))
        for block in blocks(text)
        for start, end in _spans(block)
        if (shown := plain(text[start:end]))
    ]


def _spans(block: Block) -> Iterable[tuple[int, int]]:
    if block.kind is Kind.CODE:
        return [(block.start, block.end)]
    if block.kind in (Kind.TABLE, Kind.QUOTE):
        parts: Iterable[str] = block.text.splitlines(keepends=True)
    else:
        parts = _sentences(block.text)
    spans, at = [], block.start
    for part in parts:
        if part.strip():
            spans.append((at + len(part) - len(part.lstrip()), at + len(part.rstrip())))
        at += len(part)
    return spans


def _sentences(text: str) -> Iterable[str]:
    """Return the sentences. A number alone is not one, but the beginning of one, as in a numbered
    list."""
    held = ""
    for part in sentences(text):
        held += part
        if any(character.isalpha() for character in part):
            yield held
            held = ""
    if held:
        yield held


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation from a passage: ``text`` as people read it, under its label, without the mark of
    a footnote; ``words`` verbatim, from the first word that is shown to the last."""

    passage: Passage
    text: str
    words: str


@dataclass(frozen=True, slots=True)
class Quoting:
    """Quoting of answers. ``read`` compares candidates with the question; without it, or if it
    takes too long, the words they share decide. Without ``foreign`` it knows no word of a question
    in another language than the pages."""

    read: Read | None = None
    foreign: bool = True

    def for_foreign(self) -> Quoting:
        """Return the quoting for questions in another language than the pages."""
        return self if self.foreign else Quoting()

    def __call__(self, question: str, hits: Sequence[Hit], room: int) -> list[Quotation]:
        """Return the quotations that answer ``question`` from the best of ``hits``, and from the
        best of another page if that may answer as well and says more; together in at most ``room``
        characters. Empty if there is nothing to quote."""
        best = max(hits, key=lambda hit: hit.score, default=None)
        if best is None:
            return []
        found = _quoted(question, best, hits, room, self.read)
        if found and (other := _as_good(best, hits)):
            # By words: reading once more would double a question's time.
            left = room - len(found[0].text)
            found += [
                one for one in _quoted(question, other, hits, left, None) if _adds(one, found)
            ]
        return found


def quoting_by(reranker: Reranker, *, seconds: float, foreign: bool) -> Quoting:
    """Return the quoting that ``reranker`` chooses for, as far as it can within ``seconds``."""
    bounded = Bounded(
        "What is quoted is chosen by words", seconds=seconds, at_once=os.cpu_count() or 1
    )
    return Quoting(
        lambda question, texts: bounded(lambda: reranker.scores(question, texts)), foreign=foreign
    )


def _quoted(
    question: str, best: Hit, hits: Sequence[Hit], room: int, read: Read | None
) -> list[Quotation]:
    """Return the answer in one passage, or in its neighbours in its section."""
    weigh = Weights(stems(hit.passage.embedded) for hit in hits if not hit.beside)
    stretch = Stretch.around(best.passage, hits)
    parts = outline(stretch.text)
    windows = ranked(question, best.passage, parts, weigh, read)
    piece = cut(parts, windows, room)
    if not piece.shown:
        return []
    first, last = parts[piece.shown[0]], parts[piece.shown[-1]]
    passage = stretch.at(parts[piece.core].start)
    head = label(passage.title, " > ".join(passage.headings))
    text = body(stretch.text, parts, piece.told, piece.core)
    words = stretch.text[first.start : last.end]
    return [Quotation(passage, f"{head}\n{text}" if head else text, words)]


_UNSURE = 1.0
"""Scores differ by log odds: of two at most this far apart, either may answer."""


def _as_good(best: Hit, hits: Sequence[Hit]) -> Hit | None:
    """Return the best passage of another page, if it may answer as well as ``best``, and the
    cross-encoder, too, judges it more likely an answer than not."""
    page = best.passage.wiki, best.passage.page
    others = [hit for hit in hits if (hit.passage.wiki, hit.passage.page) != page]
    other = max(others, key=lambda hit: hit.score, default=None)
    if other is None or (other.relevance or -1.0) < 0:
        return None
    return other if best.score - other.score <= _UNSURE else None


_NEW = 1 / 3


def _adds(second: Quotation, before: Sequence[Quotation]) -> bool:
    """Return whether it has a number that the ones before have not, or a third of its words. A unit
    that only introduces something for which there was no room adds nothing."""
    if outline(second.words)[-1].introduces:
        return False
    known = stems(plain("\n".join(one.words for one in before)))
    words = stems(plain(second.words))
    new = words - known
    return len(new) >= _NEW * len(words) or any(map(str.isdecimal, new))
