"""Tokens and nodes -> names for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.model import EVERYONE
from footnote_bot.indexers.sources.confluence.answers import with_ids
from footnote_bot.indexers.sources.confluence.paging import SEARCH, results, search_params
from footnote_bot.indexers.sources.confluence.product import Product
from footnote_bot.indexers.sources.confluence.rights import Gate, Tokens
from footnote_bot.indexers.sources.confluence.transport import Transport

_NAMED = 5
"""People and groups of a restriction that are named; the others are counted."""
_AT_ONCE = 100


class Names:
    """The names of a gate's people and groups; one without a name is shown by its id."""

    def __init__(self, wiki: Transport, product: Product, tokens: Tokens) -> None:
        self._wiki = wiki
        self._tokens = tokens
        self.user = cache(lambda key: product.user_name(key) or f"the account {key}")
        self._group = cache(self._group_name)

    def all_of(self, gate: Gate) -> str:
        """Return everybody who passes, people first."""
        order = sorted(gate, key=lambda token: (not self._is_user(token), token))
        words = [self.token(token) for token in order[:_NAMED]]
        if len(order) > _NAMED:
            words.append(f"{len(order) - _NAMED} more")
        return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))

    def token(self, token: str) -> str:
        user, group = self._tokens.user(""), self._tokens.group("")
        if token == EVERYONE:
            return "everyone"
        if token == self._tokens.licensed:
            return "everybody who may log in"
        if token.startswith(user):
            return self.user(token.removeprefix(user))
        return f"group {self._group(token.removeprefix(group))}"

    def nodes(self, keys: Iterable[str]) -> dict[str, str]:
        """Return `page "Salaries"`, by content id."""
        unique = list(dict.fromkeys(keys))[:_AT_ONCE]
        names: dict[str, str] = {}
        if unique:
            try:
                names = self.search(unique)
            except WikiUnavailable:
                names = {}
        return {key: names.get(key, f"page {key}") for key in unique}

    def search(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the names of the nodes that the search finds.

        Raises:
            WikiUnavailable: the search does not answer.
        """
        answer = self._wiki.get(SEARCH, search_params(f"id in ({','.join(keys)})", _AT_ONCE))
        return {
            str(row["id"]): f'{row.get("type", "page")} "{row.get("title", "")}"'
            for row in with_ids(results(answer))
        }

    def _is_user(self, token: str) -> bool:
        return token.startswith(self._tokens.user(""))

    def _group_name(self, key: str) -> str:
        if not self._wiki.base.cloud:
            return key
        try:
            answer: Mapping[str, object] = self._wiki.get("/rest/api/group/by-id", {"id": key})
        except WikiUnavailable:
            return key
        return str(answer.get("name") or key)
