"""Does a passage say what a sentence says? By rules that one can read, and by meaning.

Numbers, names, "not", and words that bind (must, only, before) are compared strictly and
where they stand; the other words must be found in one short stretch of the passage, in
about the same order; and the stretch must mean about the same. What fails may be true
all the same: it then goes out as a quotation, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.composing.agreement import disagreement, in_order, roots
from bot.answering.composing.claims import Claim, Flaw, addresses
from bot.answering.composing.relations import gives_orders
from bot.answering.composing.words import Word, read
from bot.answering.quoting import units
from indexers.model import Passage
from indexers.ports import Embedder
from indexers.prose import plain

_STRETCH = 3
"""Neighbouring sentences of a passage that one sentence may sum up."""


@dataclass(frozen=True, slots=True)
class Bars:
    """What a sentence must reach: the share of its words found, the share of those in
    order, and the cosine to the stretch. Chosen on half of clapnq's gold answers and of
    what is wrong with their corrupted twins; benchmarks/RESULTS.md has the other half."""

    words: float = 1.0
    order: float = 0.6
    cosine: float = 0.6


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring units of a passage, ``start`` to ``end`` of its text."""

    start: int
    end: int
    words: tuple[Word, ...]
    text: str


class Ground:
    """A passage that was shown to the model, ready to be compared with."""

    def __init__(self, passage: Passage) -> None:
        self.passage = passage
        frame = [passage.title, *passage.headings]
        self.frame = read("\n".join(frame))
        self._verbatim = [_spaced(text) for text in (plain(passage.text), passage.text, *frame)]
        self._addresses = {_bare(one) for one in (*addresses(passage.text), passage.url)}
        self._addresses |= {_bare(url) for url in _TARGET.findall(passage.text)}
        self.stretches = _stretches(passage)

    def holds(self, quotation: str) -> bool:
        """Verbatim, but for white space and for the stop or comma that ends it."""
        wanted = _spaced(quotation)
        bare = wanted.rstrip(".,;:!?")
        return bool(bare) and any(bare in text for text in self._verbatim)

    def links(self, address: str) -> bool:
        return _bare(address) in self._addresses


_TARGET = re.compile(r"\]\(<?([^()\s<>]+)")


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _bare(address: str) -> str:
    return address.removeprefix("mailto:").rstrip("/")


def _stretches(passage: Passage) -> list[Stretch]:
    """Short ones first, so that of equals the shortest is quoted."""
    pieces = units(passage.text)
    found = []
    for length in range(1, _STRETCH + 1):
        for first in range(len(pieces) - length + 1):
            start, end = pieces[first].start, pieces[first + length - 1].end
            text = plain(passage.text[start:end])
            found.append(Stretch(start, end, read(text), text))
    return found


class Checker:
    """Compares; ``embedder`` is the one that the index has."""

    def __init__(self, embedder: Embedder, bars: Bars | None = None) -> None:
        self._embedder = embedder
        self._bars = bars or Bars()

    def check(self, claim: Claim, ground: Ground, asked: Sequence[Word] = ()) -> Stretch | Flaw:
        """The stretch of ``ground`` that says what ``claim`` says to the question ``asked``,
        or what is wrong."""
        if claim.code:
            return next((one for one in ground.stretches if claim.text in one.text), Flaw.QUOTATION)
        if not all(map(ground.links, claim.addresses)):
            return Flaw.ADDRESS
        if not all(map(ground.holds, claim.quotations)):
            return Flaw.QUOTATION
        said = read(claim.text)
        if not any(word.weighs for word in said):
            return Flaw.EMPTY
        flaw = Flaw.WORDS
        for _, stretch in self._near(said, ground):
            found = self._flaw(claim, said, ground, stretch, asked)
            if found is None:
                return stretch
            flaw = found
        return flaw

    def _flaw(
        self,
        claim: Claim,
        said: Sequence[Word],
        ground: Ground,
        stretch: Stretch,
        asked: Sequence[Word],
    ) -> Flaw | None:
        """Return the first flaw, or None. The check of meaning is costly, so it comes last."""
        if found := disagreement(said, stretch.words, ground.frame, asked):
            return found
        if gives_orders(stretch.text):
            return Flaw.ORDERS
        if _share(said, stretch, ground.frame) < self._bars.words:
            return Flaw.WORDS
        if _in_order(said, stretch) < self._bars.order:
            return Flaw.ORDER
        if self._cosine(claim, stretch, ground) < self._bars.cosine:
            return Flaw.MEANING
        return None

    def _near(self, said: Sequence[Word], ground: Ground) -> list[tuple[float, Stretch]]:
        """The stretches worth a look, those that share least words first, so that the
        flaw which is told is that of the nearest."""
        shares = [(_share(said, stretch, ground.frame), stretch) for stretch in ground.stretches]
        best = max((share for share, _ in shares), default=0.0)
        return sorted(
            (one for one in shares if one[0] == best or one[0] >= self._bars.words),
            key=lambda one: one[0],
        )

    def _cosine(self, claim: Claim, stretch: Stretch, ground: Ground) -> float:
        under = "\n".join([ground.passage.title, *ground.passage.headings, stretch.text])
        one, bare, headed = self._embedder.embed_passages([claim.text, stretch.text, under])
        return max(_dot(one.whole, bare.whole), _dot(one.whole, headed.whole))


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return float(sum(a * b for a, b in zip(one, other, strict=True)))


def _share(said: Sequence[Word], stretch: Stretch, frame: Sequence[Word]) -> float:
    known = roots(stretch.words) | roots(frame)
    weighty = [word for word in said if word.weighs]
    return sum(not known.isdisjoint(word.forms) for word in weighty) / len(weighty)


def _in_order(said: Sequence[Word], stretch: Stretch) -> float:
    """The share of the common words that stand in one order, longest runs first."""
    heard = [word.forms[1] for word in stretch.words if word.weighs]
    common = [word.forms[1] for word in said if word.weighs and word.forms[1] in heard]
    if not common:
        return 1.0
    return in_order(common, heard) / len(common)
