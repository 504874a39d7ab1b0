"""The settings that a running bot applies when they are read again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from pydantic import BaseModel

from footnote_bot.config.errors import SettingsError
from footnote_bot.config.settings import Settings

log = logging.getLogger(__name__)

LIVE = (
    "log_level",
    "sync.every_minutes",
    "sync.recent_minutes",
    "answer.max_characters",
    "answer.precision",
    "answer.old_after_days",
    "slack.person_minute",
    "slack.channel_minute",
)
"""The settings that change without a restart."""


class Reloading:
    """Reads the settings again by ``read``, and passes on those that a running bot may apply."""

    def __init__(self, settings: Settings, read: Callable[[], Settings]) -> None:
        self._settings = settings
        self._read = read
        self._followers: list[Callable[[Settings], None]] = []

    def follow(self, callback: Callable[[Settings], None]) -> None:
        """Call ``callback`` with the settings whenever one of them has changed."""
        self._followers.append(callback)

    def __call__(self) -> None:
        """Read the settings. If they have an error, log it and change nothing."""
        try:
            settings, changed, pending = taken_over(self._settings, self._read())
        except SettingsError as error:
            log.error("The settings are not read again, and stay as they are: %s", error)  # noqa: TRY400 - its words are for the operator
            return
        self._settings = settings
        if changed:
            for take in self._followers:
                take(settings)
        if pending:
            log.warning("These settings differ now, and need a restart: %s", ", ".join(pending))
        log.info("The settings were read again; changed: %s", ", ".join(changed) or "none")


def taken_over(old: Settings, new: Settings) -> tuple[Settings, list[str], list[str]]:
    """Return ``old`` with those ``new`` settings that may change in a running bot, the names of the
    changed settings, and the names of those that differ and need a restart."""
    settings = old
    differing = list(_differences(old, new))
    changed = [name for name in differing if name in LIVE]
    for name in changed:
        section, _, key = name.rpartition(".")
        if section:
            value = getattr(getattr(new, section), key)
            key, value = section, getattr(settings, section).model_copy(update={key: value})
        else:
            value = getattr(new, key)
        settings = settings.model_copy(update={key: value})
    return settings, changed, [name for name in differing if name not in LIVE]


def _differences(old: Settings, new: Settings) -> Iterator[str]:
    """Yield the name of every setting that differs, such as ``sync.every_minutes``. The lists of
    wikis and workspaces count as one setting each."""
    for section in Settings.model_fields:
        before, after = getattr(old, section), getattr(new, section)
        if not isinstance(before, BaseModel):
            if before != after:
                yield section
            continue
        for name in type(before).model_fields:
            if getattr(before, name) != getattr(after, name):
                yield f"{section}.{name}"
