"""A page's owner field (`confluence.ownership`) -> the owner's address."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from indexers.sources.confluence.people import Account, AccountDirectory, People, address
from indexers.sources.confluence.rights import Tokens

_OUT_OF_LABELS = re.compile(r"[^\w]+")


class OwnerAddresses:
    """Addresses of owners. ``overrides`` are accounts by address, as in `ConfluenceMembers`."""

    def __init__(
        self,
        people: People,
        directory: Callable[[], AccountDirectory],
        tokens: Tokens,
        overrides: Mapping[str, str],
    ) -> None:
        self._people = people
        self._directory = directory
        self._edited_by = tokens.user("")
        self._overrides = overrides

    def address(self, named: str) -> str:
        """Return the address of the one active person whom ``named`` names: an account's token, its
        id, user key or username, or an address as a label can spell it (`ada-lovelace` is
        ada.lovelace@example.com, if no other address begins so). Words that name no account stay as
        they are; empty: the account is gone, or shows no address.

        Raises:
            WikiUnavailable: it cannot be told now.
        """
        key = named.removeprefix(self._edited_by)
        account = self._people.account(key)
        if account is None and key == named:
            account = self._spelled(named)
            if account is None:
                return named
        return self._shown(account) if account is not None and account.active else ""

    def _spelled(self, named: str) -> Account | None:
        wanted = _as_label(named)
        accounts = {email: {key} for email, key in self._overrides.items()}
        for email, keys in self._directory().by_email.items():
            accounts.setdefault(email, set()).update(keys)
        for spell in (_as_label, lambda email: _as_label(email.partition("@")[0])):
            found = {key for email, keys in accounts.items() if spell(email) == wanted
                     for key in keys}  # fmt: skip
            if found:
                return self._people.account(found.pop()) if len(found) == 1 else None
        return None

    def _shown(self, account: Account) -> str:
        """Return the address; one that the operator mapped, which is Slack's, has priority."""
        emails = (email for email, key in self._overrides.items() if key in _names(account))
        shown = next(emails, "") or self._people.email(account)
        return address(shown) if "@" in shown else ""


def _names(account: Account) -> tuple[str, str]:
    return account.key, account.name


def _as_label(words: str) -> str:
    """Return the words as a label: in lower case, without `@`, dots and spaces."""
    return _OUT_OF_LABELS.sub("-", words.casefold()).strip("-")
