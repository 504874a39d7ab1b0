"""People and groups, as each product tells them.

Cloud shows an e-mail where its owner lets it. Data Center has it in one place alone, the
profile that its mobile pages read; so it is asked there once for each person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from indexers.confluence.abreast import abreast
from indexers.confluence.paging import by_start, results
from indexers.confluence.remembering import FAILURES_KEPT, Remembered
from indexers.confluence.transport import Json, Params, Refused, Transport

_AT_ONCE = 200
_EVERYBODY = "type=user"
_ADDRESSES_KEPT = 6 * 3600.0
"""Seconds for which Data Center's e-mails count in the directory; whoever asks a question
is looked at again."""


_OF_ONE_PERSON = {400, 403, 404, 500}
"""Answers that say nothing about the next person's profile."""


@dataclass(frozen=True, slots=True)
class Account:
    """``key`` is the account id (Cloud) or the user key (Data Center). ``email`` is empty
    where it is hidden, or shown elsewhere. ``licensed``: may log in, and is nobody's guest
    and no app."""

    key: str
    name: str
    email: str = ""
    active: bool = False
    licensed: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """``key`` is what restrictions name it by: its id (Cloud) or its name."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Directory:
    """``by_email``: keys of all accounts that show an address. ``all`` counts people, also
    those whose address is hidden. It is ``whole`` unless somebody's could not be had."""

    by_email: Mapping[str, frozenset[str]]
    all: int
    whole: bool = True

    @classmethod
    def of(cls, emails: Mapping[str, str | None], total: int = 0) -> Directory:
        """Of e-mails by key: empty where hidden, None where not to be had."""
        found: dict[str, set[str]] = {}
        for key, email in emails.items():
            if email and "@" in email:  # Data Center may mask it: "ada at example dot com".
                found.setdefault(address(email), set()).add(key)
        by_email = {email: frozenset(keys) for email, keys in found.items()}
        return cls(by_email, max(total, len(emails)), None not in emails.values())

    @property
    def visible(self) -> int:
        return sum(map(len, self.by_email.values()))


class People(Protocol):
    """All methods raise WikiUnavailable where an answer is not whole."""

    def directory(self) -> Directory: ...

    def account(self, key: str) -> Account | None:
        """As it is now; on Data Center ``key`` may be a username. None: there is none."""
        ...

    def email(self, account: Account) -> str:
        """What it shows now."""
        ...

    def groups(self, account: Account) -> list[Group]:
        """All, groups of groups too where the product has them."""
        ...


def address(email: str) -> str:
    """As addresses are compared."""
    return email.strip().casefold()


class CloudPeople:
    def __init__(self, wiki: Transport) -> None:
        self._wiki = wiki

    def directory(self) -> Directory:
        """A request for every 200 people, several at once. The search lists active people
        only, and no more than 10,000."""
        first = self._searched(_EVERYBODY, 0, _AT_ONCE)
        rows, total = results(first), first.get("totalSize")
        if not isinstance(total, int):
            raise Refused(200, "Confluence listed people without `totalSize`.")
        stride = len(rows) or max(1, total)
        strides = ((at, min(stride, total - at)) for at in range(stride, total, stride))
        for more in abreast(self._stride, strides, self._wiki.concurrency):
            rows += more
        users = [user for row in rows if isinstance(user := row.get("user"), Mapping)]
        emails: dict[str, str | None] = {
            key: _text(user, "email") for user in users if (key := _text(user, "accountId"))
        }
        return Directory.of(emails, total)

    def account(self, key: str) -> Account | None:
        said = _found(self._wiki, "/rest/api/user", {"accountId": key})
        if said is None or said.get("accountId") != key:
            return None
        status = _text(said, "accountStatus")
        return Account(
            key=key,
            name=_text(said, "displayName") or _text(said, "publicName"),
            email=_text(said, "email"),
            active=status == "active" if status else self._is_listed(key),
            licensed=_text(said, "accountType") == "atlassian" and _is_no_guest(said),
        )

    def email(self, account: Account) -> str:
        return account.email

    def groups(self, account: Account) -> list[Group]:
        rows = _rows(self._wiki, "/rest/api/user/memberof", {"accountId": account.key})
        return [Group(_text(row, "id"), _text(row, "name")) for row in rows if _text(row, "id")]

    def _stride(self, stride: tuple[int, int]) -> list[Json]:
        """All from a place on, however few come at once."""
        start, wanted = stride
        rows: list[Json] = []
        while len(rows) < wanted:
            left = wanted - len(rows)
            more = results(self._searched(_EVERYBODY, start + len(rows), left))
            if not more:
                break
            rows += more
        return rows

    def _is_listed(self, key: str) -> bool:
        """The search lists active people only."""
        return bool(results(self._searched(f'user.accountid="{key}"', 0, 1)))

    def _searched(self, cql: str, start: int, limit: int) -> Json:
        params: Params = {
            "cql": cql,
            "sitePermissionTypeFilter": "all",
            "start": start,
            "limit": limit,
        }
        return self._wiki.get("/rest/api/search/user", params)


def _is_no_guest(said: Json) -> bool:
    flags = [said.get(flag) for flag in ("isGuest", "isExternalCollaborator")]
    return False in flags and True not in flags


class DataCenterPeople:
    """``remembered``: seconds for which a group's own groups are."""

    def __init__(self, wiki: Transport, remembered: float, clock: Callable[[], float]) -> None:
        self._wiki = wiki
        site = wiki.base.site
        self._emails = Remembered(
            f"{site}: a profile",
            self._email,
            lambda email: FAILURES_KEPT if email is None else _ADDRESSES_KEPT,
            clock,
        )
        self._above = Remembered(
            f"{site}: the groups of a group", self._ancestors, lambda _: remembered, clock
        )

    def directory(self) -> Directory:
        """A request for every 200 people (from 8.4 on, for administrators), and every six
        hours one for each of them."""
        rows = list(_rows(self._wiki, "/rest/api/user/list", {}))
        keys = {_text(row, "username"): _text(row, "userKey") for row in rows}
        names = [name for name, key in keys.items() if name and key]
        emails = abreast(self._emails.get, names, self._wiki.concurrency)
        return Directory.of({keys[n]: email for n, email in zip(names, emails, strict=True)})

    def account(self, key: str) -> Account | None:
        for name in ("key", "username"):
            said = _found(self._wiki, "/rest/api/user", {name: key, "expand": "status"})
            if said is not None and key in {said.get("userKey"), said.get("username")}:
                status = _text(said, "status").casefold()
                if not status:
                    raise Refused(200, "Confluence does not say whether an account is active.")
                active = status in {"current", "active"}
                # There are no guests here: whoever is active may log in.
                return Account(
                    key=_text(said, "userKey"),
                    name=_text(said, "username"),
                    active=active,
                    licensed=active,
                )
        return None

    def email(self, account: Account) -> str:
        return self._email(account.name) or ""

    def groups(self, account: Account) -> list[Group]:
        """Closed over groups of groups by ourselves: `memberof` may hold them already."""
        rows = _rows(self._wiki, "/rest/api/user/memberof", {"key": account.key})
        direct = {name for row in rows if (name := _text(row, "name"))}
        above = abreast(self._above.get, sorted(direct), self._wiki.concurrency)
        return [Group(name, name) for name in sorted(direct.union(*above))]

    def _email(self, username: str) -> str | None:
        """None: it is not to be had, of this person alone."""
        try:
            said = self._wiki.get(f"/rest/mobile/1.0/profile/{quote(username, safe='')}")
        except Refused as refused:
            if refused.status not in _OF_ONE_PERSON:
                raise
            return None if refused.status == 500 else ""
        return _text(said, "email")

    def _ancestors(self, group: str) -> frozenset[str]:
        """From 9.4 on; earlier versions do not show which group is in which."""
        path = f"/rest/api/group/{quote(group, safe='')}/groupancestor"
        try:
            return frozenset(_text(row, "name") for row in _rows(self._wiki, path, {})) - {""}
        except Refused as refused:
            if 400 <= refused.status < 500 and refused.status != 429:
                return frozenset()
            raise


def _found(wiki: Transport, path: str, params: Params) -> Json | None:
    """Somebody; None if there is no such person."""
    try:
        said = wiki.get(path, params)
    except Refused as refused:
        if refused.status in {400, 404}:
            return None
        raise
    return None if said.get("type") in {"unknown", "anonymous"} else said


def _rows(wiki: Transport, path: str, params: Params) -> Iterator[Json]:
    for answer in by_start(wiki, path, {**params, "limit": _AT_ONCE}):
        yield from (row for row in results(answer) if isinstance(row, Mapping))


def _text(said: Mapping[str, object], name: str) -> str:
    found = said.get(name)
    return found if isinstance(found, str) else ""
