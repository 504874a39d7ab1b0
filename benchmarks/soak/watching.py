"""A search in all messages of the bot for words that their readers may not read."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

from benchmarks.soak.town import Town
from benchmarks.soak.wikis import markers

IN_FLIGHT = 15.0
"""Seconds that an answer may take from its check of rights to its reader, for example because of a
rate limit or a retry. A reader who might read the page at any moment of these may get it."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A page's word that the bot sent to ``person``, who might not read it."""

    page: str
    version: int
    person: str
    method: str
    seconds: float
    """Time since the start of the soak."""


@dataclass
class Watcher:
    """Reads every call of the bot once, soon after the bot makes it, by this machine's clock."""

    town: Town
    began: float = field(default_factory=time.monotonic)
    leaks: list[Leak] = field(default_factory=list)
    shown: int = 0
    """Markers sent to somebody."""
    late: int = 0
    """Markers among them that their reader might read a moment before, but no longer."""
    outdated: int = 0
    """Markers among them of a version that was no longer the newest."""
    _calls: int = 0
    _whispers: int = 0

    def look(self) -> None:
        """Read the messages sent since the last look."""
        slack = self.town.slack
        calls, whispers = slack.calls[self._calls :], slack.ephemeral[self._whispers :]
        self._calls += len(calls)
        self._whispers += len(whispers)
        for call in calls:
            content = dict(call.arguments)
            self._judge(call.method, content, self._readers(call.method, content))
        for whisper in whispers:
            content = {"text": whisper.text, "blocks": whisper.blocks}
            self._judge("respond", content, (str(whisper.only_for),))

    def _readers(self, method: str, content: dict[str, Any]) -> tuple[str, ...]:
        if method == "chat.postEphemeral":
            return (str(content.get("user")),)
        return self.town.audience(str(content.get("channel") or content.get("channel_id") or ""))

    def _judge(self, method: str, content: dict[str, Any], readers: tuple[str, ...]) -> None:
        now = time.monotonic()
        for key, version in set(markers(json.dumps(content, default=str))):
            page = self.town.wikis.pages[key]
            for person in readers:
                self.shown += 1
                self.outdated += version != page.version
                if not page.open_to(person, now - IN_FLIGHT, now):
                    self.leaks.append(Leak(key, version, person, method, now - self.began))
                elif not page.open_to(person, now, now):
                    self.late += 1
