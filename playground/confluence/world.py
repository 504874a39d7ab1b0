"""A made-up wiki that tests edit, and that knows who may read what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

from footnote_bot.playground.confluence.model import (
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
    as_labels,
    users_and_groups,
)
from footnote_bot.playground.confluence.rights import Rights
from footnote_bot.playground.confluence.state import Product

LICENSED = "confluence-users"
"""The default group of everybody with a licence, on Data Center."""


class World(Rights):
    """A world. Every edit is a method, and raises KeyError for an id that does not exist."""

    def __init__(
        self,
        product: Product = "cloud",
        *,
        now: Callable[[], datetime],
        index_lag: timedelta = timedelta(0),
        timezone: tzinfo = UTC,
    ) -> None:
        super().__init__(product, now=now, index_lag=index_lag, timezone=timezone)
        if not self.is_cloud:
            self.add_group(LICENSED)

    # People

    def add_user(self, name: str, email: str = "", **fields: bool) -> User:
        """Add a user with an id in the product's form; ``fields`` as in `User`."""
        number = self.next_number()
        username = name.lower().replace(" ", ".")
        identity = f"557058:{number:0>12}" if self.is_cloud else f"{number:0>32x}"
        user = User(identity, name, username, email or f"{username}@example.com")
        for field, value in fields.items():
            setattr(user, field, value)
        self.users[user.id] = user
        if not self.is_cloud and not (user.guest or user.app):
            self.join(LICENSED, user.id)
        return user

    def add_group(self, name: str, users: Iterable[User] = (), groups: Iterable[str] = ()) -> Group:
        """Add a group.

        Raises:
            ValueError: groups in a group, on Cloud.
        """
        group = Group(f"00000000-0000-4000-8000-{self.next_number():0>12}", name)
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
        """Put a group into another one.

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
        """Add a space; a personal one has a key that starts with ``~``."""
        space = Space(str(self.next_number()), key, name or key)
        space.type = "personal" if key.startswith("~") else "global"
        self.spaces[key] = space
        for who in readers:
            self.grant(key, who)
        if homepage:
            space.homepage = self.create(key, f"{space.name} Home").id
        return space

    def grant(self, space: str, who: Who, operation: str = "read") -> Grant:
        """Grant an operation on a space.

        Raises:
            ValueError: not an operation that a space grants.
        """
        if operation not in GRANTABLE:
            raise ValueError(operation)
        grant = Grant(self.next_number(), operation, who)
        self.spaces[space].grants.append(grant)
        return grant

    def revoke(self, space: str, who: Who, operation: str = "read") -> None:
        grants = self.spaces[space].grants
        grants[:] = [g for g in grants if (g.who, g.operation) != (who, operation)]

    def rename_space(self, key: str, name: str) -> None:
        self.spaces[key].name = name

    def rename_space_key(self, key: str, new: str) -> None:
        """Rename a space's key; the space and its pages keep their ids."""
        space = self.spaces.pop(key)
        space.key = new
        self.spaces[new] = space
        for content in self.contents.values():
            if content.space == key:
                content.space = new
                self.index(content)

    def delete_space(self, key: str) -> None:
        """Delete a space with everything in it, for good. It stays in the state, closed to
        everybody, because its content still names it."""
        for content in self.contents.values():
            if content.space == key and content.status != "deleted":
                content.status = "deleted"
                self.changed("page_removed", content)
        self.deleted_spaces.add(key)

    def archive_space(self, key: str) -> None:
        self.spaces[key].status = "archived"

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
        """Create a page.

        Raises:
            ValueError: a parent in another space, or for a blog post.
        """
        if space not in self.spaces:
            raise KeyError(space)
        if parent is not None and (type == "blogpost" or self.contents[parent].space != space):
            raise ValueError("a parent must be in the same space, and a blog post has none")
        now = self.now()
        author = author or next(iter(self.users), "")
        content = Content(
            str(self.next_number()), type, space, title, parent, body, author, now, now
        )
        content.status = "draft" if draft else "current"
        content.labels = as_labels(labels)
        self.contents[content.id] = content
        self.hang(content, parent)
        self.changed("page_created", content)
        return content

    def edit(
        self, content: str, *, body: str | None = None, title: str | None = None, author: str = ""
    ) -> None:
        """Make a new version."""
        edited = self.contents[content]
        edited.body = edited.body if body is None else body
        edited.title = edited.title if title is None else title
        edited.author = author or edited.author
        edited.version += 1
        edited.modified = self.now()
        self.changed("page_updated", edited)

    def move(self, content: str, *, parent: str | None = None, space: str | None = None) -> None:
        """Move content with everything below it. No version rises.

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
        self.hang(moved, parent)
        for below in self.subtree(content):
            below.space = target
            self.index(below)
        self.changed("page_moved", moved)

    def restrict(
        self, content: str, *, users: Iterable[str] = (), groups: Iterable[str] = ()
    ) -> None:
        """Restrict reading of this content and everything below it. No version rises.

        Raises:
            ValueError: nobody named; Confluence keeps no empty restriction.
        """
        readers = users_and_groups(users, groups)
        if not readers:
            raise ValueError("a restriction names somebody; to lift it, open the page")
        self.contents[content].readers = readers
        self.changed("content_permissions_updated", self.contents[content])

    def restrict_editing(
        self, content: str, *, users: Iterable[str] = (), groups: Iterable[str] = ()
    ) -> None:
        """Restrict editing; everybody else may go on reading."""
        self.contents[content].editors = users_and_groups(users, groups) or None
        self.changed("content_permissions_updated", self.contents[content])

    def open(self, content: str) -> None:
        """Lift the page's own restrictions; those above it stay."""
        self.contents[content].readers = self.contents[content].editors = None
        self.changed("content_permissions_updated", self.contents[content])

    def trash(self, content: str, *, below: bool = False) -> None:
        """Trash content. Its children move up to its parent, unless they go ``below`` with it."""
        self._put_away(content, "trashed", below=below)

    def archive(self, content: str, *, below: bool = False) -> None:
        """Archive content, as `trash`; Cloud's alone."""
        self._put_away(content, "archived", below=below)

    def restore(self, content: str) -> None:
        """Restore content from the trash or the archive; below its parent if that is still
        current."""
        restored = self.contents[content]
        if restored.status not in {"trashed", "archived"}:
            raise ValueError(f"{content} is {restored.status}")
        parent = self.contents.get(restored.parent or "")
        if parent is None or parent.status != "current" or parent.space != restored.space:
            self.hang(restored, None)
        restored.status = "current"
        self.changed("page_restored", restored)

    def publish(self, content: str) -> None:
        self.contents[content].status = "current"
        self.changed("page_created", self.contents[content])

    def delete(self, content: str) -> None:
        """Delete content for good; its children move up."""
        self._put_away(content, "deleted", below=False)
        self.hang(self.contents[content], None)

    def label(self, content: str, *labels: str) -> None:
        """Set the labels. No version rises.

        Raises:
            ValueError: Confluence would not take one of them.
        """
        self.contents[content].labels = as_labels(labels)
        self.changed("label_added", self.contents[content])

    def set_property(self, content: str, key: str, value: object) -> None:
        """Set a content property, as an app or a script does; None removes it. No version rises,
        and no event is sent."""
        properties = self.contents[content].properties
        properties.pop(key, None)
        if value is not None:
            properties[key] = value

    def attach(
        self, content: str, title: str, data: bytes, media_type: str = "application/binary"
    ) -> Attachment:
        """Attach a file. A file of the same name gets a new version of its own; the page gets
        none."""
        page = self.contents[content]
        earlier = next((a for a in page.attachments if a.title == title), None)
        identity = earlier.id if earlier else f"att{self.next_number()}"
        versions = (*earlier.earlier, earlier.data) if earlier else ()
        attached = Attachment(identity, title, media_type, data, self.now(), versions)
        page.attachments = [a for a in page.attachments if a.title != title] + [attached]
        self.changed("attachment_created", page)
        return attached

    def detach(self, content: str, title: str) -> None:
        page = self.contents[content]
        page.attachments = [a for a in page.attachments if a.title != title]
        self.changed("attachment_removed", page)

    def comment(
        self, content: str, body: str, *, author: str = "", selection: str = "", answers: str = ""
    ) -> Comment:
        """Add a comment. ``selection``: the words of an inline comment; ``answers``: the comment
        that it answers."""
        page = self.contents[content]
        inline = bool(selection) or any(c.inline for c in page.comments if c.id == answers)
        now = self.now()
        comment = Comment(
            str(self.next_number()),
            author or page.author,
            body,
            inline,
            now,
            now,
            selection,
            answers,
        )
        page.comments = [*page.comments, comment]
        self.changed("comment_created", page)
        return comment

    def edit_comment(self, content: str, comment: str, body: str) -> None:
        now = self.now()
        self._comments(
            "comment_updated",
            content,
            lambda c: replace(c, body=body, version=c.version + 1, modified=now),
            comment,
        )

    def resolve(self, content: str, comment: str) -> None:
        """Resolve a comment. No version rises."""
        self._comments("comment_updated", content, lambda c: replace(c, resolved=True), comment)

    def delete_comment(self, content: str, comment: str) -> None:
        """Delete a comment. Its answers stay, without a parent."""
        self._comments("comment_removed", content, lambda _: None, comment)

    def _comments(
        self, event: str, content: str, change: Callable[[Comment], Comment | None], comment: str
    ) -> None:
        page = self.contents[content]
        changed = [change(c) if c.id == comment else c for c in page.comments]
        page.comments = [c for c in changed if c is not None]
        self.changed(event, page)

    def _put_away(
        self, content: str, status: Literal["trashed", "archived", "deleted"], *, below: bool
    ) -> None:
        going = self.contents[content]
        for child in self.children(content) if not below else ():
            self.hang(child, going.parent)
            self.index(child)
        for node in list(self.subtree(content)):
            node.status = status
            self.changed("page_archived" if status == "archived" else "page_trashed", node)
