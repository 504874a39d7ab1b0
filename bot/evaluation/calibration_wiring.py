"""Composition of `footnote calibrate`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bot.answering import calibration
from bot.answering.composing.wiring import today
from bot.answering.confidence import Confidence
from bot.evaluation.calibrating import MOST_GENERATED, Calibrated, Calibrating, ModelIdentities
from bot.evaluation.pages import Pages, full_name
from bot.evaluation.questions import read_cases
from bot.wiring import answerer_of
from config.settings import BUNDLED_RERANKER, Secrets, Settings
from indexers.indexing import Indexing
from indexers.model import EVERYONE, Principal, Progress


def calibrate(
    settings: Settings,
    secrets: Secrets,
    *,
    questions: Path | None,
    email: str | None,
    progress: Callable[[Progress], None],
) -> Calibrated:
    """Make a curve for the index and its models, and save it beside the index if it is better.

    Raises:
        BadSet: ``questions`` cannot be read.
        CalibrationUnwritable, WikiMisconfigured, IndexUnavailable, ModelUnavailable
    """
    cases = read_cases(questions) if questions else []
    with Indexing(settings, secrets) as parts:
        parts.wikis.chosen()
        reader = Principal.of(EVERYONE, *(parts.wikis.tokens(email) if email else ()))
        models = ModelIdentities(
            parts.embedder.identity,
            parts.reranker.identity if parts.reranker else "",
            bundled=not settings.index.model and settings.answer.reranker == BUNDLED_RERANKER,
        )
        # An earlier calibration must not influence this one.
        answerer = replace(answerer_of(settings, parts), confidence=Confidence(), recheck=None)
        total = len(cases) if questions else MOST_GENERATED
        what = "questions" if questions else "pages"
        run = Calibrating(
            answerer, models, reader, lambda done: progress(Progress(what, done, total)), today()
        )
        if questions:
            known = {
                full_name(wiki.name, key): page.acl
                for wiki in parts.wikis.chosen()
                for key, page in parts.index.known(wiki.name).items()
            }
            found = run.by_questions(Pages(known).located(cases))
        else:
            found = run.by_pages()
        file = parts.calibration_file
        if found.calibration and file:
            found.calibration.save(file)
        return found


def reset(settings: Settings, secrets: Secrets) -> bool:
    """Delete the saved calibration; return whether there was one.

    Raises:
        CalibrationUnwritable
    """
    file = Indexing(settings, secrets, wikis=[]).calibration_file
    return file is not None and calibration.reset(file)
