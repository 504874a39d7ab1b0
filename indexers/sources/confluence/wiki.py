"""A Confluence as a wiki: its changes, page by page, and who may read them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from indexers.errors import WikiMisconfigured, WikiUnavailable
from indexers.model import (
    NOBODY,
    Enumerated,
    Failed,
    KnownPage,
    PageChange,
    Relabelled,
    Skipped,
    Space,
    Unchanged,
)
from indexers.parsing.limits import Parse, here
from indexers.sources.confluence.documents import (
    revision,
    says_the_same,
    space_of,
    version_of,
)
from indexers.sources.confluence.extras import Extra, ExtraParts, Extras, PageExtras
from indexers.sources.confluence.ownership import NOBODY_NAMED, Ownership
from indexers.sources.confluence.product import ConfluenceSpace, Elsewhere
from indexers.sources.confluence.reading import EMPTY, Names, Reader, Seen
from indexers.sources.confluence.rights import Gate
from indexers.sources.confluence.scope import Scope
from indexers.sources.confluence.second_look import (
    failures,
    narrowed_meanwhile,
    refusals,
    relabelled,
)
from indexers.sources.confluence.spaces_lost import (
    close_pages,
    in_lost_spaces,
    known_in,
    left_behind,
    untold_spaces,
    vanished,
)
from indexers.sources.confluence.survey import ListedSpaces, NoSpaces, Survey
from indexers.sources.confluence.transport import Transport

log = logging.getLogger(__name__)

_HOURS = 27
"""The period of the cheap pass: a day for time zones and a search index that lags, and an hour for
the pass itself."""


class ConfluenceWiki:
    """The current pages and blog posts of ``scope``, and their ``extras``, which have the same
    owner, by ``ownership``."""

    def __init__(  # noqa: PLR0913 - what is read, and who is told
        self,
        name: str,
        transport: Transport,
        scope: Scope | None = None,
        extras: Extras | None = None,
        ownership: Ownership = NOBODY_NAMED,
        *,
        names: Names | None = None,
        viewers_seen: Callable[[ConfluenceSpace, Gate], None] = lambda _space, _viewers: None,
        parse: Parse = here,
    ) -> None:
        """Create it. ``names`` are known people's; ``viewers_seen`` is called with a space's
        viewers whenever they are read."""
        self.name = name
        self.has_page_rights = True
        self.scope_settings = "`spaces`, `page_trees`, `labels` and `cql`"
        self.survey = Survey(name, transport, scope or Scope(), ownership, viewers_seen)
        self._transport = transport
        self._reader = Reader(name, transport, self.survey.product, names, parse=parse)
        self._extras = PageExtras(extras or Extras(), name, transport, self._reader, parse)
        self._passed_over: dict[str, int] = {}

    @property
    def requests(self) -> int:
        return self._transport.requests

    def changes(self, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """Yield the changes, see `indexers.ports.Wiki`. Rights come first, narrowed ones before
        all: a page that also changed is narrowed at once and read later, and so are its
        attachments. The counts of spaces are of pages alone.

        Raises:
            WikiMisconfigured: the token is not accepted or sees none of the spaces.
            WikiUnavailable: a listing is not whole.
        """
        self._passed_over.clear()
        spaces = yield from self._listed_spaces(known)
        # Before the rights: what is listed after them may have been written for fewer people.
        parts, trouble = self._parts(spaces.seen, known_in(spaces.seen, known))
        found = self.survey.enumerated(spaces.seen)
        seen = _merged(found.pages)
        tallies = _tallies(spaces.seen, seen)
        extras = parts.documents({page.key: page for page in seen})
        keys = frozenset(one.key for one in (*seen, *extras))
        self.survey.learn_keys(untold_spaces(spaces, known, self.survey.key_of))
        left = left_behind(spaces, found.refused, keys, known, self.survey.key_of)
        if not trouble:
            warnings = refusals(seen)
            if not spaces.lost:
                warnings += vanished(spaces, known, self.survey.key_of)
            yield Enumerated(keys | left.keys, tallies, whole=not left.unread, warnings=warnings)
        yield from close_pages(left.closed)
        yield from left.failures
        yield from self._extras.not_read(known)
        if closed := sum(tally.closed for tally in tallies.values()):
            log.warning("%s: %d pages are shown to nobody, their rights being unreadable or"
                        " naming nobody", self.name, closed)  # fmt: skip
        if trouble:
            yield from close_pages(self._perhaps_narrowed(seen, known))
        yield from self._differing(seen, extras, known)
        if trouble:
            raise trouble

    def recent(self, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """Yield recent edits, attachments and comments, as far as the search knows them; rights,
        moves and removals are left to `changes`.

        Raises:
            WikiMisconfigured: the token is not accepted or sees none of the spaces.
            WikiUnavailable: the search does not answer.
        """
        listed = yield from self._listed_spaces(known)
        yield from close_pages(in_lost_spaces(listed, known))
        listed.with_some_seen()
        spaces = {space.id: space for space in listed.seen}
        edited = dict(self.survey.product.edited(_HOURS))
        keys = [
            key
            for key, version in edited.items()
            if self._passed_over.get(key) != version
            and (key not in known or version_of(known[key].revision) != version)
        ]
        parts = self._extras.edited(_HOURS, known)
        wanted = dict.fromkeys((*keys, *(part.page for part in parts)))
        pages = self.survey.by_space(self.survey.found(wanted, spaces))
        seen = {
            page.key: page
            for space, listed in pages.items()
            for page in self.survey.seen(space, self.survey.selected(space, listed))
        }
        # A document that is not read here, or is empty, would be checked each time for a day.
        to_read = {key for key, page in seen.items() if not self._reader.known_empty(page)}
        self._passed_over |= {key: edited[key] for key in keys if key not in to_read}
        edits = [seen[key] for key in keys if key in seen]
        yield from self._differing(edits, parts.documents(seen), known)

    def page(self, key: str) -> Iterator[PageChange]:
        """Yield one page, see `indexers.ports.Divisible`. Its attachments are left to `changes`.

        Raises:
            WikiMisconfigured: the token is not accepted or sees none of the spaces.
            WikiUnavailable: Confluence does not answer, or not to this.
        """
        if self.survey.gone([key]):
            yield Skipped(key, "it is gone, or not among what is read")
            return
        yield from self._differing(list(self._seen([key]).values()), (), {})

    def space(self, key: str, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """Yield the changes of a space, see `indexers.ports.Divisible`.

        Raises:
            WikiMisconfigured: no such space is read.
            WikiUnavailable: a listing is not whole.
        """
        spaces = [space for space in self.survey.spaces(fresh=True) if space.key == key]
        if not spaces:
            raise WikiMisconfigured(f"{self.name} reads no space {key}.")
        # In the order of `changes`, and for its reason.
        parts = self._extras.enumerated(spaces, ())
        seen = _merged(self.survey.enumerated(spaces).pages)
        extras = parts.documents({page.key: page for page in seen})
        yield from self._differing(seen, extras, known)

    def gone(self, keys: Sequence[str]) -> frozenset[str]:
        """Return those that are no longer current, or no longer in the scope.

        Raises:
            WikiUnavailable: one of them cannot be looked at.
        """
        extras = [key for key in keys if self._extras.owns(key)]
        parts = list(self._extras.looked_at(extras))
        asked = dict.fromkeys(key for key in keys if not self._extras.owns(key))
        asked |= dict.fromkeys(part.page for part in parts)
        gone = self.survey.gone(list(asked)) if asked else frozenset()
        left = {part.document for part in parts if part.page not in gone}
        return (gone & {*keys}) | ({*extras} - left)

    def _listed_spaces(
        self, known: Mapping[str, KnownPage]
    ) -> Generator[PageChange, None, ListedSpaces]:
        """Return the spaces. If none is seen any more, all pages are closed first."""
        try:
            return self.survey.list_spaces()
        except NoSpaces:
            yield from close_pages(known)
            raise

    def _parts(
        self, spaces: Sequence[ConfluenceSpace], known: Collection[str]
    ) -> tuple[ExtraParts, WikiUnavailable | None]:
        """Return the attachments; a failure to list them must not keep pages from being read."""
        try:
            return self._extras.enumerated(spaces, known), None
        except WikiUnavailable as error:
            return ExtraParts([]), error

    def _perhaps_narrowed(
        self, seen: Sequence[Seen], known: Mapping[str, KnownPage]
    ) -> Mapping[str, KnownPage]:
        """Return the attachments, which could not be listed, of spaces in which a page has lost
        readers: they may be on that page."""
        spaces = {
            page.listed.space.id
            for page in seen
            if (held := known.get(page.key)) and held.acl not in {NOBODY, held.acl & page.acl}
        }
        return {
            key: held
            for key, held in known.items()
            if self._extras.owns(key) and space_of(held.revision) in spaces
        }

    def _seen(self, keys: Collection[str]) -> dict[str, Seen]:
        """Return the pages that exist, in their current state."""
        spaces = {space.id: space for space in self.survey.spaces()}
        found = list(self.survey.found(keys, spaces))
        if any(isinstance(page, Elsewhere) for page in found):
            # In a space that is newer than our list of them, or in none that is read.
            spaces = {space.id: space for space in self.survey.spaces(fresh=True)}
            found = list(self.survey.found(keys, spaces))
        return {
            seen.key: seen
            for space, listed in self.survey.by_space(found).items()
            for seen in self.survey.seen(space, listed)
        }

    def _differing(
        self, pages: Sequence[Seen], extras: Sequence[Extra], known: Mapping[str, KnownPage]
    ) -> Iterator[PageChange]:
        """Yield the differences between ``known`` and what was seen. Rights that could not be read,
        and perhaps can be, are read again at the end."""
        doubtful = {page.key: page for page in pages if page.doubtful}
        in_doubt = [one for one in extras if one.page.key in doubtful]
        narrowed = narrowed_meanwhile((*doubtful.values(), *in_doubt), known)
        yield from relabelled(known, narrowed)
        yield from self._applied(
            [page for page in pages if page.key not in doubtful],
            [one for one in extras if one.page.key not in doubtful],
            known,
        )
        if not doubtful:
            return
        again = {page.key: page for page in self._seen_again(list(doubtful.values()))}
        in_doubt = [one.on(again[one.page.key]) for one in in_doubt]
        yield from self._applied(list(again.values()), in_doubt, {**known, **narrowed})
        yield from failures(list(again.values()))

    def _seen_again(self, doubtful: Sequence[Seen]) -> Iterator[Seen]:
        """Yield pages seen again; those that cannot be seen now stay in doubt."""
        try:
            found = {page.key: page for page in self.survey.seen_again(doubtful)}
        except WikiUnavailable as error:
            log.warning("%s: rights could not be read again: %s", self.name, error)
            found = {}
        for page in doubtful:
            yield found.get(page.key, page)

    def _applied(
        self, pages: Sequence[Seen], extras: Sequence[Extra], known: Mapping[str, KnownPage]
    ) -> Iterator[PageChange]:
        to_read: set[str] = set()
        settled: list[PageChange] = []
        documents: list[Seen | Extra] = [*pages, *extras]
        for document in documents:
            key, held = document.key, known.get(document.key)
            unread = self._unread(document)
            both = held.acl & document.acl if held else document.acl
            # Pages that nobody is shown cannot be narrowed.
            narrows = held is not None and held.acl not in {NOBODY, both}
            stays = not isinstance(unread, Skipped)
            if held and stays and says_the_same(document, held.revision):
                now = Relabelled(key, revision(document), document.acl, document.owner)
                if narrows:
                    yield now
                else:
                    same = held == KnownPage(now.revision, now.acl, document.owner)
                    settled.append(Unchanged(key) if same else now)
                continue
            if held and narrows:
                yield Relabelled(key, held.revision, both)
            if unread:
                settled.append(unread)
            else:
                to_read.add(key)
        yield from settled
        changed = [page for page in pages if page.key in to_read]
        changed, left_out = self.survey.sorted_by_labels(changed)
        yield from left_out
        yield from self._reader.read(changed)
        without = {page.key for page in left_out}
        for one in extras:
            if one.page.key in without:
                yield Skipped(one.key, "its page is left out by its labels", on_purpose=True)
        yield from self._extras.read(
            [one for one in extras if one.key in to_read and one.page.key not in without]
        )

    def _unread(self, document: Seen | Extra) -> Skipped | Failed | None:
        if not isinstance(document, Seen):
            return self._extras.unread(document)
        return Skipped(document.key, EMPTY) if self._reader.known_empty(document) else None


def _merged(seen: Iterable[Seen]) -> list[Seen]:
    """Return each page once: one that moves during the pass may come in both its spaces, and then
    gets the rights that both allow."""
    found: dict[str, Seen] = {}
    for page in seen:
        other = found.get(page.listed.key)
        found[page.listed.key] = replace(page, acl=page.acl & other.acl) if other else page
    return list(found.values())


def _tallies(spaces: Sequence[ConfluenceSpace], seen: Sequence[Seen]) -> dict[str, Space]:
    pages = dict.fromkeys((space.key for space in spaces), 0)
    closed = dict(pages)
    for page in seen:
        pages[page.listed.space.key] += 1
        closed[page.listed.space.key] += page.acl == NOBODY
    return {key: Space(pages[key], closed[key]) for key in pages}
