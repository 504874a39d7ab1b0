"""The command line: ``footnote ask | chat | sync | serve | status | doctor | access | flags | eval
| calibrate | convert | demo``.

A contract for scripts: JSON goes to standard output alone, everything else to standard error; exit
code 0 is done, 1 something failed, 2 the settings or the command are wrong, 130 interrupted.

A command's imports happen when it runs: ``--help`` must not wait for what it does not need.
"""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot import output, terminal
from bot.cli.calibrate_command import calibrate
from bot.cli.chat_command import chat
from bot.cli.doctor_command import doctor
from bot.cli.eval_command import evaluate
from bot.cli.options import (
    FAILED,
    AskCommand,
    GlobalOptions,
    as_json,
    as_person,
    configured,
    given,
    placed,
)
from bot.errors import BotError, ModelMisconfigured, SlackMisconfigured
from bot.interrupting import interruptible
from bot.loading import without_collection
from bot.model import NoAnswer, Reason
from bot.operations.privacy import UMASK
from config import logs
from config.errors import SettingsError
from config.flavours import FLAVOURS
from indexers.errors import IndexersError, WikiMisconfigured

if TYPE_CHECKING:
    from config.settings import Secrets, Settings

MISUSED, INTERRUPTED = 2, 130


def main() -> None:
    """End the process with the command's `outcome`."""
    sys.exit(outcome())


def outcome() -> int:
    """Run the command line and return its exit code: every expected failure is one sentence."""
    output.prepare()
    try:
        code = _run()
        sys.stdout.flush()
    except output.OutputLost as lost:
        if not lost.reader_left:
            terminal.complain(f"The output cannot be written: {lost.strerror}.")
        output.write_nothing_more(lost)
        return FAILED
    return code


def _run() -> int:
    try:
        cli(prog_name="footnote", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else FAILED
    except click.ClickException as error:
        error.show()
        return MISUSED
    except (BotError, IndexersError, SettingsError) as error:
        terminal.complain(str(error))
        return MISUSED if isinstance(error, _MISUSES) else FAILED
    return 0


_MISUSES = (
    ModelMisconfigured, SettingsError, SlackMisconfigured, WikiMisconfigured,
)  # fmt: skip


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="footnote-bot")
@placed
@click.pass_context
def cli(context: click.Context, config: Path | None, data_dir: Path | None) -> None:
    """Answer questions from your team's wikis, with footnotes.

    Start with `footnote demo`, or write a footnote.toml (`footnote settings` prints
    one to start from), then `footnote sync` and `footnote ask "..."`.
    """
    context.obj = GlobalOptions(config, data_dir)
    # Files that a command, a library or git creates from here on are private to their owner.
    context.call_on_close(partial(os.umask, os.umask(UMASK)))


@cli.command(cls=AskCommand)
@click.argument("question")
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
    """Ask QUESTION, as one would in Slack."""
    if quotes:
        nobody = settings.llm.model_copy(update={"provider": ""})
        settings = settings.model_copy(update={"llm": nobody})
    with without_collection():
        from bot.app import App  # slow: loads the answer path

    with App(settings, secrets) as app:
        answer = app.asker(email, wikis)
        result = answer(question)
        why = answer.why(question) if reasons else None
        trouble = answer.trouble()
    if as_json:
        told = terminal.answer_json(result)
        terminal.print_json(told | {"why": asdict(why)} if why else told)
    else:
        terminal.print_answer(result)
        if why:
            terminal.print_why(why)
    if trouble:
        terminal.complain(trouble)
    if isinstance(result, NoAnswer) and result.reason is Reason.REBUILDING:
        sys.exit(FAILED)


@cli.command()
@click.option("--wiki", "name", metavar="NAME", help="Only this wiki [default: all].")
@click.option(
    "--full",
    is_flag=True,
    help="Read and embed every page again, into a new index that then takes the old one's place.",
)
@click.option(
    "--recent", is_flag=True, help="Only a Confluence's latest edits: quick, and removes nothing."
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option(
    "--allow-mass-removal", is_flag=True, help="Remove pages even if they are very many at once."
)
@as_json
@configured
def sync(
    settings: Settings,
    secrets: Secrets,
    name: str | None,
    full: bool,
    recent: bool,
    dry_run: bool,
    allow_mass_removal: bool,
    as_json: bool,
) -> None:
    """Bring the index up to what the wikis say now."""
    if full and recent:
        raise click.UsageError("--full and --recent exclude each other.")
    # Slow to import: indexes and wikis.
    from bot.app import App
    from bot.operations.single_sync import sync_once

    with (
        interruptible() as stopped,
        terminal.progress_bars() as progress,
        App(settings, secrets) as app,
    ):
        reports = sync_once(
            app.indexing,
            app,
            name=name,
            full=full,
            recent=recent,
            dry_run=dry_run,
            allow_mass_removal=allow_mass_removal,
            progress=progress,
            stopped=stopped.is_set,
        )
    for report in reports:
        terminal.print_report(report)
    if recent and not reports:
        terminal.complain("Nothing was read: no wiki here tells its latest edits.")
    if as_json:
        terminal.print_json(terminal.report_json(reports))
    if stopped.is_set():
        terminal.complain("Interrupted; what is done is kept, and the next sync does the rest.")
        sys.exit(INTERRUPTED)
    if any(isinstance(report.error, WikiMisconfigured) for report in reports):
        sys.exit(MISUSED)
    if any(report.failed or report.error for report in reports):
        sys.exit(FAILED)


@cli.command()
@configured
def serve(settings: Settings, secrets: Secrets) -> None:
    """Answer in Slack, and sync the wikis now and then, until stopped."""
    from bot import serving  # slow: what answers, and Slack's libraries

    serving.serve(settings, secrets)


@cli.command()
@as_json
@configured
def status(settings: Settings, secrets: Secrets, as_json: bool) -> None:
    """Show what is indexed: pages and passages of each wiki."""
    from bot.app import App  # slow: loads indexes and wikis

    with App(settings, secrets) as app:
        rows = app.queries.status()
    if as_json:
        terminal.print_json(rows)
    else:
        terminal.print_status(rows)


@cli.command()
@click.option("--all", "everything", is_flag=True, help="Settled ones too.")
@click.option(
    "--as-questions",
    "questions",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    metavar="FILE",
    help="Write all that people judged, with 👍 too, as questions for `footnote eval`. The file "
    "keeps what the bot itself forgets in time.",
)
@as_json
@configured
def flags(
    settings: Settings,
    secrets: Secrets,
    everything: bool,
    questions: Path | None,
    as_json: bool,
) -> None:
    """List the answers that people flagged as wrong."""
    # What answers is slow to import.
    from bot.app import App
    from bot.evaluation.judged import write_judged
    from bot.flags.listing import listed

    with App(settings, secrets) as app:
        kept = app.verdicts()
        count = write_judged(kept, questions) if questions else 0
        rows = [] if questions else listed(kept, everything=everything)
    if questions:
        if as_json:
            terminal.print_json({"questions": count, "file": str(questions)})
        else:
            terminal.say(f"{questions}: {count} questions")
    elif as_json:
        terminal.print_json(rows)
    else:
        terminal.print_flags(rows)


@cli.command()
@click.argument("email")
@click.argument("url")
@as_json
@configured
def access(settings: Settings, secrets: Secrets, email: str, url: str, as_json: bool) -> None:
    """Tell whether the person with EMAIL may read the page at URL, and which gate decides."""
    if "@" not in email:
        raise click.UsageError("EMAIL is an address, as in ann@example.com.")
    from bot.app import App  # slow: loads indexes and wikis

    with App(settings, secrets) as app, terminal.busy(f"Asking about {url}"):
        found = app.queries.access(email, url, frozenset())
    if as_json:
        terminal.print_json(found.json())
    else:
        terminal.print_access(found)
    if found.access.may_read is None:
        sys.exit(FAILED)


cli.add_command(chat)
cli.add_command(doctor)
cli.add_command(evaluate)
cli.add_command(calibrate)


@cli.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "storage"]),
    help="What FILE is written in: Markdown, or Confluence's storage format "
    "[default: by its ending].",
)
@click.option(
    "--flavour",
    type=click.Choice(FLAVOURS),
    default="auto",
    help="The dialect of Markdown [default: auto].",
)
@as_json
@configured
def convert(
    settings: Settings,  # noqa: ARG001 - every command is handed its settings
    secrets: Secrets,  # noqa: ARG001
    file: Path,
    form: str | None,
    flavour: str,
    as_json: bool,
) -> None:
    """Show what is read of the page in FILE, section by section."""
    from indexers import conversion  # slow: all that reads files

    sections = conversion.sections(file, form, flavour)
    if as_json:
        terminal.print_json(
            [{"headings": list(s.headings), "anchor": s.anchor, "text": s.text} for s in sections]
        )
    else:
        terminal.print_sections(sections)


@cli.command("settings")
def print_settings() -> None:
    """Print a footnote.toml with every setting, to start from."""
    from config.loading import example  # slow: imports Pydantic

    click.echo(example().read_text(encoding="utf-8"), nl=False)


@cli.command()
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where its index lives [default: data/demo].",
)
@click.option(
    "--confluence", is_flag=True, help="A made-up Confluence instead, and whose rights count in it."
)
def demo(data_dir: Path | None, confluence: bool) -> None:
    """Index a real handbook and ask it three questions."""
    data_dir = data_dir or given().data_dir
    if data_dir and confluence:
        raise click.UsageError("--confluence keeps nothing, so it takes no --data-dir.")
    logs.configure("WARNING")
    with interruptible() as stopped:
        if confluence:
            # Its Confluence is a web server, which no other command should load.
            from bot.confluence_demo import run_demo as run_confluence_demo

            run_confluence_demo(stopped.is_set)
        else:
            from bot.demo import run_demo  # slow: loads the answer path

            run_demo(data_dir, stopped.is_set)
    if stopped.is_set():
        sys.exit(INTERRUPTED)
