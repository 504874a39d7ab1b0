"""A run of questions, and the scores of the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from footnote_bot.bot.answering.answerer import Answerer
from footnote_bot.bot.evaluation import comparing
from footnote_bot.bot.evaluation.pages import Pages
from footnote_bot.bot.evaluation.questions import Case, cases_of, read_cases
from footnote_bot.bot.evaluation.regression import judged
from footnote_bot.bot.evaluation.report import report
from footnote_bot.bot.evaluation.run import Judge, ask_all
from footnote_bot.bot.flags.ports import KeptVerdicts
from footnote_bot.indexers.model import Principal, Progress


@dataclass(frozen=True, slots=True)
class Scored:
    """The figures of a run, and its rows."""

    figures: dict[str, Any]
    rows: Sequence[comparing.Row]

    def save(self, file: Path | None) -> None:
        """Save the run in ``file``, if there is one, without its comparison with another.

        Raises:
            BadRun: the file cannot be written.
        """
        if file is None:
            return
        own = {name: value for name, value in self.figures.items() if name != "against"}
        comparing.save(file, own, self.rows)


@dataclass(frozen=True, slots=True)
class EvaluationRun:
    """Questions to ask (``cases``), and the rows of an earlier run to compare with, if any."""

    cases: Sequence[Case]
    earlier: Any = None

    @classmethod
    def read(
        cls,
        questions: Path | None,
        against: Path | None,
        *,
        rewrites: bool,
        verdicts: Callable[[], KeptVerdicts],
    ) -> Self:
        """Read the files. Without ``questions``, the run asks the questions whose answers people
        judged; with ``rewrites``, only questions that have a rewrite, in the words of that.

        Raises:
            BadSet, BadRun: a file cannot be read.
        """
        earlier = comparing.load(against) if against else None
        cases = read_cases(questions) if questions else cases_of(judged(verdicts()))
        if rewrites:
            cases = [case.rewritten for case in cases if case.rewrite]
        return cls(cases, earlier)

    def scored(  # noqa: PLR0913 - one for each option of the command
        self,
        answerer: Answerer,
        pages: Pages,
        *,
        reader: Principal,
        wikis: tuple[str, ...] | None,
        answers: bool,
        judge: Judge | None,
        progress: Callable[[Progress], None],
    ) -> Scored:
        """Ask every case and return the scores, as `bot.evaluation.report.report` gives them.
        With ``answers``, the bot answers as it answers people, and the scores cover its answers.

        Raises: as `bot.evaluation.run.ask_all`.
        """
        cases = pages.located(self.cases)
        outcomes = ask_all(
            cases,
            answerer,
            reader=reader,
            wikis=wikis,
            composed=answers,
            judge=judge,
            progress=lambda done: progress(Progress("questions", done, len(cases))),
        )
        rows = comparing.rows(outcomes)
        scores = report(outcomes, answers=answers)
        scores["unreachable"] = pages.unreachable(cases, reader)
        if self.earlier is not None:
            scores["against"] = comparing.compare(self.earlier, rows)
        return Scored(scores, rows)
