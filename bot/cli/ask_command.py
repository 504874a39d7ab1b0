"""The command ``footnote ask``."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from footnote_bot.bot import screen, terminal
from footnote_bot.bot.cli.failures import FAILED
from footnote_bot.bot.cli.options import as_json, as_person, configured
from footnote_bot.bot.cli.sharing import open_app
from footnote_bot.bot.model import NoAnswer, Reason
from footnote_bot.bot.result_json import result_json

if TYPE_CHECKING:
    from footnote_bot.config.settings import Secrets, Settings


def _not_empty(_context: click.Context, _argument: click.Parameter, question: str) -> str:
    if not question.strip():
        raise click.ClickException("The question is empty. Is a variable not set?")
    return question


@click.command()
@click.argument("question", callback=_not_empty)
@as_person
@click.option("--wiki", "wikis", multiple=True, metavar="NAME", help="Search this wiki only.")
@click.option("--why", "reasons", is_flag=True, help="Say what decided whether to answer.")
@click.option("--quotes", is_flag=True, help="Quote the pages; no language model is asked.")
@as_json
@configured
def ask(
    settings: Settings,
    secrets: Secrets,
    question: str,
    email: str | None,
    wikis: tuple[str, ...],
    reasons: bool,
    quotes: bool,
    as_json: bool,
) -> None:
    """Ask QUESTION as in Slack."""
    if quotes:
        no_model = settings.llm.model_copy(update={"provider": ""})
        settings = settings.model_copy(update={"llm": no_model})
    with screen.busy("Looking"), open_app(settings, secrets) as app:
        answer = app.asker(email, wikis)
        result = answer(question)
        why = answer.why(question) if reasons else None
        trouble = answer.trouble()
    if as_json:
        answer_json = result_json(result)
        terminal.print_json(answer_json | {"why": asdict(why)} if why else answer_json)
    else:
        terminal.print_answer(result)
        if why:
            terminal.print_why(why)
    if trouble:
        terminal.complain(trouble)
    if isinstance(result, NoAnswer) and result.reason is Reason.REBUILDING:
        sys.exit(FAILED)
