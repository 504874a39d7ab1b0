"""An App for a command that another process asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from footnote_bot.bot.app import App
from footnote_bot.bot.operations.passes import Pass, PassLog
from footnote_bot.config.settings import Settings


class AppBeside(App):
    """The parts of a command that runs in the process of ``owner``: it shares the owner's index,
    models and wikis, and only the owner closes them. In the database it counts as a process of its
    own, so that locks hold between the two."""

    def __init__(self, owner: App, settings: Settings) -> None:
        super().__init__(settings, owner.secrets)
        self._owner = owner
        self.indexing = owner.indexing
        self.last_pass = owner.last_pass
        if settings.llm == owner.settings.llm:
            self.model = owner.model  # with its bound of requests at once
        self.one_sync = owner.one_sync
        state = owner.__dict__.get("state")
        if state is not None:
            self.state = state

    def pass_log(self) -> PassLog:
        return _SharedPassLog(super().pass_log(), self._owner.passed)


class _SharedPassLog:
    """A log that also tells the owner of each pass."""

    def __init__(self, log: PassLog, passed: Callable[[Pass], None]) -> None:
        self._log = log
        self._passed = passed

    def record(self, pass_: Pass) -> None:
        self._log.record(pass_)
        self._passed(pass_)

    def last_complete(self, wiki: str) -> datetime | None:
        return self._log.last_complete(wiki)

    def since(self, when: datetime) -> list[Pass]:
        return self._log.since(when)
