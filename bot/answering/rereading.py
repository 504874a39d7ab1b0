"""A page was edited since it was indexed: only its current text may be quoted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.answering.retrieval import FoundPage
from bot.answering.stems import stems
from indexers.model import Hit, Page, Passage

Split = Callable[[Page], Sequence[Passage]]
_ALIKE = 0.5
"""The share of common words for a passage to be an edited version of another."""


@dataclass(frozen=True, slots=True)
class Rereading:
    """Rereading of pages. ``split`` cuts a page into passages as the sync does."""

    split: Split

    def __call__(self, found: FoundPage, now: Page) -> FoundPage | None:
        """Return the page with its passages as they are ``now``: the same ones, or their edited
        versions. None if none of them exists any more."""
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
        if all(hit.beside for hit in hits):
            # The answering passage is gone, and nobody searched for its neighbours.
            return None
        return replace(found, hits=tuple(sorted(hits, key=lambda hit: -hit.score)))


def stands_in(quote: str, now: Page) -> bool:
    """Return whether every line of a quotation is in a section of the current page."""
    # Line by line: the splitter repeats the head of a table that it cuts, and the fences of code,
    # so between two lines of a passage there may be more on the page.
    first, *others = [" ".join(line.split()) for line in quote.splitlines() if line.strip()] or [""]
    # All but the first and the last are whole lines.
    lines = [first, *(f" {line} " for line in others[:-1]), *others[-1:]]
    of_place: dict[tuple[object, ...], list[str]] = {}
    for section in now.sections:
        of_place.setdefault((section.headings, section.anchor), []).extend(section.text.split())
    texts = [f" {' '.join(words)} " for words in of_place.values()]
    return any(all(line in text for line in lines) for text in texts)


def _is_same(old: Passage, new: Passage) -> bool:
    return (old.headings, old.text) == (new.headings, new.text)


def _edited(old: Passage, among: Sequence[Passage]) -> Passage | None:
    words = stems(old.text)

    def alike(new: Passage) -> float:
        found = stems(new.text)
        return len(words & found) / max(1, len(words | found))

    best = max(among, key=alike)
    return best if alike(best) >= _ALIKE else None
