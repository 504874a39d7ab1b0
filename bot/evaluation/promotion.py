"""Questions that people praised must find their page in a rebuilt index before it is promoted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.answering.folding import fold_pages
from bot.answering.retrieval import Retrieval
from bot.evaluation.judged import judged
from bot.evaluation.measures import hit
from bot.evaluation.pages import full_name
from bot.evaluation.questions import Case, cases_of
from bot.flags.ports import KeptVerdicts
from bot.model import Question
from indexers.model import Acl, Principal, Progress
from indexers.ports import Embedder, PassageIndex

_FIRST = 5
"""A page counts as found if it is among the first so many."""
_TOLERATED = 0.05
"""The share of saved questions that may lose their page: two pages that say the same may change
places."""


@dataclass(frozen=True, slots=True)
class SavedQuestions:
    """A check of `indexers.syncing.rebuilding`. It blocks for some milliseconds a question.

    Raises:
        StateUnavailable: what was praised cannot be read.
    """

    kept: KeptVerdicts
    embedder: Embedder
    progress: Callable[[Progress], None] = lambda _: None

    def __call__(self, current: PassageIndex, candidate: PassageIndex) -> Sequence[str]:
        """Return why the candidate must not be promoted; empty if it may be. A question counts if
        the old index finds its page and the page exists in the new one: missing pages are another
        check's business."""
        built = _rights(candidate)
        asked = lost = 0
        saved = self._saved()
        for done, case in enumerate(saved):
            self.progress(Progress("saved questions", done, len(saved)))
            wanted = {page: built[page] for page in _right(case) if page in built}
            if wanted and self._finds(current, case, wanted):
                asked += 1
                lost += not self._finds(candidate, case, wanted)
        if lost <= _TOLERATED * asked:
            return []
        return [f"Saved questions that do not find their pages any more: {lost:,} of {asked:,}."]

    def _saved(self) -> Sequence[Case]:
        return cases_of(judged(self.kept))

    def _finds(self, index: PassageIndex, case: Case, wanted: dict[str, Acl]) -> bool:
        """Return whether the index finds the page for a reader who may read just the wanted
        pages."""
        gates = (gate for acl in wanted.values() for gate in acl.gates)
        reader = Principal(frozenset().union(*gates))
        asking = Question(case.question, reader, history=case.history)
        found = fold_pages(Retrieval(index, self.embedder)(asking).pages)
        ranked = [full_name(page.wiki, page.page) for page in found]
        return hit(ranked, dict.fromkeys(wanted, 1.0), _FIRST) > 0


def _right(case: Case) -> list[str]:
    return [page for page, grade in case.relevant.items() if grade > 0]


def _rights(index: PassageIndex) -> dict[str, Acl]:
    return {
        full_name(wiki, page): known.acl
        for wiki in index.counts()
        for page, known in index.known(wiki).items()
    }
