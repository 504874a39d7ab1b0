"""Who people are in a Confluence: a Slack e-mail -> an account -> what it holds there.

An address is an account's if that account alone shows it, or if the operator says so. A
name proves nothing, nor does a place among search results. Where it cannot be told now, the
person gets what is open to everyone, and is told so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from indexers.errors import WikiUnavailable
from indexers.sources.confluence.cloud_people import CloudPeople
from indexers.sources.confluence.data_center_people import DataCenterPeople
from indexers.sources.confluence.owners import OwnerAddresses
from indexers.sources.confluence.people import Account, AccountDirectory, Group, People, address
from indexers.sources.confluence.remembering import FAILURES_KEPT, Remembered
from indexers.sources.confluence.rights import Tokens
from indexers.sources.confluence.transport import Transport
from indexers.untold import untold_token

HIDDEN = "no account shows this address"
SHARED = "two accounts have it"
DEACTIVATED = "deactivated"
NO_SUCH = "the override names no account that there is"


@dataclass(frozen=True, slots=True)
class NotFound:
    """``reason`` is for the operator, and follows the address: "ada@example.com: ...".
    ``unasked``: it cannot be told now."""

    reason: str
    unasked: bool = False


@dataclass(frozen=True, slots=True)
class _Standing:
    who: Account | NotFound
    groups: tuple[Group, ...] = ()


class ConfluenceMembers:
    """The people of one Confluence, to be asked from several threads.

    ``overrides`` are account ids (Cloud), user keys or usernames (Data Center) by e-mail,
    for those whose address differs or is hidden. ``remembered`` is for how many seconds
    the directory counts, and what a person holds. ``clock`` goes by seconds.
    """

    def __init__(
        self,
        transport: Transport,
        tokens: Tokens,
        *,
        overrides: Mapping[str, str] = {},
        remembered: float = 600.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.site = tokens.site
        self._tokens = tokens
        self._overrides = {address(email): key for email, key in overrides.items()}
        self._people: People = (
            CloudPeople(transport)
            if transport.base.cloud
            else DataCenterPeople(transport, remembered / 2, clock)
        )
        site = transport.base.site
        # Who is not found costs no request until the directory is read again.
        soon = min(FAILURES_KEPT, remembered)
        self._directory: Remembered[None, AccountDirectory] = Remembered(
            f"{site}: the directory of people",
            lambda _: self._people.directory(),
            lambda directory: remembered if directory.whole else soon,
            clock,
        )
        self._standings = Remembered(
            f"{site}: what a person holds",
            self._standing,
            lambda standing: (
                soon if isinstance(standing.who, NotFound) else remembered - self._people.lag
            ),
            clock,
        )
        owners = OwnerAddresses(
            self._people, lambda: self._directory.get(None), tokens, self._overrides
        )
        self._owners = Remembered(
            f"{site}: who an owner is", owners.address, lambda _: remembered, clock
        )

    def tokens(self, email: str) -> frozenset[str]:
        """See `WikiSource.tokens`."""
        try:
            standing = self._standings.get(address(email))
        except WikiUnavailable:
            return frozenset({untold_token(self.site)})
        if isinstance(standing.who, NotFound):
            return frozenset()
        held = {self._tokens.group(group.key) for group in standing.groups}
        if standing.who.licensed:
            held.add(self._tokens.licensed)
        return frozenset({self._tokens.user(standing.who.key), *held})

    def owner(self, named: str) -> str:
        """Who keeps a page that names its owner so, as words in which their address stands;
        see `OwnerAddresses`. Empty if that cannot be told now."""
        if "@" in named:
            return named
        try:
            return self._owners.get(named)
        except WikiUnavailable:
            return ""

    def find(self, email: str) -> Account | NotFound:
        """Whose address it is, or why nobody's."""
        try:
            return self._standings.get(address(email)).who
        except WikiUnavailable as error:
            return NotFound(f"cannot be asked: {error}", unasked=True)

    def groups(self, account: Account) -> list[str]:
        """Their names, asked for now.

        Raises:
            WikiUnavailable: they cannot be had.
        """
        return sorted(group.name for group in self._people.groups(account))

    def somebody_but(self, key: str) -> Account | None:
        """Anyone else whose address the token sees.

        Raises:
            WikiUnavailable: people cannot be listed.
        """
        shown = self._directory.get(None).by_email.values()
        return next((Account(one, one) for keys in shown for one in keys if one != key), None)

    def trouble(self) -> str:
        """Return why who people are cannot be told; empty if it can. A few requests."""
        try:
            somebody = self._people.anybody()
            if somebody is not None:
                self._people.groups(somebody)
        except WikiUnavailable as error:
            return str(error)
        return ""

    def shared(self) -> list[str]:
        """The addresses that more than one account shows, and no override settles.

        Raises:
            WikiUnavailable: people cannot be listed.
        """
        shown = self._directory.get(None).by_email
        several = (email for email, keys in shown.items() if len(keys) > 1)
        return sorted(email for email in several if email not in self._overrides)

    def count(self) -> tuple[int, int]:
        """How many people's e-mails the token sees, and how many people there are.

        Raises:
            WikiUnavailable: people cannot be listed.
        """
        directory = self._directory.get(None)
        return directory.visible, directory.all

    def _standing(self, email: str) -> _Standing:
        who = self._owner(email)
        if isinstance(who, NotFound):
            return _Standing(who)
        if not who.active:
            return _Standing(NotFound(DEACTIVATED))
        return _Standing(who, tuple(self._people.groups(who)))

    def _owner(self, email: str) -> Account | NotFound:
        if named := self._overrides.get(email):
            return self._people.account(named) or NotFound(NO_SUCH)
        keys = self._directory.get(None).by_email.get(email, frozenset())
        if len(keys) > 1:
            return NotFound(SHARED)
        # The directory is some minutes old: the account itself has the last word.
        for key in keys:
            account = self._people.account(key)
            if account is not None and address(self._people.email(account)) == email:
                return account
        return NotFound(HIDDEN)
