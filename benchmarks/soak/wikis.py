"""Two wikis that change, and the account of each page's text and readers over time."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from footnote_bot.playground.confluence.model import Content, User, Who
from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.confluence.world import World

EVERYONE = "everyone"
INSIDERS = "insiders"
ADA, BOB, CY, BOSS = "U0ADA", "U0BOB", "U0CY", "U0BOSS"
"""Ada is an insider, Bob is one now and then, the boss never is, and Cy has no account in
Confluence."""
PEOPLE = (ADA, BOB, CY, BOSS)
_MARKER = re.compile(r"zyxq([cm]\d\d)v(\d+)q", re.IGNORECASE)
_ADJECTIVES = ("amber", "brass", "copper", "granite", "ivory", "marble", "olive", "silver")
_NOUNS = ("boiler", "canteen", "ferry", "garage", "lantern", "orchard")
THINGS = tuple(f"{adjective} {noun}" for noun in _NOUNS for adjective in _ADJECTIVES)


def marker(page: str, version: int) -> str:
    """Return the word that only this version of this page contains."""
    return f"zyxq{page}v{version}q"


def markers(text: str) -> list[tuple[str, int]]:
    """Return the page and the version of each marker in a text."""
    return [(page.lower(), int(version)) for page, version in _MARKER.findall(text)]


@dataclass
class WikiPage:
    """A page of the account. ``content`` is its id in Confluence, or its file's name. ``readers``
    are its readers from each time on, in seconds of the monotonic clock."""

    key: str
    thing: str
    content: str
    version: int = 1
    exists: bool = True
    readers: list[tuple[float, frozenset[str]]] = field(default_factory=list)

    @property
    def question(self) -> str:
        return f"What is the code of the {self.thing}?"

    @property
    def words(self) -> str:
        return f"The code of the {self.thing} is {marker(self.key, self.version)}."

    def open_to(self, person: str, since: float, until: float) -> bool:
        """Return whether the person might read the page at any moment between two times."""
        for number, (start, readers) in enumerate(self.readers):
            later = self.readers[number + 1 :]
            end = later[0][0] if later else until
            if start <= until and end >= since and {person, EVERYONE} & readers:
                return True
        return False


class ChangingWikis:
    """A Confluence, a folder of Markdown, and their account. Every change is recorded at once,
    under the lock of the Confluence."""

    def __init__(self, folder: Path, chance: random.Random, confluence: int, markdown: int) -> None:
        self.folder = folder
        self.ahead = timedelta(0)
        """How far Confluence's clock is ahead of this machine's."""
        self.pages: dict[str, WikiPage] = {}
        self.folder_is_away = False
        """While true, pages of the folder do not change."""
        self._chance = chance
        self.world = World("data-center", now=lambda: datetime.now(UTC) + self.ahead)
        users = {name: self.world.add_user(name) for name in ("Ada", "Bob", "Boss")}
        self.reader: User = self.world.add_user("Foot Note", admin=True, sees_everything=True)
        self.people = {ADA: users["Ada"], BOB: users["Bob"], BOSS: users["Boss"]}
        self.world.add_group(INSIDERS, [users["Ada"]])
        self.world.add_space("ALL", "All", readers=[Who("anonymous"), Who("licensed")])
        self.world.add_space("TEAM", "Team")
        self.site = LocalConfluence(self.world, context="/confluence")
        for number in range(confluence):
            self._create(number)
        folder.mkdir()
        for number in range(markdown):
            page = WikiPage(f"m{number:02}", THINGS[confluence + number], f"m{number:02}.md")
            self.pages[page.key] = page
            self._write(page)
            page.readers.append((time.monotonic(), frozenset({EVERYONE})))

    def of_confluence(self, *, exists: bool = True) -> list[WikiPage]:
        return [p for p in self.pages.values() if p.key[0] == "c" and p.exists is exists]

    def of_markdown(self, *, exists: bool = True) -> list[WikiPage]:
        if self.folder_is_away:
            return []
        return [p for p in self.pages.values() if p.key[0] == "m" and p.exists is exists]

    # Changes by people

    def edit(self, page: WikiPage) -> None:
        page.version += 1
        if page.key[0] == "m":
            self._write(page)
        else:
            self._change(lambda: self.world.edit(page.content, body=_body(page)))

    def remove(self, page: WikiPage) -> None:
        page.exists = False
        if page.key[0] == "m":
            (self.folder / page.content).unlink()
        else:
            self._change(lambda: self.world.trash(page.content))

    def bring_back(self, page: WikiPage) -> None:
        page.exists = True
        if page.key[0] == "m":
            page.version += 1
            self._write(page)
        else:
            self._change(lambda: self.world.restore(page.content))

    def restrict(self, page: WikiPage) -> None:
        if self._chance.random() < 0.5:
            self._change(lambda: self.world.restrict(page.content, groups=[INSIDERS]))
        else:
            users = [self.people[self._chance.choice((ADA, BOB, BOSS))].id]
            self._change(lambda: self.world.restrict(page.content, users=users))

    def lift(self, page: WikiPage) -> None:
        self._change(lambda: self.world.open(page.content))

    def join_or_leave(self) -> None:
        """Let Bob join the insiders, or leave them."""
        bob = self.people[BOB].id
        change = self.world.leave if INSIDERS in self.world.groups_of(bob) else self.world.join
        self._change(lambda: change(INSIDERS, bob))

    # The account

    def newest(self) -> dict[str, int]:
        """Return the version of each page that exists."""
        return {page.key: page.version for page in self.pages.values() if page.exists}

    def readers(self, page: WikiPage) -> frozenset[str]:
        """Return the readers of a page now: Slack's ids, and `EVERYONE` if everybody may read
        it."""
        if page.key[0] == "m":
            return frozenset({EVERYONE})
        if self.world.contents[page.content].status != "current":
            return frozenset()
        everyone = {EVERYONE} if self.world.may_read(None, page.content) else set()
        may_read, people = self.world.may_read, self.people.items()
        readers = {person for person, user in people if may_read(user.id, page.content)}
        return frozenset(everyone | readers)

    def _change(self, change: Callable[[], None]) -> None:
        with self.site.lock:
            change()
            for page in self.of_confluence() + self.of_confluence(exists=False):
                self._record_readers(page)

    def _record_readers(self, page: WikiPage) -> None:
        readers = self.readers(page)
        if not page.readers or page.readers[-1][1] != readers:
            page.readers.append((time.monotonic(), readers))

    def _create(self, number: int) -> None:
        page = WikiPage(f"c{number:02}", THINGS[number], "")
        space = "ALL" if number % 3 == 0 else "TEAM"
        content: Content = self.world.create(space, f"The {page.thing}", _body(page))
        page.content = content.id
        self.pages[page.key] = page
        if number % 3 == 2:
            self.restrict(page)
        self._record_readers(page)

    def _write(self, page: WikiPage) -> None:
        file = self.folder / page.content
        file.with_suffix(".new").write_text(f"# The {page.thing}\n\n{page.words}\n", "utf-8")
        file.with_suffix(".new").replace(file)


def _body(page: WikiPage) -> str:
    return f"<p>{page.words}</p>"
