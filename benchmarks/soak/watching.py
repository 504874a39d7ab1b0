"""A search of all that the bot sends for words that its readers may not read."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

from benchmarks.soak.town import Town
from benchmarks.soak.wikis import markers

IN_FLIGHT = 15.0
"""Seconds that an answer may be under way from its check of rights to its reader: a rate limit, a
retry. Who might read the page at any moment of them was told rightly."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A page's word that ``person`` was sent, and might not read."""

    page: str
    version: int
    person: str
    method: str
    seconds: float
    """Since the start of the soak."""


@dataclass
class Watcher:
    """Reads every call of the bot once, soon after it was made, by the clock of this machine."""

    town: Town
    began: float = field(default_factory=time.monotonic)
    leaks: list[Leak] = field(default_factory=list)
    shown: int = 0
    """Markers that somebody was sent."""
    late: int = 0
    """Those among them that their reader might read a moment before, and no longer."""
    outdated: int = 0
    """Those of a version that was no longer the newest."""
    _calls: int = 0
    _whispers: int = 0

    def look(self) -> None:
        """Read what was sent since the last look."""
        slack = self.town.slack
        calls, whispers = slack.calls[self._calls :], slack.ephemeral[self._whispers :]
        self._calls += len(calls)
        self._whispers += len(whispers)
        for call in calls:
            said = dict(call.arguments)
            self._judge(call.method, said, self._readers(call.method, said))
        for whisper in whispers:
            said = {"text": whisper.text, "blocks": whisper.blocks}
            self._judge("respond", said, (str(whisper.only_for),))

    def _readers(self, method: str, said: dict[str, Any]) -> tuple[str, ...]:
        if method == "chat.postEphemeral":
            return (str(said.get("user")),)
        return self.town.audience(str(said.get("channel") or said.get("channel_id") or ""))

    def _judge(self, method: str, said: dict[str, Any], readers: tuple[str, ...]) -> None:
        now = time.monotonic()
        for key, version in set(markers(json.dumps(said, default=str))):
            page = self.town.wikis.pages[key]
            for person in readers:
                self.shown += 1
                self.outdated += version != page.version
                if not page.open_to(person, now - IN_FLIGHT, now):
                    self.leaks.append(Leak(key, version, person, method, now - self.began))
                elif not page.open_to(person, now, now):
                    self.late += 1
