"""Passages -> quotations: whole sentences, verbatim, those that answer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.answering.blending import FLOOR
from bot.answering.bounded import Bounded
from bot.answering.cutting import cut, together
from bot.answering.outline import Unit, outline
from bot.answering.showing import body, caption
from bot.answering.stems import Weights, stems
from bot.answering.stretch import Stretch, is_beside
from bot.answering.windows import Read, Window, ranked
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
    """A quotation from a passage: ``text`` as people read it, with its caption, without the mark of
    a footnote; ``words`` verbatim, from the first word that is shown to the last. ``read`` is the
    cross-encoder's best score of a sentence of the passage; None if none read it."""

    passage: Passage
    text: str
    words: str
    read: float | None = None


@dataclass(frozen=True, slots=True)
class Quoting:
    """Quoting of answers. ``read`` compares candidates with the question; without it, or if it
    takes too long, the words they share decide. Without ``foreign`` it knows no word of a question
    in another language than the pages. ``may_answer`` tells whether a passage is worth quoting for
    one part of a question."""

    read: Read | None = None
    foreign: bool = True
    may_answer: Callable[[str, Hit], bool] = lambda _part, _hit: True

    def for_foreign(self) -> Quoting:
        """Return the quoting for questions in another language than the pages."""
        return self if self.foreign else replace(self, read=None)

    def __call__(self, question: str, hits: Sequence[Hit], room: int) -> list[Quotation]:
        """Return the quotations that answer ``question`` from the best of ``hits``, and from the
        best of another page if that may answer as well and says more; together in at most ``room``
        characters. Empty if there is nothing to quote."""
        best = max(hits, key=lambda hit: hit.score, default=None)
        if best is None:
            return []
        text = _Text.around(best.passage, hits)
        found = text.quoted([text.windows(question, self.read)], room)
        if found and (other := _as_good(best, hits)):
            # By words: reading once more would double a question's time.
            second = _Text.around(other.passage, hits)
            left = room - len(found[0].text)
            more = second.quoted([second.windows(question, None)], left)
            found += [one for one in more if _adds(one, found)]
        return found

    def of_parts(
        self, asked: Sequence[str], hits: Sequence[Hit], room: int
    ) -> tuple[list[Quotation], list[str]]:
        """Return the quotations that answer the parts in ``asked``, together in at most ``room``
        characters, and the parts that no passage may answer. Each part is answered by the passage
        that answers it best; what stands side by side is one quotation."""
        found: list[tuple[_Text, list[list[Window]]]] = []
        unanswered = []
        for number, part in enumerate(asked):
            text, windows, best = self._answering(part, number, hits)
            if not self.may_answer(part, best):
                unanswered.append(part)
                continue
            near = next((one for one in found if one[0].is_near(text)), None)
            if near is None:
                found.append((text, [windows]))
            else:
                same = near[0].found.id == text.found.id
                near[1].append(windows if same else near[0].windows(part, self.read))
        quotations: list[Quotation] = []
        left = len(asked) - len(unanswered)
        for text, of_parts in found:
            share = (room - sum(len(one.text) for one in quotations)) * len(of_parts) // left
            quotations += text.quoted(of_parts, share)
            left -= len(of_parts)
        return quotations, unanswered

    def _answering(
        self, part: str, number: int, hits: Sequence[Hit]
    ) -> tuple[_Text, list[Window], Hit]:
        """Return the passage whose best sentence answers ``part`` best, its windows and its hit.
        Only the first passages of the searches for the part and the whole question are tried. The
        score of the best sentence is the hit's relevance."""
        searched = [replace(hit, score=hit.score + hit.parts[number]) for hit in hits if hit.parts]
        tried = []
        for hit in sorted(searched, key=lambda hit: -hit.score)[:_TRIED]:
            text = _Text.around(hit.passage, hits)
            windows = text.windows(part, self.read)
            read = windows[0].read if windows else None
            tried.append((text, windows, replace(hit, relevance=read)))
        return max(
            tried, key=lambda one: one[2].score + _READ * max(one[2].relevance or 0.0, FLOOR)
        )


def quoting_by(reranker: Reranker | None, *, seconds: float, foreign: bool) -> Quoting:
    """Return the quoting that ``reranker`` chooses for, as far as it can within ``seconds``;
    without one it is chosen by words."""
    if reranker is None:
        return Quoting()
    bounded = Bounded(
        "What is quoted is chosen by words", seconds=seconds, at_once=os.cpu_count() or 1
    )
    return Quoting(
        lambda question, texts: bounded(lambda: reranker.scores(question, texts)), foreign=foreign
    )


_TRIED = 4
"""Passages that are read for each part of a question."""
_READ = 1.5
"""What the best sentence of a passage weighs beside the searches. The whole question was compared
with whole passages; it is the sentence that tells which of them answers a part."""


@dataclass(frozen=True)
class _Text:
    """A passage that was ``found``, with its neighbours in its section."""

    found: Passage
    stretch: Stretch
    units: Sequence[Unit]
    weigh: Weights

    @classmethod
    def around(cls, found: Passage, hits: Sequence[Hit]) -> _Text:
        weigh = Weights(stems(hit.passage.embedded) for hit in hits if not hit.beside)
        stretch = Stretch.around(found, hits)
        return cls(found, stretch, outline(stretch.text), weigh)

    def is_near(self, other: _Text) -> bool:
        return self.found.id == other.found.id or is_beside(self.found, other.found)

    def windows(self, question: str, read: Read | None) -> list[Window]:
        return ranked(question, self.found, self.units, self.weigh, read)

    def quoted(self, answering: Sequence[Sequence[Window]], room: int) -> list[Quotation]:
        """Return one quotation that answers a question, or several parts of it: ``answering`` has
        the windows for each. Empty if there is nothing to quote."""
        cuts = [cut(self.units, windows, room // len(answering)) for windows in answering]
        piece = together([one for one in cuts if one.shown])
        if not piece.shown:
            return []
        first, last = self.units[piece.shown[0]], self.units[piece.shown[-1]]
        passage = self.stretch.at(self.units[piece.cores[0]].start)
        text = body(self.stretch.text, self.units, piece.ordered, piece.bold)
        words = self.stretch.text[first.start : last.end]
        read = [one.read for windows in answering for one in windows if one.read is not None]
        below = caption(passage.title, " > ".join(passage.headings))
        whole = f"{text}\n{below}" if below else text
        return [Quotation(passage, whole, words, max(read, default=None))]


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
