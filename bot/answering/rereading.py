"""A page was edited since it was indexed: what of it may be quoted is what it says now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.answering.retrieval import FoundPage
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

    def __call__(self, found: FoundPage, now: Page) -> FoundPage | None:
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
        if all(hit.beside for hit in hits):
            # Of what answered nothing is left, and nobody found what stood beside it.
            return None
        return replace(found, hits=tuple(sorted(hits, key=lambda hit: -hit.score)))


def stands_in(quote: str, now: Page) -> bool:
    """Whether every line of a quotation stands in a section of the page as it is now."""
    # Line by line: the splitter repeats the head of a table that it cuts, and the fences of
    # code, so between two lines of a passage there may be more on the page.
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
