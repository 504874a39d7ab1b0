"""The command ``footnote demo``: a real handbook, three real questions, and what to do next."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from footnote_bot.bot import trial
from footnote_bot.bot.program import program_here, shown_path
from footnote_bot.config.settings import Secrets, Settings
from footnote_bot.config.wikis import MarkdownSettings
from footnote_bot.playground.printing import INTERRUPTED, CannotStart, complain, say

HANDBOOK = Path(__file__).resolve().parent / "handbook" / "pages"
HANDBOOK_SITE = "https://handbook.tts.gsa.gov"
_DATA_DIR = Path("data", "demo")
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


def run_demo(data_dir: Path | None, stopped: Callable[[], bool]) -> None:
    """Index the handbook into ``data_dir`` (``data/demo`` in the working folder, if None) and ask
    it. Ends early once it is ``stopped``; what is indexed by then is kept.

    Raises:
        DemoFolderTaken: ``data_dir`` holds other files, or cannot be written.
        IndexUnavailable: the index cannot be opened.
    """
    settings = _settings((data_dir or _DATA_DIR).absolute())
    if data_dir:
        require_demo_folder(settings.data_dir, is_demo=_is_demo(settings.data_dir))
    config = _write_config(settings)
    say("The handbook of 18F, a digital office of the US government: 234 pages of Markdown.\n")
    trial.sync(settings, Secrets(), stopped)
    if stopped():
        complain(INTERRUPTED)
        return
    with trial.asking(settings, Secrets()) as ask:
        for question in _QUESTIONS:
            say(f"\n? {question}\n", bold=True)
            ask(question)
    say(_NEXT.format(program=program_here(), config=shown_path(config)))


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


def require_demo_folder(folder: Path, *, is_demo: bool) -> None:
    """Check that a folder which somebody named is a demo's (``is_demo``) or empty: the demo would
    replace the files, and the index, of anything else.

    Raises:
        DemoFolderTaken: it is neither.
    """
    if not is_demo and folder.is_dir() and next(folder.iterdir(), None) is not None:
        raise DemoFolderTaken(
            f"{folder} holds other files, which the demo would replace: name an empty folder with"
            " --data-dir, or leave it out."
        )


def _is_demo(folder: Path) -> bool:
    try:
        return f'name = "{_handbook().name}"' in (folder / _CONFIG).read_text("utf-8", "replace")
    except OSError:
        return False


def _write_config(settings: Settings) -> Path:
    """Write the demo's settings to a file, so that the commands it prints can be run.

    Raises:
        DemoFolderTaken: it cannot be written.
    """
    wiki = _handbook()
    file = settings.data_dir / _CONFIG
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
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DemoFolderTaken(
            f"{file} cannot be written: {error.strerror}. Choose another folder with --data-dir."
        ) from None
    return file
