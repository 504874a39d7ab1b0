"""The texts of an edited Confluence: which there are, and who was ever allowed to read them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote_plus

from footnote_bot.playground.confluence.model import Content, User, Who
from footnote_bot.playground.confluence.world import World
from tests.indexers.sources.confluence.conftest import Site
from tests.properties.confluences import may_read

WORD = "everywhere"
"""A word in each part of each page."""

Gates = tuple[frozenset[Who], ...]

_PART = re.compile(rf"{WORD} text\d+ part \d+ of \d+")


@dataclass(frozen=True)
class Text:
    """The text of a page at one time: title, address, parts."""

    title: str
    url: str
    parts: frozenset[str]


class Account:
    def __init__(self, site: Site) -> None:
        self.site = site
        self.world: World = site.world
        self._written_for: dict[tuple[str, frozenset[str]], set[Gates]] = {}

    def current_pages(self) -> list[Content]:
        return [
            content
            for content in self.world.contents.values()
            if content.type in {"page", "blogpost"} and content.status == "current"
        ]

    def pages(self) -> dict[str, Text]:
        """Return the current pages and blog posts with text, by id."""
        return {page.id: self._text(page) for page in self.current_pages() if page.body}

    def current(self) -> set[str]:
        return {page.id for page in self.current_pages()}

    def permitted(self, user: User | None) -> set[str]:
        """Return the current pages that the person may read, with or without text."""
        return {key for key in self.current() if may_read(self.world, user, key)}

    def readable(self, user: User | None) -> dict[str, Text]:
        return {key: text for key, text in self.pages().items() if may_read(self.world, user, key)}

    def is_whole(self, key: str, text: Text) -> bool:
        """Return whether the parts are a complete version of the page."""
        return (key, text.parts) in self._written_for

    def has_readers(self, key: str) -> bool:
        """Return whether the rights of the page name anybody."""
        return bool(self._gates(self.world.contents[key])[0])

    def edited_lately(self) -> set[str]:
        """Return the pages whose recent edits the search has indexed."""
        since, indexed = self.site.clock.at - timedelta(hours=26), self.world.indexed()
        return {page.id for page in self.current_pages()
                if page.modified > since and page.id in indexed
                and indexed[page.id].version == page.version}  # fmt: skip

    @property
    def emptied(self) -> bool:
        return any(not page.body for page in self.current_pages())

    def was_written_for(self, user: User | None, key: str, parts: frozenset[str]) -> bool:
        """Return whether the page ever had this text while the current groups of ``user`` could
        read it."""
        return any(
            all(any(self._is(user, who) for who in gate) for gate in gates)
            for gates in self._written_for.get((key, parts), ())
        )

    def remember(self) -> None:
        """Record every current text with its rights. Call it after each edit."""
        for page in self.current_pages():
            wording = (page.id, self._text(page).parts)
            self._written_for.setdefault(wording, set()).add(self._gates(page))

    def _gates(self, page: Content) -> Gates:
        grants = self.world.spaces[page.space].grants
        viewers = frozenset(grant.who for grant in grants if grant.operation == "read")
        above = self.world.path(page.id)
        return (viewers, *(node.readers for node in above if node.readers is not None))

    def _is(self, user: User | None, who: Who) -> bool:
        match who.kind:
            case "anonymous":
                return True
            case "licensed":
                return user is not None and not user.guest
            case "user":
                return user is not None and user.id == who.name
            case "group":
                return user is not None and who.name in self.world.groups_of(user.id)

    def _text(self, page: Content) -> Text:
        base, title = self.site.confluence.base_url, quote_plus(page.title)
        kind = "blog" if page.type == "blogpost" else "pages"
        url = f"{base}/display/{page.space}/{title}"
        if self.world.is_cloud:
            url = f"{base}/spaces/{page.space}/{kind}/{page.id}/{title}"
        return Text(page.title, url, frozenset(_PART.findall(page.body)))
