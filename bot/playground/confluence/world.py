"""A made-up wiki that tests edit, and that knows who may read what.

It is the model of truth for rights: written down once more, plainly, from the
vendor's rules, and sharing no code with the indexer that is held against it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

from bot.playground.confluence.model import (
    GRANTABLE,
    Attachment,
    Comment,
    Content,
    ContentType,
    Grant,
    Group,
    Space,
    User,
    Who,
    users_and_groups,
)

Product = Literal["cloud", "data-center"]

LICENSED = "confluence-users"
"""The group that everybody with a licence is in, on a Data Center as it comes."""


class World:
    """``now`` is the clock, handed in. Searches see the world as it was ``index_lag``
    ago, and read and write dates in ``timezone``.

    Every edit is a method; each raises KeyError for an id that does not exist.
    """

    def __init__(
        self,
        product: Product = "cloud",
        *,
        now: Callable[[], datetime],
        index_lag: timedelta = timedelta(0),
        timezone: tzinfo = UTC,
    ) -> None:
        self.product: Product = product
        self.now = now
        self.index_lag = index_lag
        self.timezone = timezone
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.spaces: dict[str, Space] = {}
        self.contents: dict[str, Content] = {}
        self.listeners: list[Callable[[str, Content], None]] = []
        """Told of every change to content: the webhook's name of it, and the content."""
        self._ids = itertools.count(65537)
        self._children: dict[str, set[str]] = {}
        self._indexed: dict[str, Content] = {}
        self._to_index: list[tuple[datetime, Content]] = []
        if not self.is_cloud:
            self.add_group(LICENSED)

    # People

    def add_user(self, name: str, email: str = "", **fields: bool) -> User:
        """The id is made in the product's manner; ``fields`` as of `User`."""
        number = self._next()
        username = name.lower().replace(" ", ".")
        identity = f"557058:{number:0>12}" if self.is_cloud else f"{number:0>32x}"
        user = User(identity, name, username, email or f"{username}@example.com")
        for field, value in fields.items():
            setattr(user, field, value)
        self.users[user.id] = user
        if not self.is_cloud and not user.guest:
            self.join(LICENSED, user.id)
        return user

    def add_group(self, name: str, users: Iterable[User] = (), groups: Iterable[str] = ()) -> Group:
        """
        Raises:
            ValueError: groups in a group, on Cloud.
        """
        group = Group(f"00000000-0000-4000-8000-{self._next():0>12}", name)
        self.groups[name] = group
        for user in users:
            self.join(name, user.id)
        for member in groups:
            self.nest(name, member)
        return group

    def join(self, group: str, user: str) -> None:
        self.groups[group].users.add(user)

    def leave(self, group: str, user: str) -> None:
        self.groups[group].users.discard(user)

    def nest(self, group: str, member: str) -> None:
        """
        Raises:
            ValueError: on Cloud, where groups do not nest.
        """
        if self.is_cloud:
            raise ValueError("Cloud does not nest groups")
        self.groups[group].groups.add(member)

    def deactivate(self, user: str) -> None:
        self.users[user].active = False

    # Spaces

    def add_space(
        self,
        key: str,
        name: str = "",
        *,
        readers: Iterable[Who] = (Who("licensed"),),
        homepage: bool = False,
    ) -> Space:
        """A personal one has a key that starts with ``~``."""
        space = Space(str(self._next()), key, name or key)
        space.type = "personal" if key.startswith("~") else "global"
        self.spaces[key] = space
        for who in readers:
            self.grant(key, who)
        if homepage:
            space.homepage = self.create(key, f"{space.name} Home").id
        return space

    def grant(self, space: str, who: Who, operation: str = "read") -> Grant:
        """
        Raises:
            ValueError: not an operation that a space grants.
        """
        if operation not in GRANTABLE:
            raise ValueError(operation)
        grant = Grant(self._next(), operation, who)
        self.spaces[space].grants.append(grant)
        return grant

    def revoke(self, space: str, who: Who, operation: str = "read") -> None:
        grants = self.spaces[space].grants
        grants[:] = [g for g in grants if (g.who, g.operation) != (who, operation)]

    def rename_space(self, key: str, name: str) -> None:
        self.spaces[key].name = name

    def archive_space(self, key: str) -> None:
        self.spaces[key].status = "archived"

    def unarchive_space(self, key: str) -> None:
        self.spaces[key].status = "current"

    # Content

    def create(  # noqa: PLR0913 - all that a page can be made with
        self,
        space: str,
        title: str,
        body: str = "",
        *,
        parent: str | None = None,
        type: ContentType = "page",  # noqa: A002 - Confluence's own word for it
        author: str = "",
        draft: bool = False,
        labels: Iterable[str] = (),
    ) -> Content:
        """
        Raises:
            ValueError: a parent in another space, or for a blog post.
        """
        if space not in self.spaces:
            raise KeyError(space)
        if parent is not None and (type == "blogpost" or self.contents[parent].space != space):
            raise ValueError("a parent must be in the same space, and a blog post has none")
        now = self.now()
        author = author or next(iter(self.users), "")
        content = Content(str(self._next()), type, space, title, parent, body, author, now, now)
        content.status = "draft" if draft else "current"
        content.labels = list(labels)
        self.contents[content.id] = content
        self._hang(content, parent)
        self._changed("page_created", content)
        return content

    def edit(
        self, content: str, *, body: str | None = None, title: str | None = None, author: str = ""
    ) -> None:
        """A new version."""
        edited = self.contents[content]
        edited.body = edited.body if body is None else body
        edited.title = edited.title if title is None else title
        edited.author = author or edited.author
        edited.version += 1
        edited.modified = self.now()
        self._changed("page_updated", edited)

    def move(self, content: str, *, parent: str | None = None, space: str | None = None) -> None:
        """With everything below it. No version rises.

        Raises:
            ValueError: below itself, or to a parent in another space than ``space``.
        """
        moved = self.contents[content]
        target = space or (self.contents[parent].space if parent else moved.space)
        if parent is not None:
            if moved in self.path(parent):
                raise ValueError("a page cannot be moved below itself")
            if self.contents[parent].space != target:
                raise ValueError("the parent is in another space")
        self._hang(moved, parent)
        for below in self.subtree(content):
            below.space = target
            self._index(below)
        self._changed("page_moved", moved)

    def restrict(
        self, content: str, *, users: Iterable[str] = (), groups: Iterable[str] = ()
    ) -> None:
        """Only these may read it, and what is below it. No version rises.

        Raises:
            ValueError: nobody named; Confluence keeps no empty restriction.
        """
        readers = users_and_groups(users, groups)
        if not readers:
            raise ValueError("a restriction names somebody; to lift it, open the page")
        self.contents[content].readers = readers
        self._changed("content_permissions_updated", self.contents[content])

    def restrict_editing(
        self, content: str, *, users: Iterable[str] = (), groups: Iterable[str] = ()
    ) -> None:
        """Everybody else may go on reading."""
        self.contents[content].editors = users_and_groups(users, groups) or None
        self._changed("content_permissions_updated", self.contents[content])

    def open(self, content: str) -> None:
        """Lift the page's own restrictions; those above it stay."""
        self.contents[content].readers = self.contents[content].editors = None
        self._changed("content_permissions_updated", self.contents[content])

    def trash(self, content: str, *, below: bool = False) -> None:
        """Its children move up to its parent, unless they go ``below`` with it."""
        self._put_away(content, "trashed", below=below)

    def archive(self, content: str, *, below: bool = False) -> None:
        """As `trash`; Cloud's alone."""
        self._put_away(content, "archived", below=below)

    def restore(self, content: str) -> None:
        """From the trash or the archive; below its parent if that is still current."""
        restored = self.contents[content]
        if restored.status not in {"trashed", "archived"}:
            raise ValueError(f"{content} is {restored.status}")
        parent = self.contents.get(restored.parent or "")
        if parent is None or parent.status != "current" or parent.space != restored.space:
            self._hang(restored, None)
        restored.status = "current"
        self._changed("page_restored", restored)

    def publish(self, content: str) -> None:
        self.contents[content].status = "current"
        self._changed("page_created", self.contents[content])

    def delete(self, content: str) -> None:
        """For good; what was below it moves up."""
        self._put_away(content, "deleted", below=False)
        self._hang(self.contents[content], None)

    def label(self, content: str, *labels: str) -> None:
        """These are its labels now. No version rises."""
        self.contents[content].labels = list(labels)
        self._changed("label_added", self.contents[content])

    def attach(
        self, content: str, title: str, data: bytes, media_type: str = "application/binary"
    ) -> Attachment:
        """A file of the same name gets a new version of its own; the page gets none."""
        page = self.contents[content]
        earlier = next((a for a in page.attachments if a.title == title), None)
        identity = earlier.id if earlier else f"att{self._next()}"
        attached = Attachment(
            identity, title, media_type, data, earlier.version + 1 if earlier else 1
        )
        page.attachments = [a for a in page.attachments if a.title != title] + [attached]
        self._changed("attachment_created", page)
        return attached

    def detach(self, content: str, title: str) -> None:
        page = self.contents[content]
        page.attachments = [a for a in page.attachments if a.title != title]
        self._changed("attachment_removed", page)

    def comment(self, content: str, body: str, *, author: str = "", selection: str = "") -> Comment:
        """``selection``: the words that an inline comment stands beside."""
        page = self.contents[content]
        comment = Comment(
            str(self._next()),
            author or page.author,
            body,
            bool(selection),
            self.now(),
            selection,
        )
        page.comments.append(comment)
        self._changed("comment_created", page)
        return comment

    # The tree

    def path(self, content: str) -> list[Content]:
        """From the top down to the node itself."""
        path: list[Content] = []
        node: str | None = content
        while node is not None:
            path.append(self.contents[node])
            node = path[-1].parent
        return path[::-1]

    def children(self, content: str) -> list[Content]:
        return sorted(
            (self.contents[c] for c in self._children.get(content, ())),
            key=lambda c: int(c.id),
        )

    def subtree(self, content: str) -> Iterator[Content]:
        """The node and everything below it."""
        waiting = [self.contents[content]]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(self.children(node.id))

    # The truth about rights

    def groups_of(self, user: str) -> frozenset[str]:
        """By name, through groups in groups."""
        found = {name for name, group in self.groups.items() if user in group.users}
        while wider := {n for n, g in self.groups.items() if g.groups & found} - found:
            found |= wider
        return frozenset(found)

    def may_view_space(self, user: str | None, space: str) -> bool:
        """None is somebody who is not logged in."""
        return any(
            self._is(user, grant.who)
            for grant in self.spaces[space].grants
            if grant.operation == "read"
        )

    def may_read(self, user: str | None, content: str) -> bool:
        """The space lets them in, and so does every node from the top to this one.

        Whether it is current, archived or trashed is another question.
        """
        return self.may_view_space(user, self.contents[content].space) and all(
            node.readers is None or any(self._is(user, who) for who in node.readers)
            for node in self.path(content)
        )

    def readers_of(self, content: str) -> frozenset[str]:
        return frozenset(user for user in self.users if self.may_read(user, content))

    def may_see(self, user: str | None, content: str) -> bool:
        """As HTTP answers: `may_read`, or somebody who sees everything."""
        return self.may_read(user, content) or self._is_all_seeing(user)

    def may_see_space(self, user: str | None, space: str) -> bool:
        return self.may_view_space(user, space) or self._is_all_seeing(user)

    # Search

    def indexed(self) -> dict[str, Content]:
        """Content as the search index knows it by now."""
        now = self.now()
        ready = [entry for entry in self._to_index if entry[0] <= now]
        self._to_index = [entry for entry in self._to_index if entry[0] > now]
        for _, content in ready:
            self._indexed[content.id] = content
        return self._indexed

    @property
    def is_cloud(self) -> bool:
        return self.product == "cloud"

    def _is_all_seeing(self, user: str | None) -> bool:
        return user is not None and self.users[user].sees_everything

    def _is(self, user: str | None, who: Who) -> bool:
        if user is not None and not self.users[user].active:
            return False
        match who.kind:
            case "anonymous":
                return True
            case "licensed":
                return user is not None and not self.users[user].guest
            case "user":
                return user == who.name
            case "group":
                return user is not None and who.name in self.groups_of(user)

    def _put_away(
        self, content: str, status: Literal["trashed", "archived", "deleted"], *, below: bool
    ) -> None:
        going = self.contents[content]
        for child in self.children(content) if not below else ():
            self._hang(child, going.parent)
            self._index(child)
        for node in list(self.subtree(content)):
            node.status = status
            self._changed("page_archived" if status == "archived" else "page_trashed", node)

    def _hang(self, content: Content, parent: str | None) -> None:
        if content.parent is not None:
            self._children.get(content.parent, set()).discard(content.id)
        content.parent = parent
        if parent is not None:
            self._children.setdefault(parent, set()).add(content.id)

    def _changed(self, event: str, content: Content) -> None:
        self._index(content)
        for listener in self.listeners:
            listener(event, content)

    def _index(self, content: Content) -> None:
        copied = replace(content, labels=list(content.labels))
        self._to_index.append((self.now() + self.index_lag, copied))

    def _next(self) -> int:
        return next(self._ids)
