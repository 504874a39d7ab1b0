"""People of a Confluence: a Slack e-mail -> an account -> what it holds there.

An address belongs to an account if that account alone shows it, or if the operator says so. A name
proves nothing, nor does a rank in search results. If the account is unknown now, the person gets
what is open to everyone, and a note.

Cloud shows an e-mail if its owner allows it. On Data Center only the profile for mobile pages has
e-mails, so it is requested once for each person.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.model import untold_token
from footnote_bot.indexers.sources.confluence.paging import by_start, results
from footnote_bot.indexers.sources.confluence.parallel import parallel_map
from footnote_bot.indexers.sources.confluence.remembering import FAILURES_KEPT, Remembered
from footnote_bot.indexers.sources.confluence.rights import Tokens
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
_OUT_OF_LABELS = re.compile(r"[^\w]+")
LISTED = 600.0
"""Seconds after which the list of accounts is read again. It only says which accounts to check."""
HIDDEN = "no account shows this address"
SHARED = "two accounts have it"
DEACTIVATED = "deactivated"
NO_SUCH = "the override names no account that there is"


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
        """Return how many accounts show their address."""
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


def fetch_person(wiki: Transport, path: str, params: Params) -> Json | None:
    """Return the person at ``path``, as Confluence describes them; None if there is none."""
    try:
        answer = wiki.get(path, params)
    except Refused as refused:
        if refused.status in {400, 404}:
            return None
        raise
    return None if text(answer, "type") in {"unknown", "anonymous"} else answer


def rows_of(wiki: Transport, path: str, params: Params) -> Iterator[Json]:
    """Yield the objects in a listing, page by page."""
    for answer in by_start(wiki, path, {**params, "limit": AT_ONCE}):
        yield from (row for row in results(answer) if isinstance(row, Mapping))


def text(answer: Mapping[str, object], name: str) -> str:
    """Return the text in the field ``name``; empty if there is none."""
    value = answer.get(name)
    return value if isinstance(value, str) else ""


class CloudPeople:
    """The people of a Confluence Cloud, see `People`."""

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
        size = max(1, len(rows))
        ranges = ((start, min(size, count - start)) for start in range(size, count, size))
        for batch in parallel_map(self._search_range, ranges, self._wiki.concurrency):
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
        user = fetch_person(self._wiki, "/rest/api/user", {"accountId": key})
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

    def _search_range(self, start_and_count: tuple[int, int]) -> list[Json]:
        """Return ``count`` people from ``start`` on, however few of them one response holds."""
        start, count = start_and_count
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
        """Return one page of results of a search for people."""
        params: Params = {
            "cql": cql,
            "sitePermissionTypeFilter": "all",
            "start": start,
            "limit": limit,
        }
        return self._wiki.get("/rest/api/search/user", params)


def _users(rows: Iterable[Json]) -> list[Json]:
    """Return the users in the rows of a search."""
    users = (at(row, "user") for row in rows)
    return [user for user in users if isinstance(user, dict)]


def _is_no_guest(user: Json) -> bool:
    """Return whether a flag says that the user is no guest, and none says the opposite."""
    flags = [user.get(flag) for flag in ("isGuest", "isExternalCollaborator")]
    return False in flags and True not in flags


class DataCenterPeople:
    """The people of a Confluence Data Center, see `People`. ``lag``: seconds for which the parent
    groups of a group are cached, because many people share them."""

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
        self._parent_groups = Remembered(
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
        for parameter in ("key", "username"):
            params: Params = {parameter: key, "expand": "status"}
            user = fetch_person(self._wiki, "/rest/api/user", params)
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
        parents = parallel_map(self._parent_groups.get, sorted(direct), self._wiki.concurrency)
        return [Group(name, name) for name in sorted(direct.union(*parents))]

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


@dataclass(frozen=True, slots=True)
class NotFound:
    """No account was found. ``reason`` is for the operator, and follows the address:
    "ada@example.com: ...". ``unasked``: Confluence could not be asked."""

    reason: str
    unasked: bool = False


@dataclass(frozen=True, slots=True)
class _Membership:
    """The account of an address, or why there is none, and the groups of the account."""

    who: Account | NotFound
    groups: tuple[Group, ...] = ()


class ConfluenceMembers:
    """The people of one Confluence, for several threads.

    ``overrides`` are account ids (Cloud), user keys or usernames (Data Center) by e-mail, for
    people whose address differs or is hidden. A person's account and groups are cached for
    ``remembered`` seconds, the directory for ``listed`` seconds. ``clock`` returns seconds.
    """

    def __init__(  # noqa: PLR0913 - sources, and how long each result is cached
        self,
        transport: Transport,
        tokens: Tokens,
        *,
        overrides: Mapping[str, str] = {},
        remembered: float = 60.0,
        listed: float = LISTED,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.site = tokens.site
        self._tokens = tokens
        self._caches_list = listed > 0
        self._overrides = {address(email): key for email, key in overrides.items()}
        self._people: People = (
            CloudPeople(transport)
            if transport.base.cloud
            else DataCenterPeople(transport, remembered / 2, clock)
        )
        site = transport.base.site
        # A person who is not found costs no request until the directory is read again.
        soon = min(FAILURES_KEPT, remembered)
        listed_soon = min(FAILURES_KEPT, listed)
        self._directory: Remembered[None, AccountDirectory] = Remembered(
            f"{site}: the directory of people",
            lambda _: self._people.directory(),
            lambda directory: listed if directory.whole else listed_soon,
            clock,
        )
        self._memberships = Remembered(
            f"{site}: what a person holds",
            self._membership,
            lambda membership: (
                soon if isinstance(membership.who, NotFound) else remembered - self._people.lag
            ),
            clock,
        )
        self._owners = Remembered(
            f"{site}: who an owner is", self._owner_address, lambda _: listed, clock
        )

    def tokens(self, email: str) -> frozenset[str]:
        """Return the tokens of the account with this address, see `WikiSource.tokens`. Without an
        account there are none."""
        try:
            membership = self._memberships.get(address(email))
        except WikiUnavailable:
            return frozenset({untold_token(self.site)})
        if isinstance(membership.who, NotFound):
            return frozenset()
        tokens = {self._tokens.group(group.key) for group in membership.groups}
        if membership.who.licensed:
            tokens.add(self._tokens.licensed)
        return frozenset({self._tokens.user(membership.who.key), *tokens})

    def owner(self, name: str) -> str:
        """Return the address for ``name``, the owner field of a page, see `Ownership`; empty if
        unknown now."""
        if "@" in name:
            return name
        try:
            return self._owners.get(name)
        except WikiUnavailable:
            return ""

    def find(self, email: str) -> Account | NotFound:
        """Return the account with this address, or why there is none."""
        try:
            return self._memberships.get(address(email)).who
        except WikiUnavailable as error:
            return NotFound(f"cannot be asked: {error}", unasked=True)

    def groups(self, account: Account) -> list[str]:
        """Return the current names of an account's groups.

        Raises:
            WikiUnavailable: they cannot be had.
        """
        return sorted(group.name for group in self._people.groups(account))

    def somebody_but(self, key: str) -> Account | None:
        """Return another account whose address the token sees.

        Raises:
            WikiUnavailable: people cannot be listed.
        """
        accounts = self._directory.get(None).by_email.values()
        others = (other for keys in accounts for other in keys if other != key)
        return next((Account(other, other) for other in others), None)

    def trouble(self) -> str:
        """Return why people cannot be identified; empty if they can. It takes a few requests."""
        try:
            fetch_person = self._people.anybody()
            if fetch_person is not None:
                self._people.groups(fetch_person)
        except WikiUnavailable as error:
            return str(error)
        return ""

    def shared(self) -> list[str]:
        """Return the addresses that more than one account shows, without an override.

        Raises:
            WikiUnavailable: people cannot be listed.
        """
        by_email = self._directory.get(None).by_email
        repeated = (email for email, keys in by_email.items() if len(keys) > 1)
        return sorted(email for email in repeated if email not in self._overrides)

    def count(self) -> tuple[int, int]:
        """Return how many people's e-mails the token sees, and how many people there are.

        Raises:
            WikiUnavailable: people cannot be listed.
        """
        directory = self._directory.get(None)
        return directory.visible, directory.all

    def _membership(self, email: str) -> _Membership:
        """Request the active account with this address, and its groups."""
        who = self._find(email)
        if isinstance(who, NotFound):
            return _Membership(who)
        if not who.active:
            return _Membership(NotFound(DEACTIVATED))
        return _Membership(who, tuple(self._people.groups(who)))

    def _find(self, email: str) -> Account | NotFound:
        """Find the account of an e-mail address: in `accounts`, else in the directory."""
        if override := self._overrides.get(email):
            return self._people.account(override) or NotFound(NO_SUCH)
        keys = self._accounts(email)
        if len(keys) > 1:
            return NotFound(SHARED)
        # The directory may be old: the account itself decides.
        for key in keys:
            account = self._people.account(key)
            if account is not None and address(self._people.email(account)) == email:
                return account
        return NotFound(HIDDEN)

    def _accounts(self, email: str) -> frozenset[str]:
        """Return the keys of the accounts that show an address. The cached directory is used first:
        the next one takes minutes where there are thousands of people."""
        last = self._directory.last(None) if self._caches_list else None
        keys = last.by_email.get(email) if last else None
        return keys or self._directory.get(None).by_email.get(email, frozenset())

    def _owner_address(self, owner: str) -> str:
        """Return the address of the one active person whom ``owner`` names: by an account's token,
        id, user key or username, or by an address as a label can spell it (`ada-lovelace` is
        ada.lovelace@example.com, if no other address begins so). Words that name no account are
        returned as they are; empty: the account is gone, or shows no address.

        Raises:
            WikiUnavailable: Confluence does not say now.
        """
        key = owner.removeprefix(self._tokens.user(""))
        account = self._people.account(key)
        if account is None and key == owner:
            account = self._account_named(owner)
            if account is None:
                return owner
        return self._address_of(account) if account is not None and account.active else ""

    def _account_named(self, label: str) -> Account | None:
        """Return the account whose e-mail address, or else the part before its @, is spelt like
        ``label``: a label of a page cannot hold all characters. None if no account is, or several
        are."""
        normalised = _as_label(label)
        accounts = {email: {key} for email, key in self._overrides.items()}
        for email, keys in self._directory.get(None).by_email.items():
            accounts.setdefault(email, set()).update(keys)
        for spell in (_as_label, lambda email: _as_label(email.partition("@")[0])):
            matches = {key for email, keys in accounts.items() if spell(email) == normalised
                     for key in keys}  # fmt: skip
            if matches:
                return self._people.account(matches.pop()) if len(matches) == 1 else None
        return None

    def _address_of(self, account: Account) -> str:
        """Return the address. An address that the operator mapped has priority: it is Slack's."""
        emails = (email for email, key in self._overrides.items() if key in _identifiers(account))
        shown = next(emails, "") or self._people.email(account)
        return address(shown) if "@" in shown else ""


def _identifiers(account: Account) -> tuple[str, str]:
    """Return what an override may name the account by."""
    return account.key, account.name


def _as_label(words: str) -> str:
    """Return the words as a label: lower case, with a hyphen for anything but letters and
    digits."""
    return _OUT_OF_LABELS.sub("-", words.casefold()).strip("-")
