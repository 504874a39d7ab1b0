"""A person's access to a page, as Confluence decides now: yes or no, and by which gates.

The decision is the same as a sync's (`Survey.seen`); here the gates are put into words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.findings import Access, GateInWords
from footnote_bot.indexers.model import EVERYONE, NOBODY, Acl, Principal
from footnote_bot.indexers.sources.confluence.addresses import page_link, path_within, space_link
from footnote_bot.indexers.sources.confluence.answers import (
    UNKNOWN,
    ConfluenceSpace,
    Listed,
    with_ids,
)
from footnote_bot.indexers.sources.confluence.members import (
    Account,
    ConfluenceMembers,
    NotFound,
    text,
)
from footnote_bot.indexers.sources.confluence.paging import SEARCH, quoted, results, search_params
from footnote_bot.indexers.sources.confluence.product import Product, Rights
from footnote_bot.indexers.sources.confluence.rights import CLOSED, PASSABLE, Gate, Tokens, acl
from footnote_bot.indexers.sources.confluence.survey import Survey
from footnote_bot.indexers.sources.confluence.transport import Transport, at, unless_absent

_NAMED = 5
"""People and groups of a restriction that are named; the others are counted."""
_AT_ONCE = 100
_UNREAD = "cannot be read, or names nobody known: nobody passes"
_NO_PAGE = (
    "no page that the token sees has this address: open it in a browser, and copy one that has"
    " the page's number"
)


class Names:
    """The names of a gate's people and groups; one without a name is shown by its id."""

    def __init__(self, wiki: Transport, product: Product, tokens: Tokens) -> None:
        self._wiki = wiki
        self._tokens = tokens
        self.user = cache(lambda key: product.user_name(key) or f"the account {key}")
        self._group = cache(self._group_name)

    def all_of(self, gate: Gate) -> str:
        """Return in words everybody who passes the gate, people first."""
        order = sorted(gate, key=lambda token: (not self._is_user(token), token))
        words = [self.token(token) for token in order[:_NAMED]]
        if len(order) > _NAMED:
            words.append(f"{len(order) - _NAMED} more")
        return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))

    def token(self, token: str) -> str:
        """Return in words the person or the group that holds ``token``."""
        user, group = self._tokens.user(""), self._tokens.group("")
        if token == EVERYONE:
            return "everyone"
        if token == self._tokens.licensed:
            return "everybody who may log in"
        if token.startswith(user):
            return self.user(token.removeprefix(user))
        return f"group {self._group(token.removeprefix(group))}"

    def nodes(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the names of nodes by content id, such as `page "Salaries"`."""
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


class ConfluenceAccess:
    """The access check of a Confluence, which asks each time."""

    def __init__(
        self, wiki: str, transport: Transport, survey: Survey, members: ConfluenceMembers
    ) -> None:
        self._wiki = wiki
        self._transport = transport
        self._survey = survey
        self._members = members

    def path(self, url: str, *, ask: bool = False) -> str | None:
        """Return the path of ``url`` below this wiki; None if it is in another wiki. People may
        read a Confluence at another address than its API's: with ``ask``, Confluence says which.

        Raises:
            WikiUnavailable: Confluence is asked, and does not answer.
        """
        if not ask:
            return path_within(self._transport.base.shown_at, url)
        shown_at = unless_absent(self._shown_at)
        return path_within(shown_at, url) if shown_at else None

    def _shown_at(self) -> str:
        """Return the address that Confluence itself uses, as in answers' links."""
        if not self._transport.base.cloud:
            return text(self._transport.get("/rest/api/server-information"), "baseUrl")
        answer = self._transport.get("/api/v2/spaces", {"limit": 1})
        return str(at(answer, "_links", "base") or "")

    def to(self, url: str, email: str, reader: Callable[[], Principal]) -> tuple[Access, Acl]:
        """Return the access of the person with ``email``, who is ``reader``, and the page's rights.

        Raises:
            WikiUnavailable: Confluence cannot be asked.
        """
        # Anew each time: names change, and a name that could not be had may be there now.
        names = Names(self._transport, self._survey.product, self._survey.tokens)
        who = self._members.find(email)
        result = Access(self._wiki, _person(email, who, names), may_read=None, url=url)
        if isinstance(who, NotFound) and who.unasked:
            return replace(result, why=f"who {email} is {who.reason}"), NOBODY
        key = self.key_at(url)
        if not key:
            return replace(result, why=_NO_PAGE), NOBODY
        page, read, space_read = self._page(key)
        if page is None:
            why = (
                f"there is no current page {key} that the token sees: deleted, archived, a draft,"
                " no page at all, or closed to the token's own account"
            )
            return replace(result, page=key, read=False, why=why), NOBODY
        product = self._survey.product
        viewers, rights = product.viewers(page.space), product.rights([page])
        rule, holder = acl(viewers, rights.gates_of(page)), reader()
        name = email if isinstance(who, NotFound) else names.user(who.key)
        access = replace(
            result,
            page=page.key,
            title=page.title,
            url=page.url,
            read=read,
            space_read=space_read,
            may_read=rule.admits(holder),
            gates=tuple(_in_words(page, viewers, rights, holder, names, name)),
        )
        return access, rule

    def space_at(self, url: str) -> str:
        """Return the key of the space whose overview is at ``url``; empty if it is none.

        Raises:
            WikiUnavailable: Confluence cannot be asked.
        """
        return space_link(self._path(url))

    def key_at(self, url: str) -> str:
        """Return the key of the page at ``url``; empty if the token sees none.

        Raises:
            WikiUnavailable: Confluence cannot be asked.
        """
        link = page_link(self._path(url), url)
        if link.key or not link.title:
            return link.key
        query = f"space = {quoted(link.space)} and title = {quoted(link.title)}"
        answer = self._transport.get(
            SEARCH, search_params(f"type in (page, blogpost) and {query}", 2)
        )
        keys = [str(row["id"]) for row in with_ids(results(answer))]
        return keys[0] if len(keys) == 1 else ""

    def _path(self, url: str) -> str:
        """Return the path of ``url`` in this wiki; empty if it is in another wiki."""
        path = self.path(url)
        return (self.path(url, ask=True) if path is None else path) or ""

    def _page(self, key: str) -> tuple[Listed | None, bool, bool]:
        """Return the page, whether it is among those read, and whether its space is."""
        spaces = self._survey.spaces(fresh=True)
        page = self._find(key, spaces)
        if page is None or page.space in spaces:
            return page, bool(page and self._survey.selected(page.space, [page])), bool(page)
        all_spaces = self._survey.product.spaces((), personal=True, archived=True)
        seen = [space for space in all_spaces if isinstance(space, ConfluenceSpace)]
        page = self._find(key, seen)
        return (page if page and page.space in seen else None), False, False

    def _find(self, key: str, spaces: Sequence[ConfluenceSpace]) -> Listed | None:
        (page,) = self._survey.find_all([key], {space.id: space for space in spaces})
        return page


def _person(email: str, who: Account | NotFound, names: Names) -> str:
    """Return the name of the person who was looked up, with their address."""
    if isinstance(who, NotFound):
        return f"{email} ({who.reason}: gets what is open to everyone)"
    return f"{names.user(who.key)} ({email})"


def _in_words(  # noqa: PLR0913, PLR0917 - the parts of an explanation
    page: Listed, viewers: Gate, rights: Rights, holder: Principal, names: Names, person: str
) -> Iterator[GateInWords]:
    """Yield the gates: the space first, then from the top down to the page itself."""
    yield _explained_gate(
        f"space {page.space.key}", "may be viewed by", viewers, holder, names, person
    )
    nodes = [*page.ancestors, page.key]
    gates = dict(zip(nodes, rights.gates_of(page), strict=True))
    restricted = [key for key in nodes if gates[key] != PASSABLE]
    titles = names.nodes(key for key in restricted if key not in {UNKNOWN, page.key})
    for key in restricted:
        where = f"{titles.get(key, f'page {key}')} above it"
        if key == UNKNOWN:
            where = "what stands above it"
        elif key == page.key:
            where = "the page itself"
        yield _explained_gate(where, "restricted to", gates[key], holder, names, person)
    if not restricted:
        above = f" and the {len(nodes) - 1} above it" if nodes[1:] else ""
        yield GateInWords(f"the page{above}", passed=True, why="no restriction")


def _explained_gate(  # noqa: PLR0913, PLR0917 - as above
    where: str, rule: str, gate: Gate, holder: Principal, names: Names, person: str
) -> GateInWords:
    """Explain whether the ``holder`` of tokens passes a gate, and why. ``where`` names its place,
    ``rule`` begins the reason, ``person`` names the holder."""
    if gate == CLOSED:
        return GateInWords(where, passed=False, why=_UNREAD)
    if EVERYONE in gate & holder.tokens:
        return GateInWords(where, passed=True, why="open to everyone, also without an account")
    passing = gate & holder.tokens
    if passing:
        return GateInWords(where, passed=True, why=f"{rule} {names.all_of(passing)}")
    neither = {1: "does not pass", 2: "is neither"}.get(len(gate), "is none of these")
    return GateInWords(where, passed=False, why=f"{rule} {names.all_of(gate)}; {person} {neither}")
