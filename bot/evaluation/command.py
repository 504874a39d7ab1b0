"""``footnote eval``."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from bot import scores, terminal
from bot.evaluation import wiring
from bot.options import as_json, as_person, configured
from config.settings import Secrets, Settings


@click.command("eval")
@click.argument(
    "questions",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    required=False,
)
@click.option("--flags", is_flag=True, help="Ask what people judged answers of, in Slack.")
@click.option(
    "--corpus",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Pages (JSON Lines: id, title, text) to index for this, instead of the wikis.",
)
@click.option("--wiki", "wikis", multiple=True, metavar="NAME", help="Search this wiki only.")
@as_person
@click.option(
    "--rewrites", is_flag=True, help="Only questions that have a `rewrite`, in its words."
)
@click.option(
    "--answers", is_flag=True, help="What the answers rest on, too, and which ones fail and why."
)
@click.option(
    "--with-model",
    is_flag=True,
    help="Let the language model do its part in the search, as people get it: rewrite follow-ups, "
    "rerank. --answers does so, too.",
)
@click.option(
    "--judge",
    is_flag=True,
    help="With --answers: let the language model judge each, by two requests or more.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    metavar="RUN.json",
    help="Keep this run, every question of it, to compare others with.",
)
@click.option(
    "--against",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
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
    judge: bool,
    out: Path | None,
    against: Path | None,
    as_json: bool,
) -> None:
    """Ask every question of QUESTIONS (JSON Lines, .gz too) and score the answers.

    A line of QUESTIONS is an object. It holds the question and, where known, what can be
    measured of it:

    \b
      question    its words
      id          a name of its own, by which two runs are compared
      relevant    {page: grade}, the page by its path or id; 0 is one it must not lead to
      answers     [...], texts one of which a right answer holds
      answerable  false if the wiki has no answer
      type, turn  by which the figures are told apart
      history     [{role, text}], what was said before; role is asker, bot or other
      rewrite     the question in words that need no history

    \b
    Does a change make it better?
      footnote eval questions.jsonl --out before.json
      footnote eval questions.jsonl --against before.json
    """
    if flags == bool(questions):
        raise click.UsageError("Give either QUESTIONS or --flags.")
    if judge and not answers:
        raise click.UsageError("--judge judges answers: it needs --answers.")
    if (judge or with_model) and not settings.llm.provider:
        raise click.UsageError("There is no language model to ask: set [llm].")
    if out and not out.parent.is_dir():
        raise click.UsageError(f"--out: there is no folder {out.parent}.")
    try:
        with terminal.progress_bars() as progress:
            found = wiring.evaluate(
                settings,
                secrets,
                questions=questions,
                corpus=corpus,
                wikis=wikis,
                email=email,
                rewrites=rewrites,
                answers=answers,
                with_model=with_model,
                judged=judge,
                out=out,
                against=against,
                progress=progress,
                asking=partial(progress, doing="Asking"),
            )
    except KeyboardInterrupt:
        terminal.complain("Interrupted; nothing is scored, and what is indexed is kept.")
        raise
    if not found["questions"]:
        terminal.complain("Nobody has judged an answer yet." if flags else "No question was asked.")
    for problem in scores.unreachable(found["unreachable"]):
        terminal.complain(problem)
    if as_json:
        terminal.print_json(found)
    else:
        scores.print_scores(found)
