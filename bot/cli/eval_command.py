"""The command ``footnote eval``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
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
    from footnote_bot.bot.evaluation.questions import Case
    from footnote_bot.config.settings import Secrets, Settings

_MODEL = "model"
"""The value of ``--judge`` when it is given without one."""


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
    "--judge",
    is_flag=False,
    flag_value=_MODEL,
    default="",
    metavar="[none|labels]",
    help="With --answers, alone: let the language model judge each, by two requests or more. With "
    "--replay: who reads the sentences a second time, nobody [default] or the labels.",
)
@click.option(
    "--replay",
    type=EXISTING_FILE,
    metavar="MODEL_ANSWERS.jsonl",
    help="Run recorded answers of a language model through the check before a reader.",
)
@click.option(
    "--evidence",
    is_flag=True,
    help="With --replay: the model gives the words behind each sentence, as one that can write "
    "JSON is asked to.",
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
    judge: str,
    replay: Path | None,
    evidence: bool,
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
      answers     [{style, text, sentences}]; each of the sentences has text, kind (claim or
                  frame), faithful (true or false), error (which kind) and
                  evidence (the words of the passages that it rests on)
    """
    if replay:
        if any(
            (questions, flags, corpus, wikis, email, rewrites, answers, with_model, out, against)
        ):
            raise click.UsageError("--replay takes no more than --judge, --evidence and --json.")
        _replay(settings, secrets, replay, judge, evidence=evidence, as_json=as_json)
        return
    questions, judged = _questions_and_judge(questions, judge)
    if evidence:
        raise click.UsageError("--evidence needs --replay.")
    if flags == bool(questions):
        raise click.UsageError("Give either QUESTIONS or --flags.")
    if judged and not answers:
        raise click.UsageError("--judge judges answers: it needs --answers.")
    if (judged or with_model) and not settings.llm.provider:
        raise click.UsageError("There is no language model to ask: set [llm].")
    if out:
        _check_out(out, {"QUESTIONS": questions, "the file of --corpus": corpus})
    # What answers is slow to import.
    from footnote_bot.bot.evaluation import comparing

    earlier = comparing.load(against) if against else []
    cases = _cases(settings, secrets, questions, rewrites=rewrites)
    try:
        with (
            screen.progress_bars() as progress,
            _indexed(settings, secrets, corpus, progress) as app,
        ):
            figures, rows = _asked(
                app,
                cases,
                wikis=wikis,
                email=email,
                answers=answers,
                with_model=with_model,
                judged=judged,
                progress=partial(progress, doing="Asking"),
            )
    except KeyboardInterrupt:
        terminal.complain("Interrupted; nothing is scored, and what is indexed is kept.")
        raise
    changed = {"against": comparing.compare(earlier, rows)} if against else {}
    try:
        comparing.save(out, figures, rows)
    finally:  # print the figures even if they cannot be saved
        _print(figures | changed, flags=flags, as_json=as_json)


def _cases(
    settings: Settings, secrets: Secrets, questions: Path | None, *, rewrites: bool
) -> Sequence[Case]:
    """Return the cases of the file, or, without one, of the questions whose answers people judged.
    With ``rewrites``, only those that have a rewrite, in its words.

    Raises:
        BadSet: the file cannot be read.
    """
    # What answers is slow to import.
    from footnote_bot.bot.evaluation.questions import cases_of, read_cases
    from footnote_bot.bot.evaluation.regression import judged

    if questions:
        cases = read_cases(questions)
    else:
        with open_app(settings, secrets) as app:
            cases = cases_of(judged(app.verdicts()))
    return [case.rewritten for case in cases if case.rewrite] if rewrites else cases


def _asked(
    app: App,
    cases: Sequence[Case],
    *,
    wikis: tuple[str, ...],
    email: str | None,
    answers: bool,
    with_model: bool,
    judged: bool,
    progress: Callable[[Progress], None],
) -> tuple[dict[str, Any], Sequence[Row]]:
    """Ask every case and return the figures, as `bot.evaluation.report.report` gives them, and the
    rows of the run. With ``answers``, the bot answers as it answers people."""
    # What answers is slow to import.
    from footnote_bot.bot.evaluation.comparing import rows
    from footnote_bot.bot.evaluation.judging import LlamaIndexJudge
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
        judge=LlamaIndexJudge(app.model.say) if judged and app.model else None,
        progress=progress,
    )
    figures = report(outcomes, answers=answers)
    return figures | {"unreachable": pages.unreachable(located, reader)}, rows(outcomes)


@contextmanager
def _indexed(
    settings: Settings, secrets: Secrets, corpus: Path | None, progress: Callable[[Progress], None]
) -> Iterator[App]:
    """Open the app over the wikis, or over the pages in ``corpus``, which are indexed in a scratch
    folder, once for each content."""
    # What answers is slow to import.
    from footnote_bot.bot.app import App
    from footnote_bot.bot.evaluation.corpus import Corpus

    if corpus is None:
        with open_app(settings, secrets, shares=True) as app:
            yield app
        return
    pages = Corpus(corpus)
    with App.over(settings, secrets, [pages], pages.identity) as app:
        app.indexing.sync(progress=progress)
        yield app


def _check_out(file: Path, read: Mapping[str, Path | None]) -> None:
    """Check that ``file`` can be made, and is none of those that are ``read``."""
    if not file.parent.is_dir():
        raise click.UsageError(f"--out: there is no folder {file.parent}.")
    for name, source in read.items():
        if source and file.exists() and file.samefile(source):
            raise click.UsageError(f"--out would overwrite {name}.")


def _questions_and_judge(questions: Path | None, judge: str) -> tuple[Path | None, bool]:
    """Tell the value of ``--judge`` from QUESTIONS. It takes a value only with --replay; otherwise
    the word after it is QUESTIONS."""
    if judge in ("", _MODEL):
        return questions, bool(judge)
    if questions or not Path(judge).is_file():
        raise click.UsageError(f"--judge takes no value ({judge}) without --replay.")
    return Path(judge), True


def _print(figures: dict[str, Any], *, flags: bool, as_json: bool) -> None:
    if not figures["questions"]:
        terminal.complain("Nobody has judged an answer yet." if flags else "No question was asked.")
    for problem in scores.unreachable(figures["unreachable"]):
        terminal.complain(problem)
    if as_json:
        terminal.print_json(figures)
    else:
        scores.print_scores(figures)


def _replay(
    settings: Settings,
    secrets: Secrets,
    file: Path,
    judge: str,
    *,
    evidence: bool,
    as_json: bool,
) -> None:
    if judge not in ("", "none", "labels"):
        raise click.UsageError("With --replay, --judge takes none or labels.")
    # What answers is slow to import.
    from footnote_bot.bot.answering.llm.usage import Meter
    from footnote_bot.bot.app import App
    from footnote_bot.bot.evaluation.recordings import read_recordings
    from footnote_bot.bot.evaluation.replay_report import replay_report
    from footnote_bot.bot.evaluation.replaying import Replaying, by_labels, nobody

    recordings = read_recordings(file)
    with App.over(settings, secrets, []) as app, screen.progress_bars() as progress:
        replay = Replaying(
            Meter(app.indexing.embedder.count_tokens, today),
            by_labels if judge == "labels" else nobody,
            evidence=evidence,
        )
        replayed = []
        for number, recording in enumerate(recordings, start=1):
            replayed.append((recording, replay.replay(recording)))
            progress(Progress("answers", number, len(recordings)), doing="Checking")
    judging = {"by": judge or "none", "unclear": replay.unclear, "judged": replay.judged}
    report = {**replay_report(replayed), "judge": judging}
    if judge == "labels" and not replay.unclear:
        terminal.complain("The check decided every sentence, so there is nothing to judge.")
    if as_json:
        terminal.print_json(report)
    else:
        scores.print_replay(report)
