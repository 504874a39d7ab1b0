"""The configured wikis, by name, and queries of all of them together."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Protocol

from footnote_bot.indexers.errors import WikiMisconfigured, WikiUnavailable
from footnote_bot.indexers.findings import Access, Finding
from footnote_bot.indexers.model import (
    EVERYONE,
    Acl,
    KnownPage,
    Principal,
    ReadAs,
    SyncReport,
    SyncScope,
    addressed,
)
from footnote_bot.indexers.ports import LiveWiki, Wiki
from footnote_bot.indexers.sources.scope import scoped
from footnote_bot.indexers.sources.source import WikiSource

log = logging.getLogger(__name__)


class RecalledIndex(Protocol):
    """The part of an index from which reading continues."""

    def known(self, wiki: str) -> Mapping[str, KnownPage]: ...

    def narrow(self, wiki: str, acl: Acl) -> None:
        """Keep everybody whom ``acl`` does not admit from reading ``wiki``, until the next sync."""
        ...


class Wikis(dict[str, WikiSource]):
    """A dictionary of the wikis by name, in the order of the settings."""

    def __init__(self, sources: Iterable[WikiSource]) -> None:
        super().__init__((source.name, source) for source in sources)

    def chosen(self, *names: str) -> list[WikiSource]:
        """Return the wikis of these names, or all.

        Raises:
            WikiMisconfigured: no wiki is configured, or none has one of the names.
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
        """Return the wikis that a sync reads: the one called ``name``, a ``part`` of it, or all.
        ``recent``: only the latest edits, of wikis that can list them.

        Raises:
            WikiMisconfigured: no wiki has this name.
        """
        if part is not None:
            (source,) = self.chosen(part.wiki)
            return [scoped(source.wiki, source.divisible, part)]
        sources = self.chosen(*([name] if name else []))
        if recent:
            return [source.recent for source in sources if source.recent]
        return [source.wiki for source in sources]

    def part(self, what: str) -> SyncScope:
        """Return the part that an operator calls ``what``: a wiki by name, a page by address, a
        space by key or address. It may ask the wikis.

        Raises:
            WikiMisconfigured: there is no such part; the message lists the wikis.
            WikiUnavailable: no wiki that answers has it, and one does not answer.
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
                trouble = trouble or _cannot_tell(f"{what} is a space", name, error)
                continue
            spaces += [SyncScope(name, space=key) for key in keys]
        if trouble and not spaces:
            raise trouble
        if len(spaces) != 1:
            subject = "Several wikis have a space" if spaces else "Nothing is"
            raise WikiMisconfigured(
                f"{subject} called {what}: name a wiki ({', '.join(self)}), a space by its key, or"
                " a page or space by its address."
            )
        return spaces[0]

    def _part_at(self, url: str) -> SyncScope:
        """Return the page or space at ``url``, see `part`."""
        source = self._at(url)
        if source and (key := source.key_at(url)):
            return SyncScope(source.name, page=key)
        if source and (space := source.space_at(url)):
            return SyncScope(source.name, space=space)
        raise WikiMisconfigured(f"{url} is the address of no page or space that is read.")

    def _at(self, url: str) -> WikiSource | None:
        """Return the wiki that has the address ``url``. The wikis are asked only if no setting
        tells. A wiki that does not answer does not stop the others.

        Raises:
            WikiMisconfigured, WikiUnavailable: a wiki does not answer, and no other one has it.
        """
        trouble: WikiUnavailable | None = None
        for ask in (False, True):
            paths: dict[str, str] = {}
            for name, source in self.items():
                try:
                    path = source.path(url, ask=ask)
                except WikiUnavailable as error:
                    trouble = trouble or _cannot_tell(f"{url} is an address", name, error)
                    continue
                if path is not None:
                    paths[name] = path
            if paths:
                # The deeper one of two wikis on a host: the remaining path is shorter.
                return self[min(paths, key=lambda name: len(paths[name]))]
        if trouble:
            raise trouble
        return None

    @property
    def live_wikis(self) -> dict[str, LiveWiki]:
        """The wikis that can be asked for the current state of a page."""
        return {name: source.live for name, source in self.items() if source.live}

    @property
    def read_as(self) -> dict[str, ReadAs]:
        """Return how the pages of each wiki of files were read, if it was synced."""
        return {name: read_as for name, source in self.items() if (read_as := source.read_as)}

    @property
    def missing(self) -> dict[str, str]:
        """Return why there is nothing to read, for each wiki that is missing on this machine."""
        reasons = {source.name: source.missing() for source in self.values()}
        return {name: why for name, why in reasons.items() if why}

    def tokens(self, email: str) -> frozenset[str]:
        """Return the tokens that the person with this address holds in all wikis, beside
        ``everyone``. It may take seconds."""
        return addressed(email).union(*(source.tokens(email) for source in self.values()))

    def reader(self, email: str, held: frozenset[str] = frozenset()) -> Principal:
        """Return the person with this address; ``held`` are their tokens from elsewhere."""
        return Principal.of(EVERYONE, *held, *self.tokens(email))

    def access(self, email: str, url: str, held: frozenset[str]) -> tuple[Access, Acl]:
        """Return whether the person may read the page at ``url`` by its wiki now, and its Acl.

        Raises:
            WikiMisconfigured: ``url`` is in no configured wiki.
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
        """Return the address at which people edit the page with this key, which they read at
        ``url``; empty if there is none, or the wiki does not answer now."""
        try:
            return self[wiki].edit_address(page, url) if wiki in self else ""
        except WikiUnavailable as error:
            log.info("Where %s is edited cannot be told: %s", wiki, error)
            return ""

    def owner(self, wiki: str, named: str) -> str:
        """Return the owner whom a page of the wiki calls ``named``, see `WikiSource.owner`. It may
        take seconds."""
        return self[wiki].owner(named) if wiki in self else named

    def warn_of_trouble(self, reports: Sequence[SyncReport]) -> None:
        """Add to the reports why people get less than they may read."""
        for report in reports:
            if report.complete and report.wiki in self and (why := self[report.wiki].trouble()):
                report.warnings.append(why)

    def recall(self, index: RecalledIndex) -> None:
        """Read each wiki in the way in which its pages in ``index`` were read, and let only its
        readers find them."""
        for source in self.values():
            if source.readers:
                index.narrow(source.name, source.readers.acl)
            source.recall(partial(index.known, source.name))

    def findings(self) -> Iterator[Finding]:
        """Yield findings about the wikis, each as soon as it is known."""
        for source in self.values():
            yield from source.findings()

    def preload_members(self) -> None:
        """Load the people of each wiki, so that the first question need not wait for them."""
        for source in self.values():
            source.preload_members()

    def follow(self, wiki: str) -> None:
        """Update this machine's copy of the wiki, if there is one; log a failure. Slow at times."""
        try:
            self[wiki].follow()
        except (WikiMisconfigured, WikiUnavailable, OSError) as error:
            log.warning("%s: addresses of its pages may not be known here: %s", wiki, error)

    def abort_waits(self) -> None:
        """Make a sync that waits for a wiki give up."""
        for source in self.values():
            source.abort_waits()


def _cannot_tell(what: str, name: str, error: WikiUnavailable) -> WikiUnavailable:
    """Return the error if the wiki ``name`` cannot tell whether ``what`` is its own."""
    return error.behind(f"Whether {what} of {name} cannot be told.")
