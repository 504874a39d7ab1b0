"""The settings that a running bot applies when they are read again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

from footnote_bot.config.errors import SettingsError
from footnote_bot.config.settings import Settings

log = logging.getLogger(__name__)

LIVE = {
    "": ("log_level",),
    "sync": ("every_minutes", "recent_minutes"),
    "answer": ("max_characters", "precision", "old_after_days"),
    "slack": ("person_minute", "channel_minute"),
}
"""The settings that change without a restart, by section."""


class Reloading:
    """Reads the settings again by ``read``, and passes on those that a running bot may apply."""

    def __init__(self, settings: Settings, read: Callable[[], Settings]) -> None:
        self._settings = settings
        self._read = read
        self._followers: list[Callable[[Settings], None]] = []

    def follow(self, take: Callable[[Settings], None]) -> None:
        """Call ``take`` with the settings whenever one of them has changed."""
        self._followers.append(take)

    def __call__(self) -> None:
        """Read the settings. If they have an error, log it and change nothing."""
        try:
            settings, changed, waiting = taken_over(self._settings, self._read())
        except SettingsError as error:
            log.error("The settings are not read again, and stay as they are: %s", error)  # noqa: TRY400 - its words are for the operator
            return
        self._settings = settings
        if changed:
            for take in self._followers:
                take(settings)
        if waiting:
            log.warning("These settings differ now, and need a restart: %s", ", ".join(waiting))
        log.info("The settings were read again; changed: %s", ", ".join(changed) or "none")


def taken_over(old: Settings, new: Settings) -> tuple[Settings, list[str], list[str]]:
    """Return ``old`` with those ``new`` settings that may change in a running bot, the names of the
    changed settings, and the names of those that differ and need a restart."""
    changed: list[str] = []
    waiting: list[str] = []
    for section, name in _differences(old, new):
        dotted = f"{section}.{name}" if section and name else section or name
        (changed if name in LIVE.get(section, ()) else waiting).append(dotted)
    update: dict[str, Any] = {name: getattr(new, name) for name in LIVE[""]}
    for section, names in LIVE.items():
        if section:
            before, after = getattr(old, section), getattr(new, section)
            update[section] = before.model_copy(
                update={name: getattr(after, name) for name in names}
            )
    return old.model_copy(update=update), changed, waiting


def _differences(old: Settings, new: Settings) -> Iterator[tuple[str, str]]:
    """Yield section and name of every setting that differs; no name for the wikis."""
    for section in type(old).model_fields:
        before, after = getattr(old, section), getattr(new, section)
        if before == after:
            continue
        if section == "wiki":
            yield "wiki", ""
        elif hasattr(before, "model_fields_set"):
            for name in type(before).model_fields:
                if getattr(before, name) != getattr(after, name):
                    yield section, name
        else:
            yield "", section
