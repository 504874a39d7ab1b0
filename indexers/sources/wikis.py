"""The configured wikis, by name, and queries of all of them together."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Protocol

from indexers.errors import WikiMisconfigured, WikiUnavailable
from indexers.findings import Access, Finding
from indexers.model import (
    EVERYONE,
    Acl,
    KnownPage,
    Principal,
    ReadAs,
    SyncReport,
    SyncScope,
    addressed,
)
from indexers.ports import LiveWiki, Wiki
from indexers.sources.scope import scoped
from indexers.sources.source import WikiSource

log = logging.getLogger(__name__)


class RecalledIndex(Protocol):
    """The part of an index that reading goes on from."""

    def known(self, wiki: str) -> Mapping[str, KnownPage]: ...

    def narrow(self, wiki: str, acl: Acl) -> None:
        """Let nobody whom ``acl`` does not admit read ``wiki``, until the next sync."""
        ...


class Wikis(dict[str, WikiSource]):
    """A dictionary of the wikis by name, in the order of the settings: the port
    `indexers.syncing.ports.ConfiguredWikis`."""

    def __init__(self, sources: Iterable[WikiSource]) -> None:
        super().__init__((source.name, source) for source in sources)

    def chosen(self, *names: str) -> list[WikiSource]:
        """Return the wikis of these names, or all.

        Raises:
            WikiMisconfigured: none is set, or none has one of the names.
        """
        if not self:
            raise WikiMisconfigured(
                "No wiki is set. `footnote init` asks for yours and writes footnote.toml; a file "
                "elsewhere is named with --config."
            )
        for name in names:
            if name not in self:
                raise WikiMisconfigured(
                    f"No wiki is called {name!r}; there are: {', '.join(self)}."
                )
        return [self[name] for name in names or self]

    def to_read(self, name: str | None, part: SyncScope | None, *, recent: bool) -> list[Wiki]:
        if part is not None:
            (source,) = self.chosen(part.wiki)
            return [scoped(source.wiki, source.divisible, part)]
        sources = self.chosen(*([name] if name else []))
        if recent:
            return [source.recent for source in sources if source.recent]
        return [source.wiki for source in sources]

    def part(self, what: str) -> SyncScope:
        """Return what an operator means by ``what``: a wiki's name, a page's address, a space by
        key or address. May ask the wikis.

        Raises:
            WikiMisconfigured: none of these; the message says what there is.
            WikiUnavailable: none of those that tell; one cannot be asked.
        """
        if what in self:
            return SyncScope(what)
        if "://" in what:
            return self._part_at(what)
        spaces: list[SyncScope] = []
        trouble: WikiUnavailable | None = None
        for name, source in self.items():
            try:
                keys = [key for key in source.spaces() if key.casefold() == what.casefold()]
            except WikiUnavailable as error:
                trouble = trouble or _untold(f"{what} is a space", name, error)
                continue
            spaces += [SyncScope(name, space=key) for key in keys]
        if trouble and not spaces:
            raise trouble
        if len(spaces) != 1:
            found = "Several wikis have a space" if spaces else "Nothing is"
            raise WikiMisconfigured(
                f"{found} called {what}: name a wiki ({', '.join(self)}), a space by its key, or a"
                " page or space by its address."
            )
        return spaces[0]

    def _part_at(self, url: str) -> SyncScope:
        source = self._at(url)
        if source and (key := source.key_at(url)):
            return SyncScope(source.name, page=key)
        if source and (space := source.space_at(url)):
            return SyncScope(source.name, space=space)
        raise WikiMisconfigured(f"{url} is the address of no page or space that is read.")

    def _at(self, url: str) -> WikiSource | None:
        """Return the wiki that ``url`` is an address of; the wikis are only asked if no setting
        tells. One that cannot tell leaves the others alone.

        Raises:
            WikiMisconfigured, WikiUnavailable: none of those that tell has it.
        """
        trouble: WikiUnavailable | None = None
        for ask in (False, True):
            ours: dict[str, str] = {}
            for name, source in self.items():
                try:
                    path = source.path(url, ask=ask)
                except WikiUnavailable as error:
                    trouble = trouble or _untold(f"{url} is an address", name, error)
                    continue
                if path is not None:
                    ours[name] = path
            if ours:
                # Of two on one host the deeper one: what is left of the path is shorter.
                return self[min(ours, key=lambda name: len(ours[name]))]
        if trouble:
            raise trouble
        return None

    @property
    def live_wikis(self) -> dict[str, LiveWiki]:
        """The wikis that can be asked how a page stands."""
        return {name: source.live for name, source in self.items() if source.live}

    @property
    def read_as(self) -> dict[str, ReadAs]:
        """Return how the pages of each wiki of files were read, if it was synced."""
        return {name: found for name, source in self.items() if (found := source.read_as)}

    @property
    def missing(self) -> dict[str, str]:
        """Return why there is nothing to read, for each wiki of which this machine can tell."""
        found = {source.name: source.missing() for source in self.values()}
        return {name: why for name, why in found.items() if why}

    def tokens(self, email: str) -> frozenset[str]:
        """Return what the person with this address holds in all wikis together, beside
        ``everyone``. May take seconds."""
        return addressed(email).union(*(source.tokens(email) for source in self.values()))

    def reader(self, email: str, held: frozenset[str] = frozenset()) -> Principal:
        """Return the person with this address, who holds ``held`` elsewhere."""
        return Principal.of(EVERYONE, *held, *self.tokens(email))

    def access(self, email: str, url: str, held: frozenset[str]) -> tuple[Access, Acl]:
        """Return whether the person may read the page at ``url``, as its wiki says now, and the
        rule that says so.

        Raises:
            WikiMisconfigured: it is the address of no wiki that is set.
            WikiUnavailable: the wiki cannot be asked.
        """
        source = self._at(url)
        if source is None:
            raise WikiMisconfigured(
                f"{url} is no address of a wiki that is set: see `url` and `site_url` (one from"
                " git is known once it was synced)."
            )
        return source.access(url, email, partial(self.reader, email, held))

    def edit_address(self, wiki: str, page: str, url: str) -> str:
        """Return where people edit the page of this key, which they read at ``url``; empty if
        there is no such place, or it cannot be told now."""
        try:
            return self[wiki].edit_address(page, url) if wiki in self else ""
        except WikiUnavailable as error:
            log.info("Where %s is edited cannot be told: %s", wiki, error)
            return ""

    def owner(self, wiki: str, named: str) -> str:
        """Return who keeps a page of the wiki that names its owner so. See `WikiSource.owner`.
        May take seconds."""
        return self[wiki].owner(named) if wiki in self else named

    def warn_of_trouble(self, reports: Sequence[SyncReport]) -> None:
        for report in reports:
            if report.complete and report.wiki in self and (why := self[report.wiki].trouble()):
                report.warnings.append(why)

    def recall(self, index: RecalledIndex) -> None:
        """Read each wiki as its pages in ``index`` were read, and let only its readers find
        them."""
        for source in self.values():
            if source.readers:
                index.narrow(source.name, source.readers.acl)
            source.recall(partial(index.known, source.name))

    def findings(self) -> Iterator[Finding]:
        """Yield findings about the wikis, each as soon as it is known."""
        for source in self.values():
            yield from source.findings()

    def preload_members(self) -> None:
        """Read who the people of each wiki are, so that the first to ask need not wait for it."""
        for source in self.values():
            source.preload_members()

    def follow(self, wiki: str) -> None:
        """Bring what this machine keeps of the wiki to how the wiki is now; log why, if it cannot
        be. May take minutes."""
        try:
            self[wiki].follow()
        except (WikiMisconfigured, WikiUnavailable, OSError) as error:
            log.warning("%s: addresses of its pages may not be known here: %s", wiki, error)

    def abort_waits(self) -> None:
        """Let a sync that waits for a wiki which does not answer give up."""
        for source in self.values():
            source.abort_waits()


def _untold(what: str, name: str, error: WikiUnavailable) -> WikiUnavailable:
    return error.behind(f"Whether {what} of {name} cannot be told.")
