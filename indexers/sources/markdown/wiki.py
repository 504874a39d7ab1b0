"""A folder of Markdown as a wiki: its changes, page by page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from footnote_bot.indexers.daemons import in_order
from footnote_bot.indexers.errors import IndexersError, WikiMisconfigured, WikiUnavailable
from footnote_bot.indexers.model import (
    OPEN,
    Acl,
    Changed,
    Enumerated,
    Failed,
    KnownPage,
    Page,
    PageChange,
    ReadAs,
    Relabelled,
    Skipped,
    Unchanged,
    digest,
)
from footnote_bot.indexers.parsing.limits import PAGE, Parse, ParsingFailed, here
from footnote_bot.indexers.sources.markdown import convert
from footnote_bot.indexers.sources.markdown.addresses import bare, below
from footnote_bot.indexers.sources.markdown.cache import PageCache
from footnote_bot.indexers.sources.markdown.files import (
    UnreadFile,
    listing,
    may_exist,
)
from footnote_bot.indexers.sources.markdown.flavours import Guess
from footnote_bot.indexers.sources.markdown.git_dates import LastChanges
from footnote_bot.indexers.sources.markdown.reading import (
    AHEAD,
    Link,
    SeenFile,
    SeenFiles,
    convert_page,
)
from footnote_bot.indexers.sources.markdown.site import Site

log = logging.getLogger(__name__)

_EMPTY = "empty"


class MarkdownWiki:
    """Markdown files below ``root``, which may be the folder of the pages or the repository around
    it.

    ``site_url`` is the address at which the pages' folder is published, ``repository_url`` the one
    at which a forge shows ``root``. ``flavour``, ``anchors`` and ``addresses`` are recognised
    unless they are named (see `indexers.sources.markdown.dialects`). ``include`` and ``exclude``
    are patterns as in ``.gitignore``, matched from the pages' folder. ``acl`` are the rights to
    every page. ``dates`` returns the dates of the files' last changes by path, ``parse`` calls a
    parser within limits, ``cache`` holds earlier results for the same files.
    """

    def __init__(  # noqa: PLR0913 - one parameter a setting
        self,
        name: str,
        root: Path,
        *,
        site_url: str = "",
        flavour: str = "auto",
        anchors: str = "auto",
        addresses: str = "auto",
        acl: Acl = OPEN,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        repository_url: str = "",
        dates: Callable[[Path], Mapping[str, date]] | None = None,
        parse: Parse = here,
        cache: PageCache | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.name = name
        self.has_page_rights = False
        self.scope_settings = "`path`, `include` and `exclude`"
        self.requests = 0
        self._root = root
        self._acl = acl
        self._dates = dates or LastChanges()
        self._last_changes: Mapping[str, date] = {}
        self._cache = cache or PageCache()
        self._files = SeenFiles(parse, self._cache)
        self._guess: Guess | None = None
        self._parse = parse
        self._today = today
        self._site_url = site_url
        self._is_guessed = flavour == "auto"
        self._new_site = partial(
            Site,
            root,
            site_url=site_url,
            flavour=flavour,
            anchors=anchors,
            addresses=addresses,
            repository_url=repository_url,
            include=include,
            exclude=exclude,
            parse=parse,
        )

    def changes(self, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """Yield the changes, see `indexers.ports.Wiki`. Only pages that differ are parsed.

        Raises:
            WikiMisconfigured: there is no such folder, flavour or pattern.
            WikiUnavailable: a folder cannot be listed.
        """
        last_guess = self._guess
        self.recall(known)
        previous_guess = self._guess or last_guess  # nothing may be indexed yet
        site = self._site()
        self._guess = site.guess
        unlisted = frozenset(key for key in known if site.is_unlisted(key))
        self._last_changes = self._dates(site.root)
        yield Enumerated(
            unlisted.union(site.keys),
            read_as=self.read_as,
            warnings=tuple(self._other_guesses(site, previous_guess)),
        )
        files = self._files.all(site)
        self._cache.save()  # in case the sync is killed
        try:
            site.publish({key: file.matter for key, file in files.items()})
            yield from self._unfollowed(site, known)
            yield from self._changes(site, files, known)
            self._cache.forget_unused()
        finally:
            self._cache.save()

    def _changes(
        self, site: Site, files: Mapping[str, SeenFile], known: Mapping[str, KnownPage]
    ) -> Iterator[PageChange]:
        """Yield the change of each file in ``files``: first of pages that need not be read, then of
        the others, which are read and converted."""
        to_read: list[Callable[[], PageChange | None]] = []
        for key, file in files.items():
            known_page = known.get(key)
            change = self._guard(key, partial(self._known_change, site, key, file, known_page))
            if change is None:
                read = partial(self._read, site, key, known_page)
                to_read.append(partial(self._guard, key, read))
            else:
                yield change
        changes = in_order(to_read, ahead=AHEAD, name="reading pages")
        yield from filter(None, changes)

    @staticmethod
    def _unfollowed(site: Site, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """Yield a failure for each folder that could not be listed, and a skipped page for each
        entry that is not read, such as a link to a folder."""
        for folder, why in site.unlisted.items():
            yield Failed(folder, f"cannot be listed: {why}; what was read of it before stays")
        for path, why in site.unread.items():
            # An indexed page whose link leads nowhere now has vanished, like any other page.
            if path not in known:
                yield Skipped(path, why)

    def overview(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """Return the keys of all pages, and warnings about the whole wiki.

        Raises:
            WikiMisconfigured, WikiUnavailable: as `changes`.
        """
        site = self._site()
        previous_guess, self._guess = self._guess, site.guess
        return frozenset(site.keys), tuple(self._other_guesses(site, previous_guess))

    def recall(self, known: Mapping[str, KnownPage]) -> None:
        """Read the wiki by the guess by which most of the ``known`` pages were read."""
        self._guess = Guess.of(known)

    @property
    def read_as(self) -> ReadAs | None:
        """Return how its pages are read; None before that is known."""
        if self._guess is None:
            return None
        return ReadAs(self._guess.flavour, self._guess.folder, guessed=self._is_guessed)

    def _other_guesses(self, site: Site, before: Guess | None) -> Iterator[str]:
        """Yield a warning if the wiki looks like another flavour than it is read as, or is read by
        another guess than ``before``."""
        if site.other_guess:
            yield (
                f"its pages look like {site.other_guess} now, and are read as before: {site.guess};"
                f" set `flavour`, or run `footnote sync --wiki {self.name} --full` to guess anew"
            )
        elif before and before != site.guess:
            yield f"its pages are read as {site.guess} from now on; before: {before}"

    def gone(self, keys: Sequence[str]) -> frozenset[str]:
        """Return the ``keys`` of files that no longer exist, or are no longer pages."""
        site = self._site()
        return frozenset(key for key in keys if not self._may_exist(site, key))

    def page(self, key: str) -> Iterator[PageChange]:
        """Yield one page, see `indexers.ports.Divisible`. It reads every file, because a page's
        links depend on the others.

        Raises:
            WikiMisconfigured, WikiUnavailable: as `changes`; and the wiki has no page at all.
        """
        site = self._site()
        self._last_changes = self._dates(site.root)
        files = self._files.all(site)
        site.publish({path: file.matter for path, file in files.items()})
        if key in files:
            yield from self._changes(site, {key: files[key]}, {})
        elif site.is_unlisted(key):
            yield Failed(key, "its folder cannot be listed")
        elif self._may_exist(site, key):
            yield Failed(key, "its place cannot be looked at")
        elif not site.keys:
            raise WikiUnavailable(
                f"no page was found in {self.name}: see its {self.scope_settings}"
            )
        else:
            yield Skipped(key, "it is gone")

    def space(self, key: str, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:  # noqa: ARG002 - the port's
        """Raise an error: there are no spaces.

        Raises:
            WikiMisconfigured: always.
        """
        raise WikiMisconfigured(f"{self.name} is a wiki of Markdown, which has no spaces.")

    def path(self, url: str, *, look: bool = False) -> str | None:
        """Return the path of ``url`` below this wiki; None if it is in another wiki. With ``look``,
        read the files if no setting names the wiki's address.

        Raises:
            WikiMisconfigured, WikiUnavailable: as `changes`.
        """
        site = self._site_url or (self._site().url if look else "")
        return below(site, url) if site else None

    def key_at(self, url: str) -> str | None:
        """Return the key of the page at ``url``: empty if there is none, None if ``url`` is not in
        this wiki. It reads every file.

        Raises:
            WikiMisconfigured, WikiUnavailable: as `changes`.
        """
        site = self._site()
        if below(site.url, url) is None:
            return None
        site.publish({key: file.matter for key, file in self._files.all(site).items()})
        return next((key for key in site.keys if bare(site.address(key)) == bare(url)), "")

    def edit_address(self, key: str) -> str:
        """Return the address at which a forge lets people edit the page; empty if there is none.

        Raises:
            WikiMisconfigured, WikiUnavailable: as `changes`.
        """
        return self._site().edit_address(key)

    def _site(self) -> Site:
        """Return the site of the files that are there now."""
        return self._new_site(listing(self._root), before=self._guess)

    def _may_exist(self, site: Site, key: str) -> bool:
        """Return whether the page exists, or an error may hide it: doubt removes no page."""
        if site.has(key) or site.is_unlisted(key):
            return True
        return site.selects(key) and may_exist(site.root, key)

    def _guard(self, key: str, work: Callable[[], PageChange | None]) -> PageChange | None:
        """Return the result of ``work`` for the page ``key``. An unexpected error becomes a failure
        of this page, and does not stop the others."""
        try:
            return work()
        except IndexersError:
            raise
        except Exception as error:
            log.exception("%s: the page %s cannot be read", self.name, key)
            reason = f"cannot be converted ({type(error).__name__}; see the log)"
            return Failed(key, reason)

    def _known_change(
        self, site: Site, key: str, file: SeenFile, known: KnownPage | None
    ) -> PageChange | None:
        """Return a page's change, compared to ``known``; None if it must be converted first."""
        if file.unread is not None:
            return _not_read(key, file.unread, known)
        if reason := file.matter.withheld(self._today()):
            return Skipped(key, reason, on_purpose=True)
        revision = self._revision(site, key, file)
        return self._same_content(key, revision, known) if revision else None

    def _same_content(
        self, key: str, revision: str, known: KnownPage | None
    ) -> Unchanged | Relabelled | Skipped | None:
        """Return the change of a page whose content is that of ``known``, or is cached as empty;
        None if it must be converted, or was and has text."""
        if known is not None and known.revision == revision and known.acl == self._acl:
            return Unchanged(key)
        if known is not None and _content_part(known.revision) == _content_part(revision):
            return Relabelled(key, revision, self._acl)
        return Skipped(key, _EMPTY) if self._cache.get(_content_part(revision)) else None

    def _read(self, site: Site, key: str, known: KnownPage | None) -> PageChange:
        """Read and convert one page; return why if it is not read."""
        # The file is read once, so that the revision is of the bytes that are converted.
        try:
            raw = site.read(key)
            file = self._files.skimmed(key, raw)
        except UnreadFile as unread:
            return _not_read(key, unread, known)
        if reason := file.matter.withheld(self._today()):
            return Skipped(key, reason, on_purpose=True)
        try:
            converted = self._parse(
                PAGE,
                convert_page,
                raw,
                site.dialect,
                path=key,
                anchors=site.anchors,
                title=site.title(key),
                address=site.address(key),
            )
        except ParsingFailed as error:
            return Failed(key, str(error))
        self._cache.keep(_links_key(site, file), converted.links)
        revision = self._revision(site, key, file)
        if not converted.page.sections:
            self._cache.keep(_content_part(revision), _EMPTY)
        if same := self._same_content(key, revision, known):
            return same
        page = converted.page_with(partial(site.links.resolve, key))
        matter = page.matter
        return Changed(
            Page(
                wiki=self.name,
                key=key,
                title=page.title,
                url=site.address(key),
                revision=revision,
                acl=self._acl,
                sections=page.sections,
                description=matter.description,
                tags=matter.tags,
                owner=matter.owner,
                updated=self._updated(file),
                outdated=matter.outdated,
            ),
            converted.warnings,
        )

    def _updated(self, file: SeenFile) -> date | None:
        """Return the date that the page states, or else the date of its last commit (unless it is
        in the future, because some clock was wrong)."""
        committed = self._last_changes.get(file.path)
        if committed and committed > self._today() + timedelta(days=1):
            committed = None
        return file.matter.updated or committed

    def _revision(self, site: Site, key: str, file: SeenFile) -> str:
        """Return the revision of everything that the page is made of: its bytes, its place, and the
        targets of its links; empty if its links are not known yet. After a dot come the rights, and
        after another dot the guess by which the wiki was read."""
        updated = str(self._updated(file) or "")
        place = (site.rules, key, site.address(key), site.title(key))
        parts = (convert.VERSION, *place, file.content, updated)
        cache_key = digest(site.links.fingerprint, *parts)
        content: str | None = self._cache.get(cache_key)
        if content is None:
            links: Sequence[Link] | None = self._cache.get(_links_key(site, file))
            if links is None:
                return ""
            addresses = (site.links.resolve(key, target, style) for target, style in links)
            content = digest(*parts, *addresses)
            self._cache.keep(cache_key, content)
        return f"{content}.{digest(str(self._acl))[:12]}.{site.guess.mark}"


def _links_key(site: Site, file: SeenFile) -> str:
    """Return the key under which the cache holds the links of a file."""
    return digest("links", convert.VERSION, site.dialect.name, file.content)


def _not_read(key: str, unread: UnreadFile, known: KnownPage | None) -> Skipped | Failed:
    """Return the change of a page whose file could not be read; ``known`` is its indexed state."""
    if unread.keeps and known is not None:
        return Failed(key, f"{unread.reason}; its last version stays")
    if unread.skipped:
        return Skipped(key, unread.reason, keeps=unread.keeps)
    return Failed(key, unread.reason)


def _content_part(revision: str) -> str:
    """Return the part of a revision that stands for the content: without rights and guess."""
    return revision.partition(".")[0]
