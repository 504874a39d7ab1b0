"""Settings that are reloaded while the bot runs."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from footnote_bot.config.loading import load
from footnote_bot.config.reloading import LIVE, Reloading, taken_over
from footnote_bot.config.settings import Settings

DOCS = Path(__file__).parents[2] / "docs/operating.md"
WIKI = '[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "."\n'


def load_settings(folder: Path, text: str) -> Settings:
    (folder / "footnote.toml").write_text(text + WIKI)
    return load(folder / "footnote.toml")


def test_changeable_settings_change_and_the_others_are_named(tmp_path: Path) -> None:
    old = load_settings(tmp_path, "")
    new = load_settings(
        tmp_path,
        'log_level = "DEBUG"\n[answer]\nprecision = 0.5\nunchecked = "refuse"\n'
        '[slack]\nperson_minute = 7\nreview_channel = "C1"\n',
    )
    moved = new.model_copy(update={"wiki": ()})
    settings, changed, waiting = taken_over(old, moved)

    assert changed == ["log_level", "answer.precision", "slack.person_minute"]
    assert waiting == ["wiki", "answer.unchecked", "slack.review_channel"]
    assert (settings.log_level, settings.answer.precision, settings.slack.person_minute) == (
        "DEBUG", 0.5, 7,
    )  # fmt: skip
    assert (settings.answer.unchecked, settings.slack.review_channel) == ("say", "")
    assert settings.wiki == old.wiki


def test_a_faulty_file_changes_nothing_and_is_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old, reloaded = load_settings(tmp_path, ""), list[Settings]()
    reread = Reloading(old, lambda: load(tmp_path / "footnote.toml"))
    reread.follow(reloaded.append)
    (tmp_path / "footnote.toml").write_text("[answer]\nprecision = 3\n")
    with caplog.at_level(logging.INFO):
        reread()
        load_settings(tmp_path, "[answer]\nprecision = 0.3\n")
        reread()

    assert [settings.answer.precision for settings in reloaded] == [0.3]
    assert "`answer.precision`" in caplog.messages[0]
    assert "changed: answer.precision" in caplog.messages[1]


def test_the_documentation_names_what_changes() -> None:
    text = DOCS.read_text(encoding="utf-8")
    of_signals = text[text.index("SIGHUP reads") :].partition("The log names")[0]

    for setting in LIVE:
        section, _, name = setting.rpartition(".")
        assert not section or f"[{section}]" in of_signals
        assert hasattr(getattr(Settings(), section) if section else Settings(), name)
        assert name in of_signals
