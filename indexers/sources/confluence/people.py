"""People and groups, as both Cloud and Data Center report them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from footnote_bot.indexers.sources.confluence.paging import by_start, results
from footnote_bot.indexers.sources.confluence.transport import Json, Params, Refused, Transport

AT_ONCE = 200
"""People or groups requested at once."""


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
