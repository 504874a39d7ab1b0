"""What people asked and the wiki did not answer, the same questions together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from bot.conversation.model import RecordedAnswer
from bot.model import Answer, NoAnswer, Reason, Result

_ALIKE = 0.5
"""Of the words that two questions have together, the share that both must have."""


@dataclass(slots=True)
class Gap:
    """Questions that ask the same, the latest last."""

    asked: list[RecordedAnswer] = field(default_factory=list)
    words: frozenset[str] = frozenset()

    @property
    def latest(self) -> RecordedAnswer:
        return self.asked[-1]


def gaps(unanswered: Iterable[RecordedAnswer], roots: Callable[[str], frozenset[str]]) -> list[Gap]:
    """The commonest first, of two alike the one asked later. ``roots`` are the words of a
    question that say something, each in the form that its others share."""
    found: list[Gap] = []
    with_word: defaultdict[str, list[int]] = defaultdict(list)
    for given in unanswered:
        words = roots(given.asked.question)
        keys = words or {""}
        # Those that share no word are not alike, and there may be thousands.
        near = sorted({number for word in keys for number in with_word[word]})
        best = max(near, key=lambda number: _alike(found[number].words, words), default=None)
        if best is None or _alike(found[best].words, words) < _ALIKE:
            best = len(found)
            found.append(Gap(words=words))
            for word in keys:
                with_word[word].append(best)
        found[best].asked.append(given)
    return sorted(found, key=lambda gap: (-len(gap.asked), -gap.latest.id))


def still_open(gap: Gap, said: Result) -> NoAnswer | None:
    """Return what to show of a gap; None if the wiki answers it now. Where a model has read the
    pages and says that they do not, pages are quoted all the same: one of them closes the gap
    only if somebody has edited it since."""
    if isinstance(said, NoAnswer):
        return said
    denied = gap.latest.answer
    if not (isinstance(denied, Answer) and denied.denial and isinstance(said, Answer)):
        return None
    since = gap.latest.given.date()
    if any(source.updated and source.updated > since for source in said.sources):
        return None
    nearest = tuple(replace(source, quote="") for source in said.sources)
    return NoAnswer(Reason.NOTHING_FITS, "", nearest, said.confidence)


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    both = one | other
    return len(one & other) / len(both) if both else 1.0
