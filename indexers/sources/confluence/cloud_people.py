"""People of Confluence Cloud, which shows an e-mail if its owner allows it."""

from __future__ import annotations

from collections.abc import Iterable

from footnote_bot.indexers.sources.confluence.paging import results
from footnote_bot.indexers.sources.confluence.parallel import parallel_map
from footnote_bot.indexers.sources.confluence.people import (
    AT_ONCE,
    Account,
    AccountDirectory,
    Group,
    rows_of,
    somebody,
    text,
)
from footnote_bot.indexers.sources.confluence.transport import Json, Params, Refused, Transport, at

_EVERYBODY = "type=user"
_MOST = 10_000
"""The search returns no more people than this."""


class CloudPeople:
    lag = 0.0

    def __init__(self, wiki: Transport) -> None:
        self._wiki = wiki

    def directory(self) -> AccountDirectory:
        """Return the directory of active people: a request for every 200, several at once."""
        first = self._search_users(_EVERYBODY, 0, AT_ONCE)
        rows, total = results(first), first.get("totalSize")
        if not isinstance(total, int):
            raise Refused(200, "Confluence listed people without `totalSize`.")
        count = min(total, _MOST) if rows else 0
        stride = max(1, len(rows))
        strides = ((at, min(stride, count - at)) for at in range(stride, count, stride))
        for batch in parallel_map(self._stride, strides, self._wiki.concurrency):
            rows += batch
        users = _users(rows)
        emails: dict[str, str | None] = {
            key: text(user, "email") for user in users if (key := text(user, "accountId"))
        }
        return AccountDirectory.of(emails, total)

    def anybody(self) -> Account | None:
        rows = results(self._search_users(_EVERYBODY, 0, 1))
        keys = (text(user, "accountId") for user in _users(rows))
        return next((Account(key, key) for key in keys if key), None)

    def account(self, key: str) -> Account | None:
        user = somebody(self._wiki, "/rest/api/user", {"accountId": key})
        if user is None or user.get("accountId") != key:
            return None
        status = text(user, "accountStatus")
        return Account(
            key=key,
            name=text(user, "displayName") or text(user, "publicName"),
            email=text(user, "email"),
            active=status == "active" if status else self._is_listed(key),
            licensed=text(user, "accountType") == "atlassian" and _is_no_guest(user),
        )

    def email(self, account: Account) -> str:
        return account.email

    def groups(self, account: Account) -> list[Group]:
        rows = rows_of(self._wiki, "/rest/api/user/memberof", {"accountId": account.key})
        return [Group(text(row, "id"), text(row, "name")) for row in rows if text(row, "id")]

    def _stride(self, stride: tuple[int, int]) -> list[Json]:
        """Return as many rows as wanted from an offset on, however few come at once."""
        start, count = stride
        rows: list[Json] = []
        while len(rows) < count:
            missing = count - len(rows)
            batch = results(self._search_users(_EVERYBODY, start + len(rows), missing))
            if not batch:
                break
            rows += batch
        return rows

    def _is_listed(self, key: str) -> bool:
        """Return whether the search lists the person; it lists active people only."""
        return bool(results(self._search_users(f'user.accountid="{key}"', 0, 1)))

    def _search_users(self, cql: str, start: int, limit: int) -> Json:
        params: Params = {
            "cql": cql,
            "sitePermissionTypeFilter": "all",
            "start": start,
            "limit": limit,
        }
        return self._wiki.get("/rest/api/search/user", params)


def _users(rows: Iterable[Json]) -> list[Json]:
    users = (at(row, "user") for row in rows)
    return [user for user in users if isinstance(user, dict)]


def _is_no_guest(user: Json) -> bool:
    flags = [user.get(flag) for flag in ("isGuest", "isExternalCollaborator")]
    return False in flags and True not in flags
