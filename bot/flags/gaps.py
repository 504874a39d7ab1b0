"""Questions that the wiki did not answer, with similar questions grouped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from footnote_bot.bot.conversation.model import RecordedAnswer
from footnote_bot.bot.model import Answer, NoAnswer, Reason, Result

_ALIKE = 0.5
"""The share of common words that makes two questions similar."""


@dataclass(slots=True)
class Gap:
    """Questions that ask the same, the latest last."""

    asked: list[RecordedAnswer] = field(default_factory=list)
    words: frozenset[str] = frozenset()

    @property
    def latest(self) -> RecordedAnswer:
        return self.asked[-1]


def gaps(unanswered: Iterable[RecordedAnswer], roots: Callable[[str], frozenset[str]]) -> list[Gap]:
    """Return the gaps, the commonest first and then the latest. ``roots`` returns the content words
    of a question, stemmed."""
    groups: list[Gap] = []
    with_word: defaultdict[str, list[int]] = defaultdict(list)
    for recorded in unanswered:
        words = roots(recorded.asked.question)
        keys = words or {""}
        # Questions without a common word are not similar, and there may be thousands.
        candidates = sorted({number for word in keys for number in with_word[word]})
        best = max(candidates, key=lambda number: _alike(groups[number].words, words), default=None)
        if best is None or _alike(groups[best].words, words) < _ALIKE:
            best = len(groups)
            groups.append(Gap(words=words))
            for word in keys:
                with_word[word].append(best)
        groups[best].asked.append(recorded)
    return sorted(groups, key=lambda gap: (-len(gap.asked), -gap.latest.id))


def still_open(gap: Gap, result: Result) -> NoAnswer | None:
    """Return the current answer to show for a gap; None if the wiki answers it now. If a model
    read the pages and said that they do not answer, the bot still quotes them, so they close the
    gap only if one was edited since."""
    if isinstance(result, NoAnswer):
        return result
    denied = gap.latest.answer
    if not (isinstance(denied, Answer) and denied.denial and isinstance(result, Answer)):
        return None
    since = gap.latest.answered.date()
    if any(source.updated and source.updated > since for source in result.sources):
        return None
    nearest = tuple(replace(source, quote="") for source in result.sources)
    return NoAnswer(Reason.NOTHING_FITS, "", nearest, result.confidence)


def _alike(words: frozenset[str], other: frozenset[str]) -> float:
    union = words | other
    return len(words & other) / len(union) if union else 1.0
