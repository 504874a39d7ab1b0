"""The command ``footnote eval``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from footnote_bot.bot import scores, screen, terminal
from footnote_bot.bot.cli.options import (
    EXISTING_FILE,
    WRITABLE_FILE,
    as_json,
    as_person,
    configured,
)
from footnote_bot.bot.cli.sharing import open_app
from footnote_bot.bot.moments import today
from footnote_bot.indexers.model import Progress

if TYPE_CHECKING:
    from footnote_bot.bot.app import App
    from footnote_bot.bot.evaluation.comparing import Row
    from footnote_bot.bot.evaluation.corpus import Corpus
    from footnote_bot.bot.evaluation.questions import Case
    from footnote_bot.config.settings import Secrets, Settings


@click.command("eval")
@click.argument("questions", type=EXISTING_FILE, required=False)
@click.option("--flags", is_flag=True, help="Ask what people judged answers of, in Slack.")
@click.option(
    "--corpus",
    type=EXISTING_FILE,
    help="Pages (JSON Lines: id, title, text) to index for this, instead of the wikis.",
)
@click.option("--wiki", "wikis", multiple=True, metavar="NAME", help="Search this wiki only.")
@as_person
@click.option(
    "--rewrites", is_flag=True, help="Only questions that have a `rewrite`, in its words."
)
@click.option(
    "--answers",
    is_flag=True,
    help="Also check the answers against the pages that they cite, and list those that fail, with "
    "the reason.",
)
@click.option(
    "--with-model",
    is_flag=True,
    help="Let the language model do its part in the search, as people get it: rewrite follow-ups, "
    "translate. The answers are quotations all the same. --answers lets it write them, "
    "too.",
)
@click.option(
    "--replay",
    type=EXISTING_FILE,
    metavar="MODEL_ANSWERS.jsonl",
    help="Run recorded answers of a language model through the check before a reader.",
)
@click.option(
    "--judge",
    type=click.Choice(["none", "labels"]),
    default="none",
    show_default=True,
    help="With --replay: who reads the sentences a second time, nobody or the labels.",
)
@click.option(
    "--out",
    type=WRITABLE_FILE,
    metavar="RUN.json",
    help="Keep this run, every question of it, to compare others with.",
)
@click.option(
    "--against",
    type=EXISTING_FILE,
    metavar="RUN.json",
    help="Compare with that run: what got better and worse, and whether by chance.",
)
@as_json
@configured
def evaluate(
    settings: Settings,
    secrets: Secrets,
    questions: Path | None,
    flags: bool,
    corpus: Path | None,
    wikis: tuple[str, ...],
    email: str | None,
    rewrites: bool,
    answers: bool,
    with_model: bool,
    replay: Path | None,
    judge: str,
    out: Path | None,
    against: Path | None,
    as_json: bool,
) -> None:
    """Ask every question of QUESTIONS (JSON Lines, .gz too) as in Slack and score the answers.

    A line of QUESTIONS is an object. It holds the question and, where known, what can be
    measured of it:

    \b
      question    its words
      id          a name of its own, by which two runs are compared
      relevant    {page: grade}, the page by its path or id; 0 is one it must not lead to
      answers     [...], texts one of which a right answer holds
      facts       [[...], ...], all of which a right answer states; of each the ways to
                  say it, regular expressions whatever the case
      must_not    [...], regular expressions that a right answer does not hold
      answerable  false if the wiki has no answer; where it is not said, one with facts or a
                  relevant page has one
      near_miss   true if it has none, though a page is on the subject
      type, turn  by which the figures are told apart (kind is type, too)
      history     [{role, text}], what was said before; role is asker, bot or other
      rewrite     the question in words that need no history
      wiki, quote, reference, private, flags
                  notes, of which nothing is measured; other keys are named on
                  standard error

    \b
    Does a change make it better?
      footnote eval questions.jsonl --out before.json
      footnote eval questions.jsonl --against before.json

    \b
    What would readers see of what a model wrote? A line of MODEL_ANSWERS is an object:
      question    its words, with id and history as above
      passages    [{title, headings, url, page, text}], as numbered in the prompt
      answers     [{style, text, written, sentences}]; written is the model's reply if that
                  was JSON with evidence; each of the sentences has text, kind (claim or
                  frame), faithful (true or false) and error (which kind)
    """
    if replay:
        if any(
            (questions, flags, corpus, wikis, email, rewrites, answers, with_model, out, against)
        ):
            raise click.UsageError("--replay takes no more than --judge and --json.")
        _replay(settings, secrets, replay, by_labels=judge == "labels", as_json=as_json)
        return
    if judge != "none":
        raise click.UsageError("--judge needs --replay.")
    if flags == bool(questions):
        raise click.UsageError("Give either QUESTIONS or --flags.")
    if with_model and not settings.llm.provider:
        raise click.UsageError("There is no language model to ask: set [llm].")
    if out:
        _check_out(out, {"QUESTIONS": questions, "the file of --corpus": corpus})
    # What answers is slow to import.
    from footnote_bot.bot.evaluation import comparing
    from footnote_bot.bot.evaluation.corpus import Corpus

    earlier = comparing.load(against) if against else []
    pages = Corpus(corpus) if corpus else None
    try:
        with screen.progress_bars() as progress, _opened(settings, secrets, pages) as app:
            cases = _cases(app, questions, rewrites=rewrites)
            if pages:
                app.indexing.sync(progress=progress)
            figures, rows = _asked(
                app,
                cases,
                wikis=wikis,
                email=email,
                answers=answers,
                with_model=with_model,
                progress=partial(progress, doing="Asking"),
            )
    except KeyboardInterrupt:
        terminal.complain("Interrupted; nothing is scored, and what is indexed is kept.")
        raise
    changed = {"against": comparing.compare(earlier, rows)} if against else {}
    try:
        if out:
            comparing.save(out, figures, rows)
    finally:  # print the figures even if they cannot be saved
        _print(figures | changed, flags=flags, as_json=as_json)


def _check_out(file: Path, read: Mapping[str, Path | None]) -> None:
    """Check that ``file`` can be made, and is none of those that are ``read``."""
    if not file.parent.is_dir():
        raise click.UsageError(f"--out: there is no folder {file.parent}.")
    for name, source in read.items():
        if source and file.exists() and file.samefile(source):
            raise click.UsageError(f"--out would overwrite {name}.")


def _opened(
    settings: Settings, secrets: Secrets, pages: Corpus | None
) -> AbstractContextManager[App]:
    """Open the app over the wikis, or over ``pages`` in a scratch index: one for each content, so
    that the same pages are embedded once."""
    from footnote_bot.bot.app import App  # what answers is slow to import

    if pages:
        return App.over(settings, secrets, [pages], pages.identity)
    return open_app(settings, secrets, shares=True)


def _cases(app: App, questions: Path | None, *, rewrites: bool) -> Sequence[Case]:
    """Return the cases of the file, or, without one, of the questions whose answers people judged.
    With ``rewrites``, only those that have a rewrite, in its words.

    Raises:
        BadSet: the file cannot be read.
    """
    # What answers is slow to import.
    from footnote_bot.bot.evaluation.questions import cases_of, read_cases
    from footnote_bot.bot.evaluation.regression import judged

    cases = read_cases(questions) if questions else cases_of(judged(app.verdicts()))
    return [case.rewritten for case in cases if case.rewrite] if rewrites else cases


def _asked(
    app: App,
    cases: Sequence[Case],
    *,
    wikis: tuple[str, ...],
    email: str | None,
    answers: bool,
    with_model: bool,
    progress: Callable[[Progress], None],
) -> tuple[dict[str, Any], Sequence[Row]]:
    """Ask every case and return the figures, as `bot.evaluation.report.report` gives them, and the
    rows of the run. With ``answers``, the bot answers as it answers people."""
    # What answers is slow to import.
    from footnote_bot.bot.evaluation.comparing import rows
    from footnote_bot.bot.evaluation.pages import Pages
    from footnote_bot.bot.evaluation.report import report
    from footnote_bot.bot.evaluation.run import ask_all

    app.indexing.wikis.chosen(*wikis)
    pages = Pages.of(app.indexing.index, wikis or app.indexing.wikis)
    reader, located = app.reader(email), pages.located(cases)
    outcomes = ask_all(
        located,
        app.searching if answers or with_model else app.quotations,
        reader=reader,
        wikis=wikis or None,
        composed=answers,
        progress=progress,
    )
    figures = report(outcomes, answers=answers)
    return figures | {"unreachable": pages.unreachable(located, reader)}, rows(outcomes)


def _print(figures: dict[str, Any], *, flags: bool, as_json: bool) -> None:
    """Print the figures, and complain of pages that no search could have found."""
    if not figures["questions"]:
        terminal.complain("Nobody has judged an answer yet." if flags else "No question was asked.")
    for problem in scores.unreachable(figures["unreachable"]):
        terminal.complain(problem)
    if as_json:
        terminal.print_json(figures)
    else:
        scores.print_scores(figures)


def _replay(
    settings: Settings, secrets: Secrets, file: Path, *, by_labels: bool, as_json: bool
) -> None:
    """Replay the recorded answers in ``file`` and print what readers would see of them."""
    # What answers is slow to import.
    from footnote_bot.bot.answering.llm.usage import Meter
    from footnote_bot.bot.app import App
    from footnote_bot.bot.evaluation import replaying
    from footnote_bot.bot.evaluation.recordings import read_recordings
    from footnote_bot.bot.evaluation.replay_report import replay_report

    recordings = read_recordings(file)
    with App.over(settings, secrets, []) as app, screen.progress_bars() as progress:
        replay = replaying.Replaying(
            Meter(app.indexing.embedder.count_tokens, today),
            replaying.by_labels if by_labels else replaying.nobody,
        )
        replayed = []
        for number, recording in enumerate(recordings, start=1):
            replayed.append((recording, replay.replay(recording)))
            progress(Progress("answers", number, len(recordings)), doing="Checking")
    judge = {
        "by": "labels" if by_labels else "none",
        "unclear": replay.unclear,
        "judged": replay.judged,
    }
    report = {**replay_report(replayed), "judge": judge}
    if by_labels and not replay.unclear:
        terminal.complain("The check decided every sentence, so there is nothing to judge.")
    if as_json:
        terminal.print_json(report)
    else:
        scores.print_replay(report)
