"""A folder of Markdown as a wiki: its changes, page by page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from hashlib import blake2b
from itertools import product
from pathlib import Path

from indexers.daemons import in_order
from indexers.errors import IndexersError, WikiMisconfigured, WikiUnavailable
from indexers.model import (
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
from indexers.parsing.limits import PAGE, Parse, ParsingFailed, here
from indexers.sources.markdown import convert
from indexers.sources.markdown.addresses import bare, below
from indexers.sources.markdown.files import UnreadFile, listing, read
from indexers.sources.markdown.front_matter import FrontMatter
from indexers.sources.markdown.git_dates import last_changes
from indexers.sources.markdown.keys import key_of, on_disk, path_of
from indexers.sources.markdown.memory import Guess, Memory
from indexers.sources.markdown.reading import Skimmed, convert_within, skim
from indexers.sources.markdown.site import Site, withheld

log = logging.getLogger(__name__)

_AHEAD = 2
"""Pages that are read while another is split and written: as many processes as most machines have
cores to spare."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it was when it was listed."""

    path: str
    content: str
    matter: FrontMatter
    links: frozenset[str]
    unread: UnreadFile | None = None


class MarkdownWiki:
    """Markdown files below ``root``, which may be the folder of the pages or the repository around
    it.

    ``site_url`` is the address at which the pages' folder is published, ``repository_url`` the one
    at which a forge shows ``root``. ``flavour``, ``anchors`` and ``addresses`` are recognised
    unless they are named (see `indexers.sources.markdown.dialects`). ``include`` and ``exclude``
    are patterns as in ``.gitignore``, matched from the pages' folder.
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
        max_bytes: int = 2_000_000,
        repository_url: str = "",
        memory: Memory | None = None,
        dates: Callable[[Path], Mapping[str, date]] = last_changes,
        parse: Parse = here,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.name = name
        self.has_page_rights = False
        self.scope_settings = "`path`, `include` and `exclude`"
        self.requests = 0
        self._root = root
        self._acl = acl
        self._max_bytes = max_bytes
        self._dates = dates
        self._last_changes: Mapping[str, date] = {}
        self._skimmed: dict[str, Skimmed] = {}
        """What was skimmed of the files that were there last, by a digest of their bytes."""
        self._memory = memory or Memory(guessed=flavour == "auto")
        self._parse = parse
        self._today = today
        self._settings = {
            "site_url": site_url,
            "flavour": flavour,
            "anchors": anchors,
            "addresses": addresses,
            "repository_url": repository_url,
        }
        self._include = tuple(include)
        self._exclude = tuple(exclude)

    def changes(self, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """Yield the changes, see `indexers.ports.Wiki`. Only pages that differ are parsed.

        Raises:
            WikiMisconfigured: there is no such folder, flavour or pattern.
            WikiUnavailable: a folder cannot be listed.
        """
        earlier = self._memory.guess
        self.recall(known)
        before = self._memory.guess or earlier
        site = self._site()
        self._memory.guess = site.guess
        out_of_sight = frozenset(key for key in known if site.is_unlisted(key))
        self._last_changes = self._dates(site.root)
        yield Enumerated(
            out_of_sight.union(site.keys),
            read_as=self._memory.read_as,
            warnings=tuple(self._other_guesses(site, before)),
        )
        seen = self._looked_at(site)
        site.publish({key: file.matter for key, file in seen.items()})
        yield from self._not_followed(site, known)
        reading = (
            partial(self._guarded, site, key, file, known.get(key)) for key, file in seen.items()
        )
        yield from in_order(reading, ahead=_AHEAD, name="reading pages")

    @staticmethod
    def _not_followed(site: Site, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """Yield what may hold pages and is not followed."""
        for path, why in site.unlisted.items():
            reason = f"cannot be listed: {why}; what was read of it before stays"
            yield Failed(key_of(path), reason)
        for path, why in site.links_aside.items():
            # A page that was a link and leads nowhere now has vanished, like any other.
            if key_of(path) not in known:
                yield Skipped(key_of(path), why)

    def overview(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """Return the keys of all pages, and warnings about the whole wiki.

        Raises:
            WikiMisconfigured, WikiUnavailable: as `changes`.
        """
        site = self._site()
        before, self._memory.guess = self._memory.guess, site.guess
        return frozenset(site.keys), tuple(self._other_guesses(site, before))

    def recall(self, known: Mapping[str, KnownPage]) -> None:
        """Read the wiki as the ``known`` pages were read, until told otherwise."""
        self._memory.recall(known)

    @property
    def read_as(self) -> ReadAs | None:
        """Return how its pages are read; None before that is known."""
        return self._memory.read_as

    def _other_guesses(self, site: Site, before: Guess | None) -> Iterator[str]:
        """Yield warnings that the wiki looks different from how it is read, or is read differently
        now."""
        if site.otherwise:
            yield (
                f"its pages look like {site.otherwise} now, and are read as before: {site.guess};"
                f" set `flavour`, or run `footnote sync --wiki {self.name} --full` to guess anew"
            )
        elif before and before != site.guess:
            yield f"its pages are read as {site.guess} from now on; before: {before}"

    def gone(self, keys: Sequence[str]) -> frozenset[str]:
        """Return those that are no longer there, or no longer among the pages."""
        site = self._site()
        return frozenset(key for key in keys if not self._stands(site, key))

    def page(self, key: str) -> Iterator[PageChange]:
        """Yield one page, see `indexers.ports.Divisible`. Reads every file, because a page's links
        depend on the others.

        Raises:
            WikiMisconfigured, WikiUnavailable: as `changes`; and the wiki has no page at all.
        """
        site = self._site()
        self._last_changes = self._dates(site.root)
        seen = self._looked_at(site)
        site.publish({each: file.matter for each, file in seen.items()})
        if key in seen:
            yield self._guarded(site, key, seen[key], None)
        elif site.is_unlisted(key):
            yield Failed(key, "its folder cannot be listed")
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
        """Return the path of ``url`` below this wiki; None if it is of another one. ``look`` at the
        files if no setting names the wiki's address.

        Raises:
            WikiMisconfigured, WikiUnavailable: as `changes`.
        """
        site = self._settings["site_url"] or (self._site().url if look else "")
        return below(site, url) if site else None

    def key_at(self, url: str) -> str | None:
        """Return the key of the page at ``url``: empty if there is none, None if ``url`` is not of
        this wiki. Reads every file.

        Raises:
            WikiMisconfigured, WikiUnavailable: as `changes`.
        """
        site = self._site()
        if below(site.url, url) is None:
            return None
        site.publish({key: file.matter for key, file in self._looked_at(site).items()})
        return next((key for key in site.keys if bare(site.address(key)) == bare(url)), "")

    def edit_address(self, key: str) -> str:
        """Return where a forge lets people edit the page; empty if there is none.

        Raises:
            WikiMisconfigured, WikiUnavailable: as `changes`.
        """
        return self._site().edit_address(key)

    def _site(self) -> Site:
        return Site(
            self._root,
            listing(self._root),
            include=self._include,
            exclude=self._exclude,
            before=self._memory.guess,
            parse=self._parse,
            **self._settings,
        )

    def _stands(self, site: Site, key: str) -> bool:
        path = path_of(key)
        if site.is_unlisted(key):
            return True
        try:
            return site.selects(path) and on_disk(site.root, path).exists()
        except OSError:  # unknown
            return True

    def _looked_at(self, site: Site) -> dict[str, _Seen]:
        """Return every file of the wiki by its page's key."""
        looks = (partial(self._look, site, path) for path in site.keys.values())
        found = in_order(looks, ahead=_AHEAD, name="reading pages")
        seen = dict(zip(site.keys, found, strict=True))
        there = {file.content for file in seen.values()}
        self._skimmed = {name: one for name, one in self._skimmed.items() if name in there}
        return seen

    def _look(self, site: Site, path: str) -> _Seen:
        if withheld(site.dialect, path):
            reason = UnreadFile(withheld(site.dialect, path), skipped=True)
            return _Seen(path, "", FrontMatter(), frozenset(), reason)
        try:
            raw = read(site.root, path, self._max_bytes, site.excludes)
        except UnreadFile as unread:
            return _Seen(path, "", FrontMatter(), frozenset(), unread)
        content = blake2b(raw, digest_size=16).hexdigest()
        try:
            skimmed = self._skimmed.get(content) or self._parse(PAGE, skim, raw)
        except ParsingFailed as error:
            return _Seen(
                path, "", FrontMatter(), frozenset(), UnreadFile(str(error), skipped=False)
            )
        except Exception as error:
            log.exception("%s: the page %s cannot be read", self.name, path)
            reason = UnreadFile(_defect(error), skipped=False)
            return _Seen(path, "", FrontMatter(), frozenset(), reason)
        self._skimmed[content] = skimmed
        return _Seen(path, content, skimmed.matter, skimmed.links)

    def _guarded(self, site: Site, key: str, file: _Seen, known: KnownPage | None) -> PageChange:
        """Turn a defect that one page triggers into its failure: the others go on."""
        try:
            return self._change(site, key, file, known)
        except IndexersError:
            raise
        except Exception as error:
            log.exception("%s: the page %s cannot be read", self.name, key)
            return Failed(key, _defect(error))

    def _change(self, site: Site, key: str, file: _Seen, known: KnownPage | None) -> PageChange:
        if file.unread is not None:
            if file.unread.keeps and known is not None:
                return Failed(key, f"{file.unread.reason}; its last version stays")
            made = Skipped if file.unread.skipped else Failed
            return made(key, file.unread.reason)
        reason = file.matter.withheld(self._today())
        if reason or file.matter.values.get("permalink") is False:
            return Skipped(key, reason or "not published")
        revision = self._revision(site, key, file)
        if known is not None and known.revision == revision and known.acl == self._acl:
            return Unchanged(key)
        if known is not None and _content(known.revision) == _content(revision):
            return Relabelled(key, revision, self._acl)
        return self._read(site, key, file)

    def _read(self, site: Site, key: str, file: _Seen) -> PageChange:
        file = self._look(site, file.path)
        if file.unread is not None:
            made = Skipped if file.unread.skipped else Failed
            return made(key, file.unread.reason)
        try:
            converted = convert_within(
                self._parse,
                lambda target, style: site.links.resolve(key, target, style),
                product(file.links, site.link_styles),
                read(site.root, file.path, self._max_bytes, site.excludes),
                site.dialect,
                path=key,
                anchors=site.anchors,
                title=site.title(key),
                own=site.address(key),
            )
        except UnreadFile as unread:
            return Failed(key, unread.reason)
        except ParsingFailed as error:
            return Failed(key, str(error))
        page = converted.page
        if not page.sections:
            return Skipped(key, "empty")
        matter = page.matter
        return Changed(
            Page(
                wiki=self.name,
                key=key,
                title=page.title,
                url=site.address(key),
                revision=self._revision(site, key, file),
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

    def _updated(self, file: _Seen) -> date | None:
        """Return the date that the page states, or else that of its last commit (unless that is in
        the future: some clock was wrong)."""
        committed = self._last_changes.get(file.path)
        if committed and committed > self._today() + timedelta(days=1):
            committed = None
        return file.matter.updated or committed

    def _revision(self, site: Site, key: str, file: _Seen) -> str:
        """Return the revision of everything that the page is made of: its bytes, its place, and
        where its links lead. The rights come after a dot, and after another how the wiki was
        read."""
        links = [
            f"{target}\0{site.links.resolve(key, target, style)}"
            for target in sorted(file.links)
            for style in site.link_styles
        ]
        place = (convert.VERSION, site.rules, key, site.address(key), site.title(key))
        rights = digest(str(self._acl))[:12]
        day = str(self._updated(file) or "")
        return f"{digest(*place, file.content, day, *links)}.{rights}.{site.guess.mark}"


def _defect(error: Exception) -> str:
    return f"cannot be converted ({type(error).__name__}; see the log)"


def _content(revision: str) -> str:
    return revision.partition(".")[0]
