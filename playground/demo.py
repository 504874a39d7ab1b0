"""The command ``footnote demo``: a real handbook, three real questions, and what to do next."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from footnote_bot.bot import trial
from footnote_bot.bot.program import program_here, shown_path
from footnote_bot.config.settings import Secrets, Settings
from footnote_bot.config.wikis import MarkdownSettings
from footnote_bot.indexers.errors import IndexLocked
from footnote_bot.playground.printing import INTERRUPTED, CannotStart, complain, say

HANDBOOK = Path(__file__).resolve().parent / "handbook" / "pages"
HANDBOOK_SITE = "https://handbook.tts.gsa.gov"
DATA_DIR = Path("data", "demo")
"""The folder of both demos, in the browser and in the terminal: they share the index."""
PAGES = "handbook"
_CONFIG = "footnote.toml"
_QUESTIONS = (
    "How many weeks of parental leave do I get?",
    "What should I do if I lose my laptop?",
    "Do I need a receipt to get reimbursed for a taxi?",
)
_NEXT = """\
Ask more:
  {program} ask "Can I carry over annual leave to next year?" --config {config}

In a Slack of its own, in the browser:
  {program} playground

Your own wiki:
  {program} init
  {program} sync
  {program} ask "..."

Without a language model, answers are sections of the pages. `{program} init` sets one up:
OpenAI, Anthropic, Azure, or Ollama on this machine.

In Slack, which takes ten minutes to connect:
  {program} settings --slack
  {program} serve
"""


class DemoFolderTaken(CannotStart):
    """The folder for a demo's data holds something else, or cannot be written."""


class DemoRuns(CannotStart):
    """Another demo runs with the same folder."""


def run_demo(data_dir: Path | None, stopped: Callable[[], bool]) -> None:
    """Index the handbook into ``data_dir`` (`DATA_DIR` in the working folder, if None) and ask it.
    Ends early once it is ``stopped``; what is indexed by then is kept.

    Raises:
        DemoFolderTaken: ``data_dir`` holds other files, or cannot be written.
        DemoRuns: another demo has its index.
        IndexUnavailable: the index cannot be opened.
    """
    with demo_folder(data_dir) as folder:
        wiki = handbook_in(folder)
        # The demo's own defaults, not the environment's settings of another installation.
        settings = Settings.model_construct(data_dir=folder, wiki=(wiki,))
        config = _write_config(folder, wiki)
        say("The handbook of 18F, a digital office of the US government: 234 pages of Markdown.\n")
        # By its name: the demo in the browser has another wiki, whose pages stay in the index.
        trial.sync(settings, Secrets(), stopped, wiki.name)
        if stopped():
            complain(INTERRUPTED)
            return
        with trial.asking(settings, Secrets()) as ask:
            for question in _QUESTIONS:
                say(f"\n? {question}\n", bold=True)
                ask(question)
        say(_NEXT.format(program=program_here(), config=shown_path(config)))


@contextmanager
def demo_folder(named: Path | None) -> Iterator[Path]:
    """Yield the folder for a demo's data, `DATA_DIR` if none is ``named``. A named one must be
    empty or a demo's: the demo would replace the files, and the index, of anything else.

    Raises:
        DemoFolderTaken: it is neither.
        DemoRuns: within, the index turns out to be another process's.
    """
    folder = (named or DATA_DIR).absolute()
    is_demo = all((folder / PAGES / page.name).exists() for page in HANDBOOK.iterdir())
    if named and not is_demo and folder.is_dir() and next(folder.iterdir(), None) is not None:
        raise DemoFolderTaken(
            f"{folder} holds other files, which the demo would replace: name an empty folder with"
            " --data-dir, or leave it out."
        )
    try:
        yield folder
    except IndexLocked:
        raise DemoRuns(
            f"Another demo runs with {folder}: use that one, or stop it, or name another folder"
            " with --data-dir."
        ) from None


def handbook_in(folder: Path) -> MarkdownSettings:
    """Copy the handbook's pages into the folder of a demo, and return them as a wiki. People can
    edit the copies in the browser; each start restores them.

    Raises:
        DemoFolderTaken: they cannot be written.
    """
    pages = folder / PAGES
    try:
        shutil.copytree(HANDBOOK, pages, dirs_exist_ok=True)
    except OSError as error:  # shutil.Error has a list of errors instead
        why = error.strerror or error.args[0][0][2]
        raise DemoFolderTaken(
            f"The demo's pages cannot be written to {pages}: {why}. "
            "Choose another folder with --data-dir."
        ) from None
    return MarkdownSettings(
        type="markdown",
        name="handbook",
        path=pages,
        site_url=HANDBOOK_SITE,
        git_dates=False,  # in a checkout they would be those of Footnote's own commits
    )


def _write_config(folder: Path, wiki: MarkdownSettings) -> Path:
    """Write the demo's settings to a file, so that the commands it prints can be run.

    Raises:
        DemoFolderTaken: it cannot be written.
    """
    file = folder / _CONFIG
    text = "\n".join(
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
    )
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DemoFolderTaken(
            f"{file} cannot be written: {error.strerror}. Choose another folder with --data-dir."
        ) from None
    return file
