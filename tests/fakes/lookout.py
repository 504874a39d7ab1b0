"""Wikis that can be asked how a page stands: one that answers, one that does not, one that
hangs."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Event, Semaphore

from indexers.errors import WikiUnavailable
from indexers.model import OPEN, Acl


class Standing:
    """Everything stands and is open but for ``gone`` and what is ``narrowed``."""

    def __init__(self, *gone: str, narrowed: Mapping[str, Acl] | None = None) -> None:
        self.gone = set(gone)
        self.narrowed = dict(narrowed or {})
        self.asked: list[dict[str, str]] = []

    def standing(self, cited: Mapping[str, str]) -> Mapping[str, Acl]:
        self.asked.append(dict(cited))
        return {key: self.narrowed.get(key, OPEN) for key in cited.keys() - self.gone}


class Unavailable:
    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []

    def standing(self, cited: Mapping[str, str]) -> Mapping[str, Acl]:
        self.asked.append(dict(cited))
        raise WikiUnavailable("It is being upgraded.")


class Broken:
    def standing(self, cited: Mapping[str, str]) -> Mapping[str, Acl]:
        raise RuntimeError("a mistake of ours")


class Hanging:
    """Answers nothing until it is released; then, that everything stands. Whoever asks
    is one more in ``asked``."""

    def __init__(self) -> None:
        self.asked = Semaphore(0)
        self._released = Event()

    def release(self) -> None:
        self._released.set()

    def standing(self, cited: Mapping[str, str]) -> Mapping[str, Acl]:
        self.asked.release()
        self._released.wait()
        return dict.fromkeys(cited, OPEN)
