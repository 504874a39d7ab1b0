"""A page was edited since it was indexed: what of it may be quoted is what it says now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.answering.retrieval import Found
from bot.answering.stems import stems
from indexers.model import Hit, Page, Passage

Split = Callable[[Page], Sequence[Passage]]
_ALIKE = 0.5
"""Of the words of two passages, the share that both have, for one to be the other as it was
edited."""


@dataclass(frozen=True, slots=True)
class Rereading:
    """``split`` cuts a page into passages as the sync does."""

    split: Split

    def __call__(self, found: Found, now: Page) -> Found | None:
        """Return the same page with its passages as they stand ``now``: the same ones, or what
        was made of them. None if none of them stands any more."""
        left = list(self.split(now))
        hits: list[Hit] = []
        changed: list[Hit] = []
        for hit in found.hits:
            same = next((one for one in left if _is_same(hit.passage, one)), None)
            if same:
                left.remove(same)
                hits.append(replace(hit, passage=same))
            else:
                changed.append(hit)
        for hit in changed:
            if left and (edited := _edited(hit.passage, left)):
                left.remove(edited)
                hits.append(replace(hit, passage=edited))
        if not hits:
            return None
        return replace(found, hits=tuple(sorted(hits, key=lambda hit: -hit.score)))


def stands_in(quote: str, now: Page) -> bool:
    """Whether every word of a quotation stands in the page as it is now, in its order."""
    wanted = " ".join(quote.split())
    return any(wanted in " ".join(section.text.split()) for section in now.sections)


def _is_same(old: Passage, new: Passage) -> bool:
    return (old.headings, old.text) == (new.headings, new.text)


def _edited(old: Passage, among: Sequence[Passage]) -> Passage | None:
    words = stems(old.text)

    def alike(new: Passage) -> float:
        found = stems(new.text)
        return len(words & found) / max(1, len(words | found))

    best = max(among, key=alike)
    return best if alike(best) >= _ALIKE else None
