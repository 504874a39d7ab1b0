"""The current pages of the local Confluence, as the check of an answer reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from typing import TypeVar

from footnote_bot.indexers.model import LivePages
from footnote_bot.indexers.sources.confluence.extras import Extras
from footnote_bot.indexers.sources.confluence.live import AT_ONCE, LiveConfluence
from footnote_bot.indexers.sources.confluence.scope import Scope

PATIENT = 240.0
"""Seconds. A machine that is slow for a moment must not decide a test."""
Made = TypeVar("Made")


class Settling(LiveConfluence):
    """A `LiveConfluence` that waits for every request it began, also for those it no longer needs.
    No request may outlive the server of a test."""

    def current(self, cited: Mapping[str, str], seconds: float) -> LivePages:
        pool, begun = self.pool, list[Future[object]]()
        submit = pool.submit

        def noted(work: Callable[[], Made]) -> Future[Made]:
            future = submit(work)
            begun.append(future)  # type: ignore[arg-type] # whatever it makes
            return future

        pool.submit = noted  # type: ignore[method-assign] # for this look
        try:
            return super().current(cited, seconds)
        finally:
            pool.submit = submit  # type: ignore[method-assign] # as it was
            wait(begun, PATIENT)


def live_of(site, extras: Extras | None = None, **scope) -> LiveConfluence:
    transport = site.transport(concurrency=AT_ONCE)
    return Settling("wiki", transport, Scope(**scope), extras or Extras(True, True))


def live_pages(site, cited: Mapping[str, str], **settings) -> LivePages:
    return live_of(site, **settings).current(cited, PATIENT)
