"""People of a Confluence: a Slack e-mail -> an account -> what it holds there.

An address belongs to an account if that account alone shows it, or if the operator says so. A name
proves nothing, nor does a rank in search results. If the account is unknown now, the person gets
what is open to everyone, and a note.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.sources.confluence.people import (
    Account,
    AccountDirectory,
    CloudPeople,
    DataCenterPeople,
    Group,
    People,
    address,
)
from footnote_bot.indexers.sources.confluence.remembering import FAILURES_KEPT, Remembered
from footnote_bot.indexers.sources.confluence.rights import Tokens
from footnote_bot.indexers.sources.confluence.transport import Transport
from footnote_bot.indexers.untold import untold_token

_OUT_OF_LABELS = re.compile(r"[^\w]+")
LISTED = 600.0
"""Seconds after which the list of accounts is read again. It only says which accounts to check."""
HIDDEN = "no account shows this address"
SHARED = "two accounts have it"
DEACTIVATED = "deactivated"
NO_SUCH = "the override names no account that there is"


@dataclass(frozen=True, slots=True)
class NotFound:
    """No account was found. ``reason`` is for the operator, and follows the address:
    "ada@example.com: ...". ``unasked``: Confluence could not be asked."""

    reason: str
    unasked: bool = False


@dataclass(frozen=True, slots=True)
class _Membership:
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
        """See `WikiSource.tokens`."""
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
            somebody = self._people.anybody()
            if somebody is not None:
                self._people.groups(somebody)
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
        who = self._find(email)
        if isinstance(who, NotFound):
            return _Membership(who)
        if not who.active:
            return _Membership(NotFound(DEACTIVATED))
        return _Membership(who, tuple(self._people.groups(who)))

    def _find(self, email: str) -> Account | NotFound:
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
        """Return the accounts that show an address. The last directory is used first: the next one
        takes minutes where there are thousands of people."""
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
            account = self._by_label(owner)
            if account is None:
                return owner
        return self._address_of(account) if account is not None and account.active else ""

    def _by_label(self, label: str) -> Account | None:
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
        emails = (email for email, key in self._overrides.items() if key in _names(account))
        shown = next(emails, "") or self._people.email(account)
        return address(shown) if "@" in shown else ""


def _names(account: Account) -> tuple[str, str]:
    return account.key, account.name


def _as_label(words: str) -> str:
    """Return the words as a label: in lower case, without `@`, dots and spaces."""
    return _OUT_OF_LABELS.sub("-", words.casefold()).strip("-")
