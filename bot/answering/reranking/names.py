"""Questions that are only the heading of a section, or the title of a page: "pet insurance?".

A cross-encoder prefers a sentence that sounds like an answer, in "Advanced sick leave" as well as
in "Sick leave". Whoever asks only for a name wants the section of that name, from its beginning.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.answering.reranking.swaps import in_order_of
from bot.answering.retrieval.retrieval import FoundPage
from bot.answering.words.stems import stems
from bot.model import Question
from indexers.model import Hit, Passage


def by_name(question: Question, pages: Sequence[FoundPage]) -> tuple[FoundPage, ...]:
    """Return the pages with their scores redistributed: a passage of the section that the question
    names comes first."""
    if question.history:
        return tuple(pages)

    def place(at: int, hit: Hit) -> float:
        return -1 if is_name_of(question.sought, hit.passage) else at

    return in_order_of(pages, place)


def is_name_of(question: str, passage: Passage) -> bool:
    """Return whether ``question`` is the innermost heading above a passage; the page's title, if it
    has none."""
    name = passage.headings[-1] if passage.headings else passage.title
    if len(name) > len(question) + _MARKS:
        return False
    return stems(name) == stems(question) != frozenset()


_MARKS = 10
"""Characters that a heading may be longer than a question that is its name: marks and endings."""
