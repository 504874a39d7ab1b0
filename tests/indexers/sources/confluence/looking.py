"""How pages stand in the made-up Confluence, as an answer's check is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from typing import TypeVar

from indexers.model import LivePages
from indexers.sources.confluence.extras import Extras
from indexers.sources.confluence.live import AT_ONCE, LiveConfluence
from indexers.sources.confluence.scope import Scope

PATIENT = 240.0
"""Seconds: a machine that is slow for a moment decides nothing."""
Made = TypeVar("Made")


class Settling(LiveConfluence):
    """Waits for all that it began, also for what it does not need any more, so that no request
    outlives a test's server."""

    def current(self, cited: Mapping[str, str], seconds: float) -> LivePages:
        pool, begun = self._checked.pool, list[Future[object]]()
        submit = pool.submit

        def noted(work: Callable[[], Made]) -> Future[Made]:
            made = submit(work)
            begun.append(made)  # type: ignore[arg-type] # whatever it makes
            return made

        pool.submit = noted  # type: ignore[method-assign] # for this look
        try:
            return super().current(cited, seconds)
        finally:
            pool.submit = submit  # type: ignore[method-assign] # as it was
            wait(begun, PATIENT)


def live_of(site, extras: Extras | None = None, **scope) -> LiveConfluence:
    transport = site.transport(concurrency=AT_ONCE)
    return Settling("wiki", transport, Scope(**scope), extras or Extras(True, True))


def looked(site, cited: Mapping[str, str], **settings) -> LivePages:
    return live_of(site, **settings).current(cited, PATIENT)
