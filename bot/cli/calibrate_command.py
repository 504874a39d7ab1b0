"""The command ``footnote calibrate``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from footnote_bot.bot import screen, terminal
from footnote_bot.bot.cli.options import EXISTING_FILE, as_json, as_person, configured
from footnote_bot.bot.cli.sharing import open_app
from footnote_bot.bot.moments import today

if TYPE_CHECKING:
    from footnote_bot.config.settings import Secrets, Settings


@click.command("calibrate")
@click.argument("questions", type=EXISTING_FILE, required=False)
@as_person
@click.option("--reset", is_flag=True, help="Go back to the curve that comes with Footnote.")
@as_json
@configured
def calibrate(
    settings: Settings,
    secrets: Secrets,
    questions: Path | None,
    email: str | None,
    reset: bool,
    as_json: bool,
) -> None:
    """Fit the confidence of answers to your wiki and models.

    With QUESTIONS (JSON Lines as for `footnote eval`: facts, answers or relevant say what is
    right, answerable is false where the wiki has no answer), at least 40 of them, a curve is
    fitted to what is right. Without, questions are made of the wiki's own pages, and asked once
    as it is and once as if the page were not there: that brings the curve to the scale of another
    embedding model or cross-encoder. The curve is kept beside the index, and read when `serve` and
    `ask` start. One that does no better than the curve that comes with Footnote is not kept.
    """
    # What answers is slow to import.
    from footnote_bot.bot.answering.deciding import calibration
    from footnote_bot.bot.app import App
    from footnote_bot.bot.evaluation import calibrating
    from footnote_bot.bot.evaluation.pages import Pages
    from footnote_bot.bot.evaluation.questions import read_cases
    from footnote_bot.config.settings import BUNDLED_RERANKER

    if reset:
        if questions or email:
            raise click.UsageError("--reset takes neither QUESTIONS nor --as.")
        with App.over(settings, secrets, []) as app:
            file = app.indexing.calibration_file
            was_there = file is not None and calibration.reset(file)
        default = "The curve that comes with Footnote is used."
        why = default if was_there else "There was no other curve."
        _print({"calibrated": False, "why": why}, as_json=as_json)
        return
    try:
        with screen.progress_bars() as bars, open_app(settings, secrets, shares=True) as app:
            parts = app.indexing
            parts.wikis.chosen()
            reader, progress = app.reader(email), partial(bars, doing="Asking")
            if questions:
                cases = Pages.of(parts.index, parts.wikis).located(read_cases(questions))
                result = calibrating.by_questions(cases, app.quotations, reader, progress)
            else:
                bundled = not settings.index.model and settings.answer.reranker == BUNDLED_RERANKER
                result = calibrating.by_pages(app.quotations, reader, progress, known=bundled)
            if result.curve and parts.calibration_file:
                calibration.Calibration(
                    result.curve,
                    parts.embedder.identity,
                    parts.reranker.identity if parts.reranker else "",
                    result.figures["questions"],
                    generated=not questions,
                    made=today().isoformat(),
                ).save(parts.calibration_file)
    except KeyboardInterrupt:
        terminal.complain("Interrupted; the curve stays as it was.")
        raise
    outcome = {"calibrated": result.curve is not None, "why": result.why}
    _print(outcome | result.figures, as_json=as_json)


def _print(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        terminal.print_json(result)
        return
    terminal.say(result["why"])
    for name, value in result.items():
        if name not in ("calibrated", "why"):
            terminal.say(f"  {name:10} {_figure(value)}")


def _figure(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_figure(inner)}" for name, inner in value.items())
    return f"{value:.3f}" if isinstance(value, float) else str(value)
