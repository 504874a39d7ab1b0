"""Pages of an enumeration -> pages with their text, parsed in a process with limits."""

from __future__ import annotations

import logging
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, Self
from urllib.parse import quote, quote_plus

from footnote_bot.indexers.model import (
    Acl,
    Changed,
    Failed,
    Page,
    PageChange,
    Section,
    Skipped,
    digest,
)
from footnote_bot.indexers.parsing.limits import PAGE, Parse, ParsingFailed, here
from footnote_bot.indexers.sources.confluence.answers import Listed, in_batches
from footnote_bot.indexers.sources.confluence.parallel import parallel_map
from footnote_bot.indexers.sources.confluence.product import Product
from footnote_bot.indexers.sources.confluence.rights import UnreadGate
from footnote_bot.indexers.sources.confluence.storage_elements import StorageLinks
from footnote_bot.indexers.sources.confluence.storage_format import VERSION, sections
from footnote_bot.indexers.sources.confluence.transport import Refused, Transport

log = logging.getLogger(__name__)

EMPTY = "empty"
_PARTS = 4
"""Parts of a revision."""
Names = dict[str, str]
"""Names of people, by account id (Cloud) or user key (Data Center)."""
_MAX_NAMES = 500
"""People of one page who are looked up; each may be a request."""
_NO_PATH = re.compile(r"[%&?/\\;\"§+:]")
"""Characters of titles for which Confluence has no path: its server refuses an encoded slash, for
example."""
Make = Callable[..., tuple[Section, ...]]
"""A parser that takes the page's ``links`` by name."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A listed page with its rights and its ``owner`` field."""

    listed: Listed
    acl: Acl
    editor: str
    owner: str = ""
    unread: Mapping[str, UnreadGate] = field(default_factory=dict, hash=False, compare=False)
    """The gates that could not be read, by their place: "space ENG" or a node's id."""

    @property
    def doubtful(self) -> bool:
        """Return whether another try may read the unread rights."""
        return any(gate.is_temporary for gate in self.unread.values())

    @property
    def key(self) -> str:
        return self.listed.key

    @property
    def title(self) -> str:
        return self.listed.title

    @property
    def modified(self) -> datetime | None:
        return self.listed.modified

    @property
    def text_revision(self) -> str:
        """Return ``version.digest.space``: the version, a digest of the place and the settings that
        affect its text, and the id of the space."""
        page = self.listed
        place = (page.title, *page.ancestors, page.space.name, page.url, self.editor)
        return f"{page.version}.{digest(VERSION, *place)}.{page.space.id}"


@dataclass(frozen=True, slots=True)
class OnPage(ABC):
    """A document on a page that is read; its readers are the page's."""

    page: Seen

    @property
    @abstractmethod
    def key(self) -> str: ...

    @property
    @abstractmethod
    def title(self) -> str: ...

    @property
    @abstractmethod
    def modified(self) -> datetime | None: ...

    @property
    @abstractmethod
    def text_revision(self) -> str:
        """Return the same as `Seen.text_revision` for this document."""

    @property
    def listed(self) -> Listed:
        return self.page.listed

    @property
    def acl(self) -> Acl:
        return self.page.acl

    @property
    def owner(self) -> str:
        return self.page.owner

    def on(self, page: Seen) -> Self:
        """Return the same document on the current state of its page."""
        return replace(self, page=page)


Document = Seen | OnPage


def revision(document: Document) -> str:
    """Return ``version.digest.space.rights``."""
    return f"{document.text_revision}.{digest(str(document.acl))[:12]}"


def says_the_same(document: Document, revision: str) -> bool:
    """Return whether at most the rights of ``document`` differ from those at ``revision``."""
    return revision.rpartition(".")[0] == document.text_revision


def changed(
    wiki: str,
    document: Document,
    url: str,
    sections: tuple[Section, ...],
    warnings: tuple[str, ...] = (),
) -> Changed:
    """Return the document as a page of the index. ``url`` is for people."""
    modified = document.modified
    page = Page(
        wiki=wiki,
        key=document.key,
        title=document.title,
        url=url,
        revision=revision(document),
        acl=document.acl,
        sections=sections,
        owner=document.owner,
        updated=modified.date() if modified else None,
    )
    return Changed(page, warnings, document.listed.space.key, modified)


def version_of(revision: str) -> int:
    """Return Confluence's version number in a revision; -1 if it is not one of ours."""
    number = revision.partition(".")[0]
    return int(number) if number.isdecimal() else -1


def space_id_of(revision: str) -> str:
    """Return the id of the space in a revision; empty if it has none, as revisions of older
    Footnotes do not."""
    parts = revision.split(".")
    return parts[2] if len(parts) == _PARTS else ""


@dataclass(frozen=True, slots=True)
class PageLocation:
    """The place of a page: the addresses of its wiki and of itself, its key and its space."""

    wiki: str
    address: str
    key: str
    space: str

    def links(self, user: Callable[[str], str]) -> StorageLinks:
        """Return links made from the page alone, so that its text depends on no other page: an
        address by title redirects to the page with that title."""
        return StorageLinks(
            address=self.address,
            page=self._page,
            content=lambda key: f"{self.wiki}/pages/viewpage.action?pageId={quote(key)}",
            attachment=lambda name: f"{self.wiki}/download/attachments/{self.key}/{quote(name)}",
            user=user,
        )

    def _page(self, space: str, title: str) -> str:
        """Return the address of a page by its title; ``space`` is empty for the same space."""
        key = quote(space or self.space)
        if _NO_PATH.search(title):
            query = f"spaceKey={key}&title={quote_plus(title)}"
            return f"{self.wiki}/pages/viewpage.action?{query}"
        return f"{self.wiki}/display/{key}/{quote_plus(title)}"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed page. ``unknown`` are the people whose names were not passed in."""

    sections: tuple[Section, ...]
    unknown: frozenset[str]


def parse_document(
    make: Make, *arguments: Any, place: PageLocation, names: Mapping[str, str], **keywords: Any
) -> Parsed:
    """Return the sections that ``make`` parses, and the people who are missing in ``names``."""
    unknown: set[str] = set()

    def user(key: str) -> str:
        if key not in names:
            unknown.add(key)
        return names.get(key, "")

    return Parsed(make(*arguments, links=place.links(user), **keywords), frozenset(unknown))


def parse_within(
    parse: Parse,
    place: PageLocation,
    user: Callable[[str], str],
    make: Make,
    *arguments: Any,
    **keywords: Any,
) -> tuple[Section, ...]:
    """Return the sections with the names of all people in them. The parsing process cannot request
    names from Confluence, so it returns the people that it found, and parses again.

    Raises:
        ParsingFailed
    """
    read_with_names = partial(
        parse, PAGE, parse_document, make, *arguments, place=place, **keywords
    )
    first = read_with_names(names={})
    if not first.unknown:
        return first.sections
    return read_with_names(
        names={key: user(key) for key in sorted(first.unknown)[:_MAX_NAMES]}
    ).sections


class Reader:
    """A reader that requests bodies and converts them to sections."""

    def __init__(
        self,
        wiki: str,
        transport: Transport,
        product: Product,
        names: Names | None = None,
        *,
        parse: Parse = here,
    ) -> None:
        """Create the reader. ``names`` are the known names; the reader adds new ones."""
        self._wiki = wiki
        self._transport = transport
        self._product = product
        self._parse = parse
        self._users: Names = {} if names is None else names
        self._empty: dict[str, str] = {}
        self._nameless: set[str] | None = None
        """People without a name in the present pass; None before the first one."""

    def known_empty(self, document: Document) -> bool:
        """Return whether the document was empty the last time, and is unchanged."""
        return says_the_same(document, self._empty.get(document.key, ""))

    def read(
        self, pages: Sequence[Seen], seen_now: Callable[[Sequence[Seen]], Iterable[Seen]]
    ) -> Iterator[PageChange]:
        """Yield pages. Bodies are requested while the caller embeds earlier pages. A body that
        Confluence failed to return, or that was edited meanwhile, is requested once more at the
        end, for the page as ``seen_now`` returns it."""
        self._nameless = set()
        failed: list[Seen] = []
        yield from self._read(pages, failed)
        if failed:
            yield from self._read(list(seen_now(failed)))

    def _read(
        self, pages: Sequence[Seen], retries: list[Seen] | None = None
    ) -> Iterator[PageChange]:
        """Read pages. Bodies refused for now go to ``retries``; without it they are failures."""
        by_key = {page.listed.key: page for page in pages}
        batches = in_batches([page.listed for page in pages], self._product.batch)
        for bodies in parallel_map(self._product.bodies, batches, self._transport.concurrency):
            for key, body in bodies.items():
                if isinstance(body, Refused) and retries is not None and not body.absent:
                    retries.append(by_key[key])
                elif isinstance(body, Refused):
                    yield Failed(key, str(body))
                else:
                    yield self.convert(by_key[key], body)

    def convert(self, seen: Seen, body: str) -> PageChange:
        """Make a page of its ``body`` in storage format."""
        listed = seen.listed
        return self.document(
            seen, listed.url, sections, body, title=listed.title, editor=seen.editor
        )

    def document(
        self, document: Document, url: str, make: Make, *arguments: Any, **keywords: Any
    ) -> PageChange:
        """Make a page of the sections that ``make`` returns for a document, whose address is
        ``url``, or return why there is none."""
        key, place = document.key, self._place(document.listed)
        try:
            result = parse_within(self._parse, place, self._user, make, *arguments, **keywords)
        except ParsingFailed as error:
            return Failed(key, str(error))
        except Exception as error:
            # A defect that one page triggers must not stop the others.
            log.exception("%s: %s cannot be converted", self._wiki, key)
            return Failed(key, f"cannot be converted ({type(error).__name__}; see the log)")
        if not result:
            self._empty[key] = revision(document)
            return Skipped(key, EMPTY)
        return changed(self._wiki, document, url, result)

    def _user(self, key: str) -> str:
        """Return a person's name; an unavailable one is requested again in the next pass."""
        if not self._users.get(key) and key not in (self._nameless or ()):
            self._users[key] = self._product.user_name(key)
            if self._nameless is not None and not self._users[key]:
                self._nameless.add(key)
        return self._users[key]

    def _place(self, page: Listed) -> PageLocation:
        base = self._transport.shown_at.rstrip("/")
        return PageLocation(base, page.url, page.key, page.space.key)
