"""A check of several pages of a Confluence: the state of each, and its text if it was edited."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from threading import Lock

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.model import Changed, LivePage, Page, Skipped
from footnote_bot.indexers.sources.confluence.attachment_listing import fetch_file, is_attachment
from footnote_bot.indexers.sources.confluence.attachments import Attached
from footnote_bot.indexers.sources.confluence.comment_listing import live
from footnote_bot.indexers.sources.confluence.comments import TAIL, CommentsOn, is_comments
from footnote_bot.indexers.sources.confluence.documents import says_the_same, version_of
from footnote_bot.indexers.sources.confluence.extras import Extras, PageExtras
from footnote_bot.indexers.sources.confluence.gates import read_gate
from footnote_bot.indexers.sources.confluence.located import (
    Located,
    Made,
    PartialResult,
    ProductNow,
    SpaceNow,
)
from footnote_bot.indexers.sources.confluence.parallel import start_in_thread
from footnote_bot.indexers.sources.confluence.pool import Pool
from footnote_bot.indexers.sources.confluence.product import UNKNOWN, ConfluenceSpace, Product
from footnote_bot.indexers.sources.confluence.reading import Names, Reader, Seen
from footnote_bot.indexers.sources.confluence.remembering import Remembered
from footnote_bot.indexers.sources.confluence.rights import CLOSED, Gate, Tokens, acl
from footnote_bot.indexers.sources.confluence.scope import Scope
from footnote_bot.indexers.sources.confluence.transport import Refused, Transport

_NAMES = 30
"""People named on a page that are looked up; a page with more is read again by the next sync."""
_MENTION = re.compile(r'ri:(?:account-id|userkey)="([^"<>]{1,200})"')


_NOWHERE = ConfluenceSpace("", "", "")


@dataclass(frozen=True, slots=True)
class CheckedConfluence:
    """The Confluence that is checked, and the shared state of all checks. ``spaces`` are by
    `Located.space`; ``clock`` returns seconds."""

    wiki: str
    transport: Transport
    tokens: Tokens
    scope: Scope
    extras: Extras
    product: Product
    now: ProductNow
    reader: Reader
    page_extras: PageExtras
    names: Names
    spaces: Remembered[str, SpaceNow | None]
    pool: Pool
    clock: Callable[[], float]


class LiveCheck:
    """A check of several pages, with a deadline on the clock."""

    def __init__(self, of: CheckedConfluence, until: float) -> None:
        self._of = of
        self._until = until
        self._gates: dict[str, Future[Gate]] = {}
        self._results: dict[str, PartialResult] = {}
        self._lock = Lock()

    def at(self, key: str, revision: str) -> LivePage | None:
        """Check a page or document; return None if there is none, or it is not read."""
        is_extra = is_attachment(key) or is_comments(key)
        result = self._results[key] = PartialResult(revision, is_extra=is_extra)
        try:
            return self._at(key, revision, result)
        except WikiUnavailable:
            # Another request may still reveal that somebody may not read it.
            result.wait(self._until - self._of.clock())
            raise

    def _at(self, key: str, revision: str, result: PartialResult) -> LivePage | None:
        if is_attachment(key):
            return self._file(key, revision, result) if self._of.extras.attachments else None
        if is_comments(key):
            return self._comments(key, revision, result) if self._of.extras.comments else None
        located = self._of.now.locate(key, self._submit, result)
        indexed_version = version_of(revision)
        return self._page(key, located, indexed_version, result) if located else None

    def so_far(self, key: str) -> LivePage | None:
        """Return what is certain by now of a document that is being checked; None if nothing is."""
        result = self._results.get(key)
        return result.so_far() if result else None

    def _page(
        self, key: str, located: Located, indexed_version: int, result: PartialResult
    ) -> LivePage | None:
        gates = self._above(key, located, result)
        # The page's space is not known yet, and its text does not depend on it.
        listed, product = located.listed(_NOWHERE), self._of.product
        body: Future[Mapping[str, str | Refused]] | None = None
        if listed.version > indexed_version:
            body = self._submit(partial(product.bodies, [listed]))
            editor = self._submit(partial(product.editor, listed))
            # Its text may have been written for fewer people than the restriction that was read
            # beside it.
            gates.append(self._submit(partial(read_gate, self._of.transport, self._of.tokens, key)))
            result.add_gate(gates[-1])
        if (space := self._space(located, result)) is None:
            return None
        listed = located.listed(space.space)
        rights = acl(space.viewers, (gate.result() for gate in gates))
        if listed.version < indexed_version:
            return None
        if body is None:
            return LivePage(rights)
        return self._read_again(Seen(listed, rights, editor.result()), body.result()[key])

    def _read_again(self, seen: Seen, body: str | Refused) -> LivePage:
        edited = LivePage(seen.acl, edited=True)
        if isinstance(body, Refused) or not self._look_up_people(body):
            return edited
        change = self._of.reader.convert(seen, body)
        if isinstance(change, Changed):
            return LivePage(seen.acl, edited=True, now=change.page)
        if isinstance(change, Skipped):
            page = seen.listed
            empty = Page(self._of.wiki, page.key, page.title, page.url, "", seen.acl, ())
            return LivePage(seen.acl, edited=True, now=empty)
        return edited

    def _look_up_people(self, body: str) -> bool:
        """Look up the names of people on a page in parallel, because a conversion would request
        them one by one. Return False if there are too many."""
        names = self._of.names
        unknown = {key for key in _MENTION.findall(body) if not names.get(key)}
        if len(unknown) > _NAMES:
            return False
        name = self._of.product.user_name
        requests = {key: self._submit(partial(name, key)) for key in unknown}
        names.update({key: request.result() for key, request in requests.items()})
        return True

    def _file(self, key: str, revision: str, result: PartialResult) -> LivePage | None:
        file = self._submit(partial(fetch_file, self._of.transport, key)).result()
        if file and file.version != version_of(revision):
            result.record_difference()
        page = self._seen(file.page, result) if file else None
        if file is None or page is None:
            return None
        document = Attached(page, file)
        if file.version < version_of(revision):
            return None
        return LivePage(document.acl, edited=file.version > version_of(revision))

    def _comments(self, key: str, revision: str, result: PartialResult) -> LivePage | None:
        page_key = key.removesuffix(TAIL)
        request = start_in_thread(partial(live, self._of.transport), page_key)
        result.add_comments(request)
        page = self._seen(page_key, result)
        # Comments of a page that is gone are gone, whether or not Confluence still lists them.
        if page is None or not (comments := request.result()):
            return None
        document = CommentsOn(page, tuple(sorted(comments, key=lambda comment: comment.place)))
        if says_the_same(document, revision):
            return LivePage(page.acl)
        # They may have been written for fewer people than the rights that were read beside them.
        with self._lock:
            self._gates.clear()
        page = self._seen(page_key, result)
        if page is None:
            return None
        for change in self._of.page_extras.read([document.on(page)]):
            if isinstance(change, Changed):
                return LivePage(page.acl, edited=True, now=change.page)
        return LivePage(page.acl, edited=True)

    def _seen(self, key: str, result: PartialResult) -> Seen | None:
        """Check the page that a file or comments belong to."""
        located = self._of.now.locate(key, self._submit, result)
        if located is None:
            return None
        gates = self._above(key, located, result)
        if (space := self._space(located, result)) is None:
            return None
        rights = acl(space.viewers, (gate.result() for gate in gates))
        return Seen(located.listed(space.space), rights, "v2")

    def _above(self, key: str, located: Located, result: PartialResult) -> list[Future[Gate]]:
        """Request the gates of the page and of all its ancestors."""
        gates = [
            _done(located.gates[node]) if node in located.gates else self._gate(node)
            for node in (*located.ancestors, key)
        ]
        for gate in gates:
            result.add_gate(gate)
        return gates

    def _gate(self, node: str) -> Future[Gate]:
        """Request a gate once, however many pages are below it."""
        if node == UNKNOWN:
            return _done(CLOSED)
        with self._lock:
            if node not in self._gates:
                wiki, tokens = self._of.transport, self._of.tokens
                self._gates[node] = self._submit(partial(read_gate, wiki, tokens, node))
            return self._gates[node]

    def _space(self, located: Located, result: PartialResult) -> SpaceNow | None:
        """Return the space of a page; None if it is not read."""
        found = self._of.spaces.get(located.space)
        if found is None or not self._of.scope.reads(found.space.key, found.tells):
            return None
        result.add_gate(_done(found.viewers))
        return found

    def _submit(self, work: Callable[[], Made]) -> Future[Made]:
        def in_time() -> Made:
            if self._of.clock() > self._until:
                raise WikiUnavailable("there is no time left to ask")
            return work()

        return self._of.pool.submit(in_time)


def _done(gate: Gate) -> Future[Gate]:
    done: Future[Gate] = Future()
    done.set_result(gate)
    return done
