"""A small Confluence that is edited at random."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from datetime import timedelta

from footnote_bot.playground.confluence.model import Content, User, Who
from tests.indexers.sources.confluence.conftest import Site
from tests.properties.accounts import WORD, Account

SPACES = ("ENG", "OPS")
GROUPS = ("builders", "keepers")


class EditedWorld(Account):
    """A world with random edits. ``lines`` are the history so far, for debugging."""

    def __init__(self, site: Site, chance: random.Random) -> None:
        super().__init__(site)
        self.lines: list[str] = []
        self._chance = chance
        self._texts = 0
        self.people: list[User] = [self.world.add_user(f"Person {n}") for n in range(4)]
        self.people.append(self.world.add_user("Guest", guest=True))
        for name in GROUPS:
            self.world.add_group(name, chance.sample(self.people, 2))
        for key in SPACES:
            readers = chance.choice(([Who("licensed")], [Who("anonymous")], self._subjects()))
            self.world.add_space(key, readers=readers)
        for _ in range(6):
            self._create()
        for _ in range(4):
            self.edit()

    def edit(self) -> None:
        """Let some minutes pass, and make a random edit."""
        edits: list[tuple[Callable[[], str], int]] = [
            (self._create, 4),
            (self._rewrite, 6),
            (self._rename, 2),
            (self._move, 4),
            (self._restrict, 6),
            (self._open, 3),
            (self._restrict_and_rewrite, 3),
            (self._open_and_rewrite, 2),
            (self._put_away, 4),
            (self._restore, 3),
            (self._rename_space, 1),
            (self._grant, 2),
            (self._revoke, 2),
            (self._join, 2),
            (self._leave, 2),
            (self._empty, 1),
        ]
        doings, weights = zip(*edits, strict=True)
        with self.site.confluence.lock:
            self.wait(self._chance.randint(1, 20))
            line = ""
            while not line:
                line = self._chance.choices(doings, weights)[0]()
            self.lines.append(line)
            self.remember()

    def wait(self, minutes: int) -> None:
        self.site.clock.at += timedelta(minutes=minutes)

    # Edits: each returns what it did, or "" if nothing could be edited

    def _create(self) -> str:
        world, chance = self.world, self._chance
        space = chance.choice(SPACES)
        kinds = ["page", "page", "page", "blogpost", *(["folder"] * 2 if world.is_cloud else [])]
        kind = chance.choice(kinds)
        parent = None if kind == "blogpost" else chance.choice([None, *self._nodes(space)])
        body = self._body() if kind != "folder" else ""
        below = parent.id if parent else None
        content = world.create(space, self._title(), body, parent=below, type=kind)
        return f"create {kind} {content.id} {content.title!r} in {space} below {below}"

    def _rewrite(self) -> str:
        page = self._choose(self.current_pages())
        if page:
            self.world.edit(page.id, body=self._body())
        return f"rewrite {page.id}" if page else ""

    def _empty(self) -> str:
        page = self._choose(self.current_pages())
        if page:
            self.world.edit(page.id, body="")
        return f"empty {page.id}" if page else ""

    def _rename(self) -> str:
        page = self._choose(self.current_pages())
        if page:
            self.world.edit(page.id, title=self._title())
        return f"rename {page.id}" if page else ""

    def _move(self) -> str:
        node = self._choose(self._nodes())
        if not node:
            return ""
        below = {content.id for content in self.world.subtree(node.id)}
        space = self._chance.choice(SPACES)
        parents = [other for other in self._nodes(space) if other.id not in below]
        parent = self._chance.choice([None, *parents])
        self.world.move(node.id, parent=parent.id if parent else None, space=space)
        return f"move {node.id} to {space} below {parent.id if parent else None}"

    def _restrict(self) -> str:
        node = self._choose([*self._nodes(), *self.current_pages()])
        if not node:
            return ""
        readers = self._subjects()
        users = [who.name for who in readers if who.kind == "user"]
        groups = [who.name for who in readers if who.kind == "group"]
        self.world.restrict(node.id, users=users, groups=groups)
        return f"restrict {node.id} to {users} {groups}"

    def _open(self) -> str:
        node = self._choose(self._restricted())
        if node:
            self.world.open(node.id)
        return f"open {node.id}" if node else ""

    def _restrict_and_rewrite(self) -> str:
        page = self._choose(self.current_pages())
        if not page:
            return ""
        self.world.restrict(page.id, users=[self._chance.choice(self.people).id])
        self.world.edit(page.id, body=self._body())
        return f"restrict and rewrite {page.id}"

    def _open_and_rewrite(self) -> str:
        page = self._choose(node for node in self._restricted() if node.body)
        if not page:
            return ""
        self.world.edit(page.id, body=self._body())
        self.world.open(page.id)
        return f"open and rewrite {page.id}"

    def _put_away(self) -> str:
        node = self._choose([*self._nodes(), *self.current_pages()])
        if not node:
            return ""
        ways = ["trash", "trash below", "delete", *(["archive"] if self.world.is_cloud else [])]
        way = self._chance.choice(ways)
        match way:
            case "delete":
                self.world.delete(node.id)
            case "archive":
                self.world.archive(node.id, below=self._chance.random() < 0.5)
            case _:
                self.world.trash(node.id, below=way == "trash below")
        return f"{way} {node.id}"

    def _restore(self) -> str:
        away = {"trashed", "archived"}
        node = self._choose(c for c in self.world.contents.values() if c.status in away)
        if node:
            self.world.restore(node.id)
        return f"restore {node.id}" if node else ""

    def _rename_space(self) -> str:
        key = self._chance.choice(SPACES)
        self.world.rename_space(key, self._title())
        return f"rename space {key}"

    def _grant(self) -> str:
        key = self._chance.choice(SPACES)
        who = self._chance.choice([Who("licensed"), Who("anonymous"), *self._subjects()])
        self.world.grant(key, who)
        return f"grant {key} to {who}"

    def _revoke(self) -> str:
        key = self._chance.choice(SPACES)
        grants = self.world.spaces[key].grants
        if not grants:
            return ""
        who = self._chance.choice(grants).who
        self.world.revoke(key, who)
        return f"revoke {key} from {who}"

    def _join(self) -> str:
        group, user = self._chance.choice(GROUPS), self._chance.choice(self.people)
        self.world.join(group, user.id)
        return f"{user.name} joins {group}"

    def _leave(self) -> str:
        group, user = self._chance.choice(GROUPS), self._chance.choice(self.people)
        self.world.leave(group, user.id)
        return f"{user.name} leaves {group}"

    # Choices of what to edit

    def _nodes(self, space: str = "") -> list[Content]:
        """Return the nodes that may have children."""
        return [
            content
            for content in self.world.contents.values()
            if content.type != "blogpost"
            and content.status == "current"
            and space in {"", content.space}
        ]

    def _restricted(self) -> list[Content]:
        every = self.world.contents.values()
        return [node for node in every if node.readers and node.status == "current"]

    def _choose(self, among: Iterable[Content]) -> Content | None:
        every = list(among)
        return self._chance.choice(every) if every else None

    def _subjects(self) -> list[Who]:
        every = [Who("user", user.id) for user in self.people]
        every += [Who("group", name) for name in GROUPS]
        return self._chance.sample(every, self._chance.randint(1, 3))

    def _title(self) -> str:
        self._texts += 1
        return f"Title {self._texts}"

    def _body(self) -> str:
        """Return a body of one to three sections, unlike any other."""
        self._texts += 1
        parts = self._chance.randint(1, 3)
        texts = [f"<p>{WORD} text{self._texts} part {n} of {parts}</p>" for n in range(parts)]
        return "".join(f"{'<h2>Head</h2>' if n else ''}{part}" for n, part in enumerate(texts))
