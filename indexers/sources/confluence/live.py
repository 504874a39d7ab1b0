"""The current state of cited pages in a Confluence: `indexers.ports.LiveWiki`.

A page takes at most three round trips. The first requests it, its ancestors and its own
restriction. The second requests the restrictions above it, its space (which is cached for a minute)
and, if it was edited, its text. The third requests whatever only those responses name. A file takes
one more before the page, answers to comments one more for each level, and changed comments two more
for the rights of their page.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.model import Changed, LivePage, LivePages, Page, Skipped
from footnote_bot.indexers.parsing.limits import Parse, here
from footnote_bot.indexers.parsing.process import stoppable
from footnote_bot.indexers.sources.confluence.addresses import plain_address
from footnote_bot.indexers.sources.confluence.answers import (
    UNKNOWN,
    ConfluenceSpace,
    Listed,
    space_of,
)
from footnote_bot.indexers.sources.confluence.attachments import Attached, fetch_file, is_attachment
from footnote_bot.indexers.sources.confluence.comments import (
    TAIL,
    CommentsOn,
    is_comments,
    live_comments,
)
from footnote_bot.indexers.sources.confluence.extras import Extras, PageExtras
from footnote_bot.indexers.sources.confluence.parallel import Pool, start_in_thread
from footnote_bot.indexers.sources.confluence.partial_result import PartialResult
from footnote_bot.indexers.sources.confluence.product import Made, certain
from footnote_bot.indexers.sources.confluence.reading import (
    Names,
    Reader,
    Seen,
    says_the_same,
    space_id_of,
    version_of,
)
from footnote_bot.indexers.sources.confluence.remembering import Remembered
from footnote_bot.indexers.sources.confluence.rights import CLOSED, Gate, acl
from footnote_bot.indexers.sources.confluence.scope import Scope
from footnote_bot.indexers.sources.confluence.survey import Survey
from footnote_bot.indexers.sources.confluence.transport import (
    Json,
    Refused,
    Transport,
    unless_absent,
)

log = logging.getLogger(__name__)

AT_ONCE = 48
"""Concurrent requests of all checks. A check makes few, while a person waits."""
_SPACES_KEPT = 60.0
"""Seconds for which the viewers of a space are cached."""
_FAILURES_KEPT = 1.0
_NAMES = 30
"""People named on a page that are looked up; a page with more is read again by the next sync."""
_MENTION = re.compile(r'ri:(?:account-id|userkey)="([^"<>]{1,200})"')


@dataclass(frozen=True, slots=True)
class SpaceNow:
    """The current state of a space, with its ``description`` by Confluence and its viewers."""

    space: ConfluenceSpace
    description: Json
    viewers: Gate


class LiveConfluence:
    """A Confluence that is asked for live pages, by several threads. ``names`` are people's, shared
    with the sync, which knows most of them; ``clock`` returns seconds. ``spaces`` are by path."""

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
        self.name = wiki
        self.transport = transport
        self.scope = scope or Scope()
        self.extras = extras or Extras()
        self.names: Names = {} if names is None else names
        self.clock = clock
        self.pool = Pool(AT_ONCE)
        self.survey = Survey(wiki, transport, self.scope)
        self.product = self.survey.product
        self.reader = Reader(wiki, transport, self.product, self.names, parse=parse)
        self.page_extras = PageExtras(self.extras, wiki, transport, self.reader, parse)
        self.spaces: Remembered[str, SpaceNow | None] = Remembered(
            f"{transport.base.site}: who may view a space",
            self._space_now,
            lambda current_space: _SPACES_KEPT if current_space else 0.0,
            clock,
            failures=_FAILURES_KEPT,
        )

    def current(self, cited: Mapping[str, str], seconds: float) -> LivePages:
        """Check pages in parallel, see `indexers.ports.LiveWiki`; the error of one leaves the
        others alone."""
        until = self.clock() + seconds
        check = _Check(self, until)
        with stoppable(lambda: self.clock() > until):  # no page is parsed for longer than that
            checks = {
                key: start_in_thread(partial(check.run, revision=cited[key]), key) for key in cited
            }
        wait(checks.values(), max(0.0, seconds))
        pages: dict[str, LivePage] = {}
        unanswered: set[str] = set()
        partial_results: dict[str, LivePage] = {}
        for key, pending in checks.items():
            try:
                page = pending.result(timeout=0)
            except (WikiUnavailable, TimeoutError) as error:
                log.info("%s does not tell how %s stands: %s", self.name, key, error)
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
        path = self.product.space_path(space)
        self.spaces.forget(path, lambda cached: cached is None or cached.viewers != viewers)

    def _space_now(self, path: str) -> SpaceNow | None:
        """Request a space and its viewers in parallel; None if the token does not see it."""
        response = self.pool.submit(partial(self.transport.get, path))
        viewers = self.product.request_viewers(path, lambda ask: self.pool.submit(ask).result)
        answer = unless_absent(response.result)
        if answer is None:
            return None
        space = space_of(answer)
        # If Confluence refuses to say who may view it, nobody may.
        return SpaceNow(space, answer, frozenset(certain(viewers(space))))


@dataclass(frozen=True, slots=True)
class _Found:
    """A page with its requested gates; of its space, only what `space_path` needs is known."""

    page: Listed
    gates: list[Future[Gate]]


class _Check:
    """A check of several pages, with a deadline on the clock."""

    def __init__(self, wiki: LiveConfluence, until: float) -> None:
        self._wiki = wiki
        self._until = until
        self._gates: dict[str, Future[Gate]] = {}
        self._results: dict[str, PartialResult] = {}
        self._lock = Lock()

    def run(self, key: str, revision: str) -> LivePage | None:
        """Check a document; return None if there is none, or it is not in the scope."""
        version = None if PageExtras.owns(key) else version_of(revision)
        result = self._results[key] = PartialResult(version, space_id_of(revision))
        try:
            return self._check_document(key, revision, result)
        except WikiUnavailable:
            # Another request may still reveal that somebody may not read it.
            result.wait(self._until - self._wiki.clock())
            raise

    def _check_document(self, key: str, revision: str, result: PartialResult) -> LivePage | None:
        """Check a document by its kind: a file, comments or a page."""
        extras = self._wiki.extras
        if is_attachment(key):
            return self._check_file(key, revision, result) if extras.attachments else None
        if is_comments(key):
            return self._check_comments(key, revision, result) if extras.comments else None
        found = self._find(key, result)
        return self._check_page(found, version_of(revision), result) if found else None

    def so_far(self, key: str) -> LivePage | None:
        """Return what is certain by now of a document that is being checked; None if nothing is."""
        result = self._results.get(key)
        return result.so_far() if result else None

    def _check_page(
        self, found: _Found, indexed_version: int, result: PartialResult
    ) -> LivePage | None:
        """Check a page. Return None if its space is not read, or if the page is older than the
        indexed version: then its rights may be old, too."""
        page, gates, product = found.page, found.gates, self._wiki.product
        body: Future[Mapping[str, str | Refused]] | None = None
        if page.version > indexed_version:
            body = self._submit(partial(product.bodies, [page]))
            editor = self._submit(partial(product.editor, page))
            # Its text may have been written for fewer people than the restriction that was read
            # beside it.
            gates = [*gates, self._request_gate(page.key)]
            result.add_gate(gates[-1])
        if (space := self._space(page, result)) is None:
            return None
        rights = acl(space.viewers, (gate.result() for gate in gates))
        if page.version < indexed_version:
            return None
        if body is None:
            return LivePage(rights)
        page = replace(page, space=space.space)
        return self._with_current_text(Seen(page, rights, editor.result()), body.result()[page.key])

    def _with_current_text(self, seen: Seen, body: str | Refused) -> LivePage:
        """Return an edited page, with its current text if that can be converted in time."""
        edited = LivePage(seen.acl, edited=True)
        if isinstance(body, Refused) or not self._look_up_people(body):
            return edited
        change = self._wiki.reader.convert(seen, body)
        if isinstance(change, Changed):
            return LivePage(seen.acl, edited=True, now=change.page)
        if isinstance(change, Skipped):
            page = seen.listed
            empty = Page(self._wiki.name, page.key, page.title, page.url, "", seen.acl, ())
            return LivePage(seen.acl, edited=True, now=empty)
        return edited

    def _look_up_people(self, body: str) -> bool:
        """Look up the names of people on a page in parallel, because a conversion would request
        them one by one. Return False if there are too many."""
        names = self._wiki.names
        unknown = {key for key in _MENTION.findall(body) if not names.get(key)}
        if len(unknown) > _NAMES:
            return False
        name = self._wiki.product.user_name
        requests = {key: self._submit(partial(name, key)) for key in unknown}
        names.update({key: request.result() for key, request in requests.items()})
        return True

    def _check_file(self, key: str, revision: str, result: PartialResult) -> LivePage | None:
        """Check a file, and the page that it is attached to."""
        file = self._submit(partial(fetch_file, self._wiki.transport, key)).result()
        if file and file.version != version_of(revision):
            result.record_difference()
        page = self._page_of_extra(file.page, result) if file else None
        if file is None or page is None:
            return None
        document = Attached(page, file)
        if file.version < version_of(revision):
            return None
        return LivePage(document.acl, edited=file.version > version_of(revision))

    def _check_comments(self, key: str, revision: str, result: PartialResult) -> LivePage | None:
        """Check the comments on a page; read them if they differ from the indexed ones."""
        page_key = key.removesuffix(TAIL)
        request = start_in_thread(partial(live_comments, self._wiki.transport), page_key)
        result.add_comments(request)
        page = self._page_of_extra(page_key, result)
        # Comments of a page that is gone are gone, whether or not Confluence still lists them.
        if page is None or not (comments := request.result()):
            return None
        document = CommentsOn(page, tuple(sorted(comments, key=lambda comment: comment.place)))
        if says_the_same(document, revision):
            return LivePage(page.acl)
        # They may have been written for fewer people than the rights that were read beside them.
        with self._lock:
            self._gates.clear()
        page = self._page_of_extra(page_key, result)
        if page is None:
            return None
        for change in self._wiki.page_extras.read([document.on(page)]):
            if isinstance(change, Changed):
                return LivePage(page.acl, edited=True, now=change.page)
        return LivePage(page.acl, edited=True)

    def _page_of_extra(self, key: str, result: PartialResult) -> Seen | None:
        """Check the page that a file or comments belong to."""
        found = self._find(key, result)
        if found is None or (space := self._space(found.page, result)) is None:
            return None
        rights = acl(space.viewers, (gate.result() for gate in found.gates))
        return Seen(replace(found.page, space=space.space), rights, "v2")

    def _find(self, key: str, result: PartialResult) -> _Found | None:
        """Find a page, and request the gates of it and of all its ancestors."""
        wiki = self._wiki
        # Cloud does not report a page's own restriction with it.
        own = self._gate(key, result) if wiki.transport.base.cloud else None
        page = wiki.product.find(key, lambda ask: self._submit(ask).result, result)
        if page is None:
            return None
        if page.above_unread:
            raise WikiUnavailable(page.above_unread)
        if page.own is not None and page.own.whole:
            own = _settled_gate(page.own.gate)
            result.add_gate(own)
        elif own is None:
            own = self._gate(key, result)
        return _Found(page, [*(self._gate(node, result) for node in page.ancestors), own])

    def _gate(self, node: str, result: PartialResult) -> Future[Gate]:
        """Request a gate once, however many pages are below it."""
        with self._lock:
            if node not in self._gates:
                closed = node == UNKNOWN
                self._gates[node] = _settled_gate(CLOSED) if closed else self._request_gate(node)
            gate = self._gates[node]
        result.add_gate(gate)
        return gate

    def _request_gate(self, node: str) -> Future[Gate]:
        return self._submit(lambda: certain(self._wiki.product.own_gate(node)))

    def _space(self, page: Listed, result: PartialResult) -> SpaceNow | None:
        """Return the space of a page; None if the scope does not have it."""
        found = self._wiki.spaces.get(self._wiki.product.space_path(page.space))
        if found is None or not self._wiki.scope.reads(found.space.key, found.description):
            return None
        result.add_gate(_settled_gate(found.viewers))
        return found

    def _submit(self, work: Callable[[], Made]) -> Future[Made]:
        """Run the work in the pool, unless the check's time is over when its turn comes."""

        def in_time() -> Made:
            if self._wiki.clock() > self._until:
                raise WikiUnavailable("there is no time left to ask")
            return work()

        return self._wiki.pool.submit(in_time)


def _settled_gate(gate: Gate) -> Future[Gate]:
    """Return a future that has ``gate`` as its result already."""
    done: Future[Gate] = Future()
    done.set_result(gate)
    return done
