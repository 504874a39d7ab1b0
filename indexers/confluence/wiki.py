"""A Confluence as a wiki: what changed in it, page by page, and who may read it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from indexers.confluence.abreast import abreast
from indexers.confluence.cloud import Cloud
from indexers.confluence.data_center import DataCenter
from indexers.confluence.product import Listed, Product, Space, in_batches, labelled
from indexers.confluence.rights import CLOSED, Tokens, acl
from indexers.confluence.storage_format import VERSION, sections
from indexers.confluence.storage_links import Links
from indexers.confluence.transport import Refused, Transport
from indexers.errors import WikiMisconfigured
from indexers.model import (
    NOBODY,
    Acl,
    Changed,
    Enumerated,
    Failed,
    KnownPage,
    Page,
    PageChange,
    Relabelled,
    Skipped,
    Unchanged,
    digest,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A page as the enumeration found it, with its rights."""

    listed: Listed
    acl: Acl
    editor: str
    revision: str


class ConfluenceWiki:
    """The current pages and blog posts of ``spaces`` (keys), or of all spaces but personal
    and archived ones, without those that have one of ``labels_out``."""

    def __init__(
        self,
        name: str,
        transport: Transport,
        *,
        spaces: Sequence[str] = (),
        labels_out: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.closed = 0
        """Pages of the last enumeration that nobody may read, as far as could be told."""
        self._transport = transport
        self._keys = tuple(spaces)
        self._labels_out = tuple(labels_out)
        tokens = Tokens(transport.base.site)
        self._product: Product = (
            Cloud(transport, tokens) if transport.base.cloud else DataCenter(transport, tokens)
        )

    @property
    def requests(self) -> int:
        return self._transport.requests

    def changes(self, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """See `indexers.ports.Wiki`. Rights come first, those that are narrowed before
        all: a page that changed, too, is narrowed at once and read after.

        Raises:
            WikiMisconfigured: the token is not accepted or sees none of the spaces.
            WikiUnavailable: a listing is not whole.
        """
        seen = list(self._enumerated())
        yield Enumerated(frozenset(page.listed.key for page in seen))
        self.closed = sum(page.acl == NOBODY for page in seen)
        if self.closed:
            log.warning("%s: %d pages are shown to nobody, their rights being unreadable or"
                        " naming nobody", self.name, self.closed)  # fmt: skip
        changed: list[_Seen] = []
        settled: list[PageChange] = []
        for page in seen:
            key, held = page.listed.key, known.get(page.listed.key)
            narrows = held is not None and held.acl & page.acl != held.acl
            if held is None or _content(held.revision) != _content(page.revision):
                changed.append(page)
                if held is not None and narrows:
                    yield Relabelled(key, held.revision, held.acl & page.acl)
            elif held.revision == page.revision and held.acl == page.acl:
                settled.append(Unchanged(key))
            elif narrows:
                yield Relabelled(key, page.revision, page.acl)
            else:
                settled.append(Relabelled(key, page.revision, page.acl))
        yield from settled
        yield from self._read(changed, self._links(seen))

    def gone(self, keys: Sequence[str]) -> frozenset[str]:
        """Those that are no longer current, or no longer among what is read here.

        Raises:
            WikiUnavailable: one of them cannot be looked at.
        """
        spaces = self._spaces()
        scope = {space.id for space in spaces}
        out = self._out(spaces)
        found = abreast(self._product.space_of, keys, self._transport.concurrency)
        return frozenset(
            key
            for key, space in zip(keys, found, strict=True)
            if space is None or space not in scope or key in out
        )

    def _spaces(self) -> list[Space]:
        try:
            spaces = self._product.spaces(self._keys)
        except Refused as refused:
            if refused.absent:
                raise self._unseen(self._keys) from refused
            raise
        if missing := set(self._keys) - {space.key for space in spaces}:
            raise self._unseen(sorted(missing))
        if not spaces:
            raise self._unseen(())
        return spaces

    def _unseen(self, keys: Sequence[str]) -> WikiMisconfigured:
        which = f"space {', '.join(keys)}" if keys else "any space"
        return WikiMisconfigured(
            f"The token of {self.name} does not see {which} of the Confluence at"
            f" {self._transport.base.url}: see `spaces`, and what the token's account may view."
        )

    def _out(self, spaces: Sequence[Space]) -> frozenset[str]:
        if not self._labels_out:
            return frozenset()
        return frozenset[str]().union(
            *(labelled(self._transport, space, self._labels_out) for space in spaces)
        )

    def _enumerated(self) -> Iterator[_Seen]:
        spaces = self._spaces()
        out = self._out(spaces)
        for space in spaces:
            viewers = self._product.viewers(space)
            if viewers == CLOSED:
                log.warning("%s: who may view space %s cannot be read: its pages are shown to"
                            " nobody", self.name, space.key)  # fmt: skip
            pages = [page for page in self._product.pages(space) if page.key not in out]
            rights = self._product.rights(pages)
            for page in pages:
                nodes = (rights.gates.get(key, CLOSED) for key in (*page.ancestors, page.key))
                allowed = acl(viewers, nodes)
                editor = rights.editors.get(page.key, "v2" if self._transport.base.cloud else "")
                yield _Seen(page, allowed, editor, _revision(page, allowed, editor))

    def _read(self, pages: Sequence[_Seen], links: _Addresses) -> Iterator[PageChange]:
        """Bodies are under way while earlier pages are embedded."""
        by_key = {page.listed.key: page for page in pages}
        batches = in_batches([page.listed for page in pages], self._product.batch)
        for bodies in abreast(self._product.bodies, batches, self._transport.concurrency):
            for key, body in bodies.items():
                if isinstance(body, Refused):
                    yield Failed(key, str(body))
                else:
                    yield self._page(by_key[key], body, links)

    def _page(self, seen: _Seen, body: str, links: _Addresses) -> PageChange:
        listed = seen.listed
        try:
            found = sections(body, title=listed.title, editor=seen.editor, links=links.of(listed))
        except Exception as error:
            # A defect of ours that one page brings out must not keep the others away.
            log.exception("%s: the page %s cannot be converted", self.name, listed.key)
            return Failed(listed.key, f"cannot be converted ({type(error).__name__}; see the log)")
        if not found:
            return Skipped(listed.key, "empty")
        return Changed(
            Page(
                wiki=self.name,
                key=listed.key,
                title=listed.title,
                url=listed.url,
                revision=seen.revision,
                acl=seen.acl,
                sections=found,
                updated=listed.updated,
            )
        )

    def _links(self, seen: Sequence[_Seen]) -> _Addresses:
        return _Addresses(
            self._transport.base.url,
            {(page.listed.space.key, page.listed.title): page.listed.url for page in seen},
            self._product,
        )


class _Addresses:
    """Where links between pages lead, told by the last enumeration."""

    def __init__(self, base: str, titles: Mapping[tuple[str, str], str], product: Product) -> None:
        self._base = base
        self._titles = titles
        self._user = cache(product.user_name)

    def of(self, page: Listed) -> Links:
        return Links(
            address=page.url,
            page=lambda space, title: self._titles.get((space or page.space.key, title), ""),
            content=lambda key: f"{self._base}/pages/viewpage.action?pageId={quote(key)}",
            attachment=lambda name: f"{self._base}/download/attachments/{page.key}/{quote(name)}",
            user=self._user,
        )


def _revision(page: Listed, allowed: Acl, editor: str) -> str:
    """Of text, place and what the text is read by; the rights stand behind a dot."""
    content = digest(
        VERSION, str(page.version), page.title, *page.ancestors, page.space.name, page.url, editor
    )
    return f"{content}.{digest(str(allowed))[:12]}"


def _content(revision: str) -> str:
    return revision.partition(".")[0]
