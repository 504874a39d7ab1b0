"""The current state of cited pages in a Confluence: `indexers.ports.LiveWiki`.

A page takes at most three round trips. The first requests it, its ancestors and its own
restriction. The second requests the restrictions above it, its space (which is cached for a minute)
and, if it was edited, its text. The third requests whatever only those responses name. A file takes
one more before the page, answers to comments one more for each level, and changed comments two more
for the rights of their page.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import wait
from functools import partial

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.model import LivePage, LivePages
from footnote_bot.indexers.parsing.limits import Parse, here
from footnote_bot.indexers.parsing.process import stoppable
from footnote_bot.indexers.sources.confluence.cloud import Cloud
from footnote_bot.indexers.sources.confluence.cloud_now import CloudNow
from footnote_bot.indexers.sources.confluence.data_center import DataCenter
from footnote_bot.indexers.sources.confluence.data_center_now import DataCenterNow
from footnote_bot.indexers.sources.confluence.extras import Extras, PageExtras
from footnote_bot.indexers.sources.confluence.live_check import CheckedConfluence, LiveCheck
from footnote_bot.indexers.sources.confluence.located import ProductNow, SpaceNow
from footnote_bot.indexers.sources.confluence.page_links import plain_address
from footnote_bot.indexers.sources.confluence.parallel import start_in_thread
from footnote_bot.indexers.sources.confluence.pool import Pool
from footnote_bot.indexers.sources.confluence.product import ConfluenceSpace, Product
from footnote_bot.indexers.sources.confluence.reading import Names, Reader
from footnote_bot.indexers.sources.confluence.remembering import Remembered
from footnote_bot.indexers.sources.confluence.rights import Gate, Tokens
from footnote_bot.indexers.sources.confluence.scope import Scope
from footnote_bot.indexers.sources.confluence.survey import Survey
from footnote_bot.indexers.sources.confluence.transport import Transport

log = logging.getLogger(__name__)

AT_ONCE = 48
"""Concurrent requests of all checks. A check makes few, while a person waits."""
_SPACES_KEPT = 60.0
"""Seconds for which the viewers of a space are cached."""
_FAILURES_KEPT = 1.0


class LiveConfluence:
    """A Confluence that is asked for live pages, by several threads. ``names`` are people's, shared
    with the sync, which knows most of them; ``clock`` returns seconds."""

    def __init__(  # noqa: PLR0913 - the wiki's settings, and parts shared with the sync
        self,
        wiki: str,
        transport: Transport,
        scope: Scope | None = None,
        extras: Extras | None = None,
        *,
        names: Names | None = None,
        parse: Parse = here,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        scope, extras = scope or Scope(), extras or Extras()
        people: Names = {} if names is None else names
        self.survey = Survey(wiki, transport, scope)
        tokens, product = self.survey.tokens, self.survey.product
        pool, now = Pool(AT_ONCE), _product_now(transport, tokens, product)
        reader = Reader(wiki, transport, product, people, parse=parse)
        self._cloud = transport.base.cloud
        self._spaces: Remembered[str, SpaceNow | None] = Remembered(
            f"{transport.base.site}: who may view a space",
            lambda space: now.space(space, pool.submit),
            lambda current_space: _SPACES_KEPT if current_space else 0.0,
            clock,
            failures=_FAILURES_KEPT,
        )
        self._checked = CheckedConfluence(
            wiki,
            transport,
            tokens,
            scope,
            extras,
            product,
            now,
            reader,
            PageExtras(extras, wiki, transport, reader, parse),
            people,
            self._spaces,
            pool,
            clock,
        )

    def current(self, cited: Mapping[str, str], seconds: float) -> LivePages:
        """Check pages in parallel, see `indexers.ports.LiveWiki`; the error of one leaves the
        others alone."""
        clock = self._checked.clock
        until = clock() + seconds
        check = LiveCheck(self._checked, until)
        with stoppable(lambda: clock() > until):  # no page is parsed for longer than that
            checks = {
                key: start_in_thread(partial(check.at, revision=cited[key]), key) for key in cited
            }
        wait(checks.values(), max(0.0, seconds))
        pages: dict[str, LivePage] = {}
        unanswered: set[str] = set()
        partial_results: dict[str, LivePage] = {}
        for key, pending in checks.items():
            try:
                page = pending.result(timeout=0)
            except (WikiUnavailable, TimeoutError) as error:
                log.info("%s does not tell how %s stands: %s", self._checked.wiki, key, error)
                unanswered.add(key)
                if (so_far := check.so_far(key)) is not None:
                    partial_results[key] = so_far
            else:
                if page is not None:
                    pages[key] = page
        return LivePages(pages, frozenset(unanswered), partial_results)

    @staticmethod
    def plain_address(key: str, url: str) -> str:
        """Return an address that reveals nothing, see `indexers.ports.LiveWiki`."""
        return plain_address(key, url)

    def viewers_seen(self, space: ConfluenceSpace, viewers: Gate) -> None:
        """Forget the cached viewers of ``space`` if a sync has just read different ones."""
        key = space.id if self._cloud else space.key
        self._spaces.forget(key, lambda cached: cached is None or cached.viewers != viewers)


def _product_now(transport: Transport, tokens: Tokens, product: Product) -> ProductNow:
    if isinstance(product, Cloud):
        return CloudNow(transport, tokens, product)
    if isinstance(product, DataCenter):
        return DataCenterNow(transport, tokens, product)
    raise TypeError(product)
