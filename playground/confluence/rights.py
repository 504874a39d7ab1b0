"""The reference model of who may read what, which Footnote is tested against.

It was written independently from the vendor's rules, and shares no code with the indexers.
"""

from __future__ import annotations

from footnote_bot.playground.confluence.model import Who
from footnote_bot.playground.confluence.state import State


class Rights(State):
    def groups_of(self, user: str) -> frozenset[str]:
        """Return group names, including groups of groups."""
        names = {name for name, group in self.groups.items() if user in group.users}
        while wider := {n for n, g in self.groups.items() if g.groups & names} - names:
            names |= wider
        return frozenset(names)

    def may_view_space(self, user: str | None, space: str) -> bool:
        """Return whether a user may view a space; None is an anonymous visitor."""
        return space not in self.deleted_spaces and any(
            self._is(user, grant.who)
            for grant in self.spaces[space].grants
            if grant.operation == "read"
        )

    def may_read(self, user: str | None, content: str) -> bool:
        """Return whether the space and every node from the top to this one admit the user.

        The content's status (current, archived, trashed) does not count.
        """
        return self.may_view_space(user, self.contents[content].space) and all(
            node.readers is None or any(self._is(user, who) for who in node.readers)
            for node in self.path(content)
        )

    def readers_of(self, content: str) -> frozenset[str]:
        return frozenset(user for user in self.users if self.may_read(user, content))

    def may_see(self, user: str | None, content: str) -> bool:
        """Return whether HTTP shows the content: as `may_read`, or to a user who sees
        everything."""
        return self._is_all_seeing(user) or self.may_read(user, content)

    def may_see_space(self, user: str | None, space: str) -> bool:
        if space in self.deleted_spaces:
            return False
        return self._is_all_seeing(user) or self.may_view_space(user, space)

    def _is_all_seeing(self, user: str | None) -> bool:
        return user is not None and self.users[user].sees_everything

    def _is(self, user: str | None, who: Who) -> bool:
        if user is not None and not self.users[user].active:
            return False
        match who.kind:
            case "anonymous":
                return True
            case "licensed":
                return user is not None and not (self.users[user].guest or self.users[user].app)
            case "user":
                return user == who.name
            case "group":
                return user is not None and who.name in self.groups_of(user)
