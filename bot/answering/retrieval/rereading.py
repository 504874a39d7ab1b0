"""Pages that were edited since they were indexed: only their current text may be quoted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from footnote_bot.bot.answering.retrieval.retrieval import FoundPage
from footnote_bot.bot.answering.words.stems import stems
from footnote_bot.indexers.model import Hit, Page, Passage

Split = Callable[[Page], Sequence[Passage]]
_ALIKE = 0.5
"""The least share of common words for a passage to be an edited version of another."""


@dataclass(frozen=True, slots=True)
class Rereading:
    """Rereading of pages. ``split`` cuts a page into passages as the sync does."""

    split: Split

    def __call__(self, page: FoundPage, current_page: Page) -> FoundPage | None:
        """Return ``page`` with its passages as they are on ``current_page``: unchanged or edited.
        None if none of them exists any more."""
        remaining = list(self.split(current_page))
        hits: list[Hit] = []
        changed: list[Hit] = []
        for hit in page.hits:
            same = next((passage for passage in remaining if _is_same(hit.passage, passage)), None)
            if same:
                remaining.remove(same)
                hits.append(replace(hit, passage=same))
            else:
                changed.append(hit)
        for hit in changed:
            if remaining and (edited := _edited(hit.passage, remaining)):
                remaining.remove(edited)
                hits.append(replace(hit, passage=edited))
        if all(hit.beside for hit in hits):
            # Only neighbours are left, which the search did not find.
            return None
        return replace(page, hits=tuple(sorted(hits, key=lambda hit: -hit.score)))


def stands_in(quote: str, current_page: Page) -> bool:
    """Return whether a section of the current page has every line of a quotation."""
    # Line by line: the splitter repeats a table's header and the fences of code, so the page may
    # have other text between two lines of a passage.
    first_line, *others = [
        " ".join(line.split()) for line in quote.splitlines() if line.strip()
    ] or [""]
    # Only the first and the last line may be incomplete.
    lines = [first_line, *(f" {line} " for line in others[:-1]), *others[-1:]]
    section_words: dict[tuple[object, ...], list[str]] = {}
    for section in current_page.sections:
        section_words.setdefault((section.headings, section.anchor), []).extend(
            section.text.split()
        )
    texts = [f" {' '.join(words)} " for words in section_words.values()]
    return any(all(line in text for line in lines) for text in texts)


def _is_same(old: Passage, new: Passage) -> bool:
    return (old.headings, old.text) == (new.headings, new.text)


def _edited(old: Passage, candidates: Sequence[Passage]) -> Passage | None:
    """Return the candidate that shares most words with ``old``; None if it shares too few."""
    old_words = stems(old.text)

    def similarity(new: Passage) -> float:
        new_words = stems(new.text)
        return len(old_words & new_words) / max(1, len(old_words | new_words))

    best = max(candidates, key=similarity)
    return best if similarity(best) >= _ALIKE else None
