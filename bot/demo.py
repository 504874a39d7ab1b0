"""``footnote demo``: a real handbook, three real questions, and what to do next."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from bot import terminal, wiring
from bot.errors import BotError
from bot.operations import wiring as operating
from config.settings import Secrets, Settings
from config.wikis import MarkdownSettings

_ROOT = Path(__file__).parents[1]
_HANDBOOK = _ROOT / "tests" / "data" / "wikis" / "18f-handbook" / "pages"
_QUESTIONS = (
    "How many weeks of parental leave do I get?",
    "What should I do if I lose my laptop?",
    "Do I need a receipt to get reimbursed for a taxi?",
)
_NEXT = """\
Ask more:
  .venv/bin/footnote ask "Who approves overtime?" --config {config}

Your own wiki: write a footnote.toml (`.venv/bin/footnote settings` prints one), then
  .venv/bin/footnote sync
  .venv/bin/footnote ask "..."

Slack: README.md, "Connect Slack", takes ten minutes; then
  .venv/bin/footnote serve
"""


def run_demo(data_dir: Path | None, stopped: Callable[[], bool]) -> None:
    """Ends early once it is ``stopped``; what is indexed by then is kept.

    Raises:
        BotError: the handbook is not there, as in an installed package.
        IndexUnavailable: the index cannot be opened.
    """
    if not _HANDBOOK.is_dir():
        raise BotError("The demo's handbook comes with the source: run it in a checkout.")
    settings = _settings(data_dir or _ROOT / "data" / "demo")
    terminal.say(
        "The handbook of 18F, a digital office of the US government: 242 pages of Markdown.\n"
    )
    with terminal.progress_bars() as progress:
        reports = operating.sync(settings, Secrets(), progress=progress, stopped=stopped)
    for report in reports:
        terminal.print_report(report)
    if stopped():
        return
    with wiring.asking(settings, Secrets(), email=None, wikis=()) as answer:
        for question in _QUESTIONS:
            terminal.say(f"\n? {question}\n", style="bold")
            terminal.print_answer(answer(question))
    terminal.say(_NEXT.format(config=_write_config(settings)))


def _settings(data_dir: Path) -> Settings:
    # Its own defaults, whatever the environment says of another installation.
    return Settings.model_construct(data_dir=data_dir, wiki=(_handbook(),))


def _handbook() -> MarkdownSettings:
    return MarkdownSettings(
        type="markdown",
        name="18f-handbook",
        path=_HANDBOOK,
        site_url="https://handbook.tts.gsa.gov",
    )


def _write_config(settings: Settings) -> Path:
    """The demo's settings as a file, so that the commands it prints can be run."""
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
                "",
            ]
        ),
        encoding="utf-8",
    )
    return file
