"""People of Confluence Data Center.

Only the profile for mobile pages has their e-mails, so it is requested once for each person.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from footnote_bot.indexers.sources.confluence.paging import results
from footnote_bot.indexers.sources.confluence.parallel import parallel_map
from footnote_bot.indexers.sources.confluence.people import (
    Account,
    AccountDirectory,
    Group,
    rows_of,
    somebody,
    text,
)
from footnote_bot.indexers.sources.confluence.remembering import FAILURES_KEPT, Remembered
from footnote_bot.indexers.sources.confluence.transport import Refused, Transport

_ADDRESSES_KEPT = 6 * 3600.0
"""Seconds for which e-mails are cached in the directory; a person who asks a question is looked up
again."""
_OF_ONE_PERSON = {400, 403, 404, 500}
"""HTTP statuses that say nothing about the next person's profile."""


class DataCenterPeople:
    """The people. ``lag``: seconds for which the parent groups of a group are cached, because many
    people share them."""

    def __init__(self, wiki: Transport, lag: float, clock: Callable[[], float]) -> None:
        self._wiki = wiki
        self.lag = lag
        site = wiki.base.site
        self._emails = Remembered(
            f"{site}: a profile",
            self._email,
            lambda email: FAILURES_KEPT if email is None else _ADDRESSES_KEPT,
            clock,
        )
        self._above = Remembered(
            f"{site}: the groups of a group", self._ancestors, lambda _: lag, clock
        )

    def directory(self) -> AccountDirectory:
        """Return the directory: a request for every 200 people (from 8.4 on, for administrators),
        and a request for each person every six hours."""
        rows = list(rows_of(self._wiki, "/rest/api/user/list", {}))
        keys = {text(row, "username"): text(row, "userKey") for row in rows}
        names = [name for name, key in keys.items() if name and key]
        emails = parallel_map(self._emails.get, names, self._wiki.concurrency)
        return AccountDirectory.of({keys[n]: email for n, email in zip(names, emails, strict=True)})

    def anybody(self) -> Account | None:
        rows = results(self._wiki.get("/rest/api/user/list", {"limit": 1}))
        keys = (text(row, "userKey") for row in rows)
        return next((Account(key, key) for key in keys if key), None)

    def account(self, key: str) -> Account | None:
        for name in ("key", "username"):
            user = somebody(self._wiki, "/rest/api/user", {name: key, "expand": "status"})
            if user is not None and key in {text(user, "userKey"), text(user, "username")}:
                status = text(user, "status").casefold()
                if not status:
                    raise Refused(200, "Confluence does not say whether an account is active.")
                active = status in {"current", "active"}
                # There are no guests here: every active person may log in.
                return Account(
                    key=text(user, "userKey"),
                    name=text(user, "username"),
                    active=active,
                    licensed=active,
                )
        return None

    def email(self, account: Account) -> str:
        return self._email(account.name) or ""

    def groups(self, account: Account) -> list[Group]:
        """Return the groups, including groups of groups: `memberof` may hold them already."""
        rows = rows_of(self._wiki, "/rest/api/user/memberof", {"key": account.key})
        direct = {name for row in rows if (name := text(row, "name"))}
        above = parallel_map(self._above.get, sorted(direct), self._wiki.concurrency)
        return [Group(name, name) for name in sorted(direct.union(*above))]

    def _email(self, username: str) -> str | None:
        """Return the e-mail; empty if there is none to see, None if Confluence fails for this
        person alone."""
        try:
            user = self._wiki.get(f"/rest/mobile/1.0/profile/{quote(username, safe='')}")
        except Refused as refused:
            if refused.status not in _OF_ONE_PERSON:
                raise
            return None if refused.status == 500 else ""
        return text(user, "email")

    def _ancestors(self, group: str) -> frozenset[str]:
        """Return the groups that contain ``group``; versions before 9.4 do not show them."""
        path = f"/rest/api/group/{quote(group, safe='')}/groupancestor"
        try:
            return frozenset(text(row, "name") for row in rows_of(self._wiki, path, {})) - {""}
        except Refused as refused:
            if 400 <= refused.status < 500 and refused.status != 429:
                return frozenset()
            raise
