"""The command ``footnote demo``: a real handbook, three real questions, and what to do next."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from bot import screen, terminal, terminal_texts
from bot.app import App
from bot.operations.single_sync import sync_once
from config.settings import Secrets, Settings
from config.wikis import MarkdownSettings

HANDBOOK = Path(__file__).parent / "playground" / "handbook" / "pages"
HANDBOOK_SITE = "https://handbook.tts.gsa.gov"
_DATA_DIR = Path("data", "demo")
_QUESTIONS = (
    "How many weeks of parental leave do I get?",
    "What should I do if I lose my laptop?",
    "Do I need a receipt to get reimbursed for a taxi?",
)
_NEXT = """\
Ask more:
  {program} ask "Who approves overtime?" --config {config}

In a Slack of its own, in the browser:
  {program} playground

Your own wiki:
  {program} init
  {program} sync
  {program} ask "..."

In Slack, which takes ten minutes to connect:
  {program} settings --slack
  {program} serve
"""


def run_demo(data_dir: Path | None, stopped: Callable[[], bool]) -> None:
    """Index the handbook into ``data_dir`` (``data/demo`` in the working folder, if None) and ask
    it. Ends early once it is ``stopped``; what is indexed by then is kept.

    Raises:
        IndexUnavailable: the index cannot be opened.
    """
    settings = _settings((data_dir or _DATA_DIR).absolute())
    terminal.say(
        "The handbook of 18F, a digital office of the US government: 242 pages of Markdown.\n"
    )
    with App(settings, Secrets()) as app, screen.progress_bars() as progress:
        reports = sync_once(app.indexing, app, progress=progress, stopped=stopped)
    for report in reports:
        terminal.print_report(report)
    if stopped():
        terminal.complain(terminal_texts.DEMO_INTERRUPTED)
        return
    with App(settings, Secrets()) as app:
        answer = app.asker(None)
        for question in _QUESTIONS:
            terminal.say(f"\n? {question}\n", style="bold")
            terminal.print_answer(answer(question))
    terminal.say(_NEXT.format(program=program_here(), config=_shown(_write_config(settings))))


def program_here() -> str:
    """Return how this shell calls the running program."""
    program = Path(sys.argv[0])
    on_path = shutil.which(program.name)
    if on_path and Path(on_path).samefile(program):
        return program.name
    return _shown(program)


def _shown(file: Path) -> str:
    """Return a path as short as possible, quoted for the shell if need be."""
    absolute, working_folder = file.absolute(), Path.cwd()
    short = (
        absolute.relative_to(working_folder)
        if absolute.is_relative_to(working_folder)
        else absolute
    )
    return shlex.quote(str(short))


def _settings(data_dir: Path) -> Settings:
    # The demo's own defaults, not the environment's settings of another installation.
    return Settings.model_construct(data_dir=data_dir, wiki=(_handbook(),))


def _handbook() -> MarkdownSettings:
    return MarkdownSettings(
        type="markdown",
        name="18f-handbook",
        path=HANDBOOK,
        site_url=HANDBOOK_SITE,
        git_dates=False,  # in a checkout they would be those of Footnote's own commits
    )


def _write_config(settings: Settings) -> Path:
    """Write the demo's settings to a file, so that the commands it prints can be run."""
    wiki = _handbook()
    file = settings.data_dir / "footnote.toml"
    file.write_text(
        "\n".join(
            [
                'data_dir = "."',
                "[[wiki]]",
                'type = "markdown"',
                f'name = "{wiki.name}"',
                f"path = {json.dumps(str(wiki.path), ensure_ascii=False)}",
                f'site_url = "{wiki.site_url}"',
                f"git_dates = {str(wiki.git_dates).lower()}",
                "",
            ]
        ),
        encoding="utf-8",
    )
    return file
