"""People and groups of a Confluence.

Cloud shows an e-mail if its owner allows it. On Data Center only the profile for mobile pages has
e-mails, so it is requested once for each person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from footnote_bot.indexers.sources.confluence.paging import by_start, results
from footnote_bot.indexers.sources.confluence.parallel import parallel_map
from footnote_bot.indexers.sources.confluence.remembering import FAILURES_KEPT, Remembered
from footnote_bot.indexers.sources.confluence.transport import Json, Params, Refused, Transport, at

AT_ONCE = 200
"""People or groups requested at once."""
_EVERYBODY = "type=user"
_MOST = 10_000
"""The search returns no more people than this."""
_ADDRESSES_KEPT = 6 * 3600.0
"""Seconds for which e-mails are cached in the directory; a person who asks a question is looked up
again."""
_OF_ONE_PERSON = {400, 403, 404, 500}
"""HTTP statuses that say nothing about the next person's profile."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account. ``key`` is the account id (Cloud) or the user key (Data Center). ``email`` is
    empty if it is hidden, or another request shows it. ``licensed``: the account may log in, and is
    no guest and no app."""

    key: str
    name: str
    email: str = ""
    active: bool = False
    licensed: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A group. ``key`` names it in restrictions: its id (Cloud) or its name."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class AccountDirectory:
    """The directory of accounts. ``by_email``: keys of all accounts that show an address. ``all``
    counts people, including those whose address is hidden. It is ``whole`` unless an address was
    unavailable."""

    by_email: Mapping[str, frozenset[str]]
    all: int
    whole: bool = True

    @classmethod
    def of(cls, emails: Mapping[str, str | None], total: int = 0) -> AccountDirectory:
        """Return the directory of ``emails`` by key: empty if hidden, None if unavailable."""
        accounts: dict[str, set[str]] = {}
        for key, email in emails.items():
            if email and "@" in email:  # Data Center may mask it: "ada at example dot com".
                accounts.setdefault(address(email), set()).add(key)
        by_email = {email: frozenset(keys) for email, keys in accounts.items()}
        return cls(by_email, max(total, len(emails)), None not in emails.values())

    @property
    def visible(self) -> int:
        return sum(map(len, self.by_email.values()))


class People(Protocol):
    """The people of a Confluence. All methods raise WikiUnavailable if an answer is incomplete."""

    @property
    def lag(self) -> float:
        """Return by how many seconds `groups` may be outdated."""
        ...

    def directory(self) -> AccountDirectory: ...

    def anybody(self) -> Account | None:
        """Return an account that the directory lists; None if there is none."""
        ...

    def account(self, key: str) -> Account | None:
        """Return the current account; on Data Center ``key`` may be a username. None: there is
        none."""
        ...

    def email(self, account: Account) -> str:
        """Return the address that the account shows now."""
        ...

    def groups(self, account: Account) -> list[Group]:
        """Return all groups, including groups of groups if the product has them."""
        ...


def address(email: str) -> str:
    """Return the address normalised for comparison."""
    return email.strip().casefold()


def somebody(wiki: Transport, path: str, params: Params) -> Json | None:
    """Return a person; None if there is no such person."""
    try:
        answer = wiki.get(path, params)
    except Refused as refused:
        if refused.status in {400, 404}:
            return None
        raise
    return None if text(answer, "type") in {"unknown", "anonymous"} else answer


def rows_of(wiki: Transport, path: str, params: Params) -> Iterator[Json]:
    for answer in by_start(wiki, path, {**params, "limit": AT_ONCE}):
        yield from (row for row in results(answer) if isinstance(row, Mapping))


def text(answer: Mapping[str, object], name: str) -> str:
    value = answer.get(name)
    return value if isinstance(value, str) else ""


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
