"""The data folder: made at its first use."""

from __future__ import annotations

from pathlib import Path

from footnote_bot.config.errors import SettingsError


def make(folder: Path) -> None:
    """Make the data folder, if there is none.

    Raises:
        SettingsError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError([f"`data_dir`: {error.strerror}: {folder}"]) from None
