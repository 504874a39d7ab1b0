"""Questions that people praised must find their page in a rebuilt index before it is promoted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from footnote_bot.bot.answering.retrieval.folding import fold_pages
from footnote_bot.bot.answering.retrieval.retrieval import Retrieval
from footnote_bot.bot.evaluation.measures import hit
from footnote_bot.bot.evaluation.pages import acls_of, full_name
from footnote_bot.bot.evaluation.questions import Case, cases_of
from footnote_bot.bot.evaluation.regression import judged
from footnote_bot.bot.flags.ports import KeptVerdicts
from footnote_bot.bot.model import Question
from footnote_bot.indexers.model import Acl, Principal, Progress
from footnote_bot.indexers.ports import Embedder, PassageIndex

_FIRST = 5
"""A page counts as found if its rank is no higher than this."""
_TOLERATED = 0.05
"""Share of the saved questions that may lose their page: two pages that say the same may swap
ranks."""


@dataclass(frozen=True, slots=True)
class SavedQuestions:
    """A check of `indexers.syncing.rebuilding`. It blocks for some milliseconds a question.

    Raises:
        StateUnavailable: the judged answers cannot be read.
    """

    verdicts: KeptVerdicts
    embedder: Embedder
    progress: Callable[[Progress], None] = lambda _: None

    def __call__(self, current: PassageIndex, candidate: PassageIndex) -> Sequence[str]:
        """Return the reasons against promoting the candidate; empty if there are none. A question
        counts if the old index finds its page and the new one has the page: another check looks
        for missing pages."""
        new_acls = acls_of(candidate, candidate.counts())
        checked = lost = 0
        saved = cases_of(judged(self.verdicts))
        for done, case in enumerate(saved):
            self.progress(Progress("saved questions", done, len(saved)))
            relevant = {
                page: new_acls[page]
                for page, grade in case.relevant.items()
                if grade > 0 and page in new_acls
            }
            if relevant and self._finds(current, case, relevant):
                checked += 1
                lost += not self._finds(candidate, case, relevant)
        if lost <= _TOLERATED * checked:
            return []
        return [f"Saved questions that do not find their pages any more: {lost:,} of {checked:,}."]

    def _finds(self, index: PassageIndex, case: Case, pages: dict[str, Acl]) -> bool:
        """Return whether the index finds one of the pages for a reader who may read only those."""
        gates = (gate for acl in pages.values() for gate in acl.gates)
        reader = Principal(frozenset().union(*gates))
        question = Question(case.question, reader, history=case.history)
        results = fold_pages(Retrieval(index, self.embedder)(question).pages)
        ranked = [full_name(page.wiki, page.page) for page in results]
        return hit(ranked, dict.fromkeys(pages, 1.0), _FIRST) > 0
