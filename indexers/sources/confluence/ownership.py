"""The owner of a page, as the page names it: in a content property, by a label, or as its last
editor. The index holds only that name. The owner's address, and whether the account is still
active, is looked up when it is needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from footnote_bot.indexers.sources.confluence.people import (
    Account,
    AccountDirectory,
    People,
    address,
)
from footnote_bot.indexers.sources.confluence.rights import Tokens
from footnote_bot.indexers.sources.confluence.transport import Json, at

_MOST = 200
"""Characters. A longer value names nobody."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """The sources of an owner, in this order: the content property of ``key``, a label that begins
    with ``prefix`` (empty ones are not read), and, if ``editor``, the last editor."""

    key: str = ""
    prefix: str = ""
    editor: bool = False

    @classmethod
    def named(cls, owners: Iterable[str]) -> Ownership:
        """Return the sources in these words: ``property KEY``, ``label PREFIX``, ``editor``."""
        names = {kind: name for kind, _, name in (owner.partition(" ") for owner in owners)}
        return cls(names.get("property", ""), names.get("label", ""), "editor" in names)

    @property
    def expand(self) -> str:
        """Return the fields to expand with a page, as the first API names them."""
        of_key = f",metadata.properties.{self.key}" if self.key else ""
        return of_key + (",metadata.labels" if self.prefix else "")

    def of(self, content: Json, last: str) -> str:
        """Return the owner in the page's words from the fields of `expand`, else ``last``, the last
        editor; empty if there is none."""
        value = at(content, "metadata", "properties", self.key, "value")
        labels = at(content, "metadata", "labels", "results")
        return (
            (self.key and _words(value))
            or (self.prefix and self._labelled(labels))
            or (last if self.editor else "")
        )

    def _labelled(self, rows: object) -> str:
        """Return the owner in the labels, the first by the alphabet: Confluence returns labels in
        no order. A personal label (`my:`) means nothing to others."""
        names = [
            str(row.get("name", ""))
            for row in (rows if isinstance(rows, list) else ())
            if isinstance(row, Mapping) and row.get("prefix", "global") == "global"
        ]
        owners = (name.removeprefix(self.prefix) for name in names if name.startswith(self.prefix))
        return min((owner for owner in owners if owner), default="")


NOBODY_NAMED = Ownership()


def _words(value: object) -> str:
    """Return the words of a property, which an app may have set to a text or a list."""
    values = value if isinstance(value, list) else [value]
    words = ", ".join(" ".join(text.split()) for text in values if isinstance(text, str))
    return words if len(words) <= _MOST else ""


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
        self._user_prefix = tokens.user("")
        self._overrides = overrides

    def address(self, owner: str) -> str:
        """Return the address of the one active person whom ``owner`` names: by an account's token,
        id, user key or username, or by an address as a label can spell it (`ada-lovelace` is
        ada.lovelace@example.com, if no other address begins so). Words that name no account are
        returned as they are; empty: the account is gone, or shows no address.

        Raises:
            WikiUnavailable: Confluence does not say now.
        """
        key = owner.removeprefix(self._user_prefix)
        account = self._people.account(key)
        if account is None and key == owner:
            account = self._by_label(owner)
            if account is None:
                return owner
        return self._address_of(account) if account is not None and account.active else ""

    def _by_label(self, label: str) -> Account | None:
        normalised = _as_label(label)
        accounts = {email: {key} for email, key in self._overrides.items()}
        for email, keys in self._directory().by_email.items():
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
