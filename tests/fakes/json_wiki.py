"""A kind of wiki that Footnote does not know: a JSON file of pages, people and their rights. It has
all that a new kind needs: settings, a reader, and one `WikiSource`. Two lines make Footnote know
it: one in `config.wikis.WIKI_KINDS`, one in `indexers.sources.SOURCES`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from footnote_bot.config.wikis import WikiSettings
from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.findings import Access, Finding, GateInWords, failure, ok
from footnote_bot.indexers.model import (
    NOBODY,
    Acl,
    Changed,
    Enumerated,
    KnownPage,
    LivePage,
    LivePages,
    Page,
    PageChange,
    Principal,
    Section,
    Unchanged,
    digest,
)
from footnote_bot.indexers.sources.source import Resources, WikiSource


class JsonSettings(WikiSettings):
    """Settings of a wiki whose pages are in a file."""

    type: Literal["json"]
    """`json`"""
    file: Path
    """The file, from this file's folder."""
    url: str
    """Where people read it."""
    token_variable: str = "JSON_TOKEN"
    """The variable that holds the token."""

    @property
    def read_at(self) -> str:
        return self.url


class JsonWiki:
    """Implements `indexers.ports.Wiki` and `LiveWiki`. ``pages`` have a title, a text and readers;
    the readers are ``people`` by number, or `everyone`."""

    has_page_rights = True
    scope_settings = "`file`"

    def __init__(self, settings: JsonSettings) -> None:
        self.name = settings.name
        self.requests = 0
        self._file = settings.file
        self._url = settings.url

    def content(self) -> Mapping[str, Any]:
        self.requests += 1
        try:
            content: dict[str, Any] = json.loads(self._file.read_text())
        except (OSError, ValueError) as error:
            raise WikiUnavailable(f"{self.name} cannot be read: {error}") from error
        return content

    def token(self, person: str) -> str:
        return person if person == "everyone" else f"json-user:{self.name}:{person}"

    def pages(self) -> dict[str, Page]:
        return {key: self._page(key, row) for key, row in self.content()["pages"].items()}

    def changes(self, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        pages = self.pages()
        yield Enumerated(frozenset(pages))
        for key, page in pages.items():
            now = KnownPage(page.revision, page.acl, page.owner)
            yield Unchanged(key) if known.get(key) == now else Changed(page)

    def gone(self, keys: Sequence[str]) -> frozenset[str]:
        return frozenset(keys) - self.pages().keys()

    def current(self, cited: Mapping[str, str], seconds: float) -> LivePages:
        pages = self.pages()
        stand = {key: pages[key] for key in cited if key in pages}
        return LivePages(
            {
                key: LivePage(page.acl, edited=page.revision != cited[key], now=page)
                for key, page in stand.items()
            }
        )

    @staticmethod
    def plain_address(key: str, url: str) -> str:
        return f"{url.rpartition('/')[0]}/{key}"

    def _page(self, key: str, row: Mapping[str, Any]) -> Page:
        acl = Acl.of([self.token(person) for person in row["readers"]])
        return Page(
            wiki=self.name,
            key=key,
            title=row["title"],
            url=f"{self._url}/{key}",
            revision=digest(row["title"], row["text"], str(acl)),
            acl=acl,
            sections=(Section((), "", row["text"]),),
            owner=self.token(row["owner"]) if "owner" in row else "",
        )


class JsonSource(WikiSource):
    wiki: JsonWiki

    def __init__(self, settings: JsonSettings, resources: Resources) -> None:
        super().__init__(JsonWiki(settings))
        self.live = self.wiki
        self._url = settings.url
        self._token = resources.secret(settings.token_variable)

    def path(self, url: str, *, ask: bool = False) -> str | None:
        return url.removeprefix(self._url) if f"{url}/".startswith(f"{self._url}/") else None

    def key_at(self, url: str) -> str:
        key = (self.path(url) or "").strip("/")
        return key if key in self.wiki.pages() else ""

    def edit_address(self, page: str, url: str) -> str:
        return f"{url}/edit"

    def tokens(self, email: str) -> frozenset[str]:
        person = self.wiki.content()["people"].get(email)
        return frozenset({self.wiki.token(person)} if person else ())

    def owner(self, named: str) -> str:
        people = self.wiki.content()["people"].items()
        return next((email for email, person in people if self.wiki.token(person) == named), "")

    def access(self, url: str, email: str, reader: Callable[[], Principal]) -> tuple[Access, Acl]:
        key = self.key_at(url)
        if not key:
            return Access(self.name, email, may_read=None, why="no such page", url=url), NOBODY
        page = self.wiki.pages()[key]
        gate = GateInWords("the page itself", page.acl.admits(reader()), "as its readers say")
        return Access(
            self.name, email, gate.passed, (gate,), page=key, title=page.title, url=url
        ), page.acl

    def findings(self) -> Iterator[Finding]:
        if not self._token:
            yield failure(self.name, "It has no token.", "Set `token_variable`.")
        yield ok(self.name, f"Its file has {len(self.wiki.pages())} pages.")
