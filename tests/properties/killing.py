"""Deaths between any two requests, or between any two writes of the index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from qdrant_edge import UpdateOperation

from footnote_bot.indexers.index.edge import EdgeEngine
from footnote_bot.indexers.index.passages import StoredPassages
from footnote_bot.indexers.sources.confluence.addresses import base_of
from footnote_bot.indexers.sources.confluence.transport import Json, Params, Patience, Transport
from tests.fakes.embedding import WordEmbedder
from tests.indexers.sources.confluence.conftest import Site


class Killed(BaseException):
    """The process is killed. No code catches it, as none catches ``kill -9``."""


class Fuse:
    """A fuse that burns down by one a step. From its end on, every step raises `Killed`."""

    def __init__(self, steps: int | None = None) -> None:
        self.left = steps

    def burn(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed

    @property
    def burnt(self) -> bool:
        return self.left is not None and self.left < 0


class MortalTransport(Transport):
    """A client that sees everything and dies before a request."""

    def __init__(self, site: Site) -> None:
        super().__init__(
            base_of(site.confluence.base_url, "cloud" if site.cloud else "data_center"),
            site.confluence.token(site.bot),
            email=site.bot.email if site.cloud else "",
            patience=Patience(tries=3),
            time=site.clock.time,
        )
        self.fuse = Fuse()

    def get(self, path: str, params: Params | None = None, **how: bool) -> Json:
        self.fuse.burn()
        return super().get(path, params, **how)


class MortalEngine(EdgeEngine):
    """An engine that dies before a write. ``before_write`` is called before each write."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, WordEmbedder.dimensions)
        self.fuse = Fuse()
        self.before_write: Callable[[], None] = lambda: None

    def _update(self, operation: UpdateOperation) -> None:
        self.before_write()
        self.fuse.burn()
        super()._update(operation)


class MortalIndex(StoredPassages):
    def __init__(self, folder: Path) -> None:
        self.engine = MortalEngine(folder)
        super().__init__(self.engine)


@contextmanager
def dying_writes(fuse: Fuse, death: BaseException) -> Iterator[None]:
    """Burn ``fuse`` down by one with each write to any index within. At its end, raise ``death``
    instead of writing."""
    update = EdgeEngine._update

    def mortal(engine: EdgeEngine, operation: UpdateOperation) -> None:
        try:
            fuse.burn()
        except Killed:
            raise death from None
        update(engine, operation)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(EdgeEngine, "_update", mortal)
        yield
