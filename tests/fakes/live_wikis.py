"""Wikis that can be asked for a page's current state: one answers, one fails, one hangs."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Event, Semaphore

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.model import OPEN, Acl, LivePage, LivePages, Page


class Plain:
    @staticmethod
    def plain_address(key: str, url: str) -> str:  # noqa: ARG004 - the port's
        return f"https://wiki.example.com/id/{key}"


class Standing(Plain):
    """Every page exists and is open except these: ``gone``, ``narrowed``, ``edited`` (None: it
    cannot be read again) and ``untold``."""

    def __init__(
        self,
        *gone: str,
        narrowed: Mapping[str, Acl] | None = None,
        edited: Mapping[str, Page | None] | None = None,
        untold: frozenset[str] = frozenset(),
    ) -> None:
        self.gone = set(gone)
        self.narrowed = dict(narrowed or {})
        self.edited = dict(edited or {})
        self.untold = untold
        self.asked: list[dict[str, str]] = []

    def current(self, cited: Mapping[str, str], seconds: float) -> LivePages:
        self.asked.append(dict(cited))
        readable = cited.keys() - self.gone - self.untold
        return LivePages({key: self._live(key) for key in readable}, self.untold & cited.keys())

    def _live(self, key: str) -> LivePage:
        acl = self.narrowed.get(key, OPEN)
        return LivePage(acl, edited=key in self.edited, now=self.edited.get(key))


class Unavailable(Plain):
    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []

    def current(self, cited: Mapping[str, str], seconds: float) -> LivePages:
        self.asked.append(dict(cited))
        raise WikiUnavailable("It is being upgraded.")


class Broken(Plain):
    def current(self, cited: Mapping[str, str], seconds: float) -> LivePages:
        raise RuntimeError("a mistake of ours")


class Hanging(Plain):
    """Answers only after its release, and then that everything exists. Each request adds one to
    ``asked``."""

    def __init__(self) -> None:
        self.asked = Semaphore(0)
        self._released = Event()

    def release(self) -> None:
        self._released.set()

    def current(self, cited: Mapping[str, str], seconds: float) -> LivePages:
        self.asked.release()
        self._released.wait()
        return LivePages({key: LivePage(OPEN) for key in cited})
