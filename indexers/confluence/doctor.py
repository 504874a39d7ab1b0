"""What a Confluence lets its token see and tell, before anybody trusts an answer.

Most of what can go wrong with rights makes no error: a space whose viewers cannot be read is
shown to nobody, a page that the token does not see is never missed. So it is asked for here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from indexers.confluence.abreast import abreast, begun
from indexers.confluence.members import ConfluenceMembers, NotFound
from indexers.confluence.naming import Names
from indexers.confluence.paging import results
from indexers.confluence.people import Account, text
from indexers.confluence.product import UNKNOWN, Listed, Space, named
from indexers.confluence.rights import CLOSED, PASSABLE
from indexers.confluence.scope import Scope, quoted
from indexers.confluence.survey import Survey
from indexers.confluence.transport import Refused, Transport
from indexers.errors import WikiUnavailable
from indexers.findings import Finding, failure, ok, warning

_SAMPLE = 20
"""Pages whose restrictions are read."""
_SHOWN = 8
"""Keys of spaces that are named; the others are counted."""
_SPACES_OF_CQL = 50
_OVERRIDES = 50
_TELLS_VIEWERS = (9, 1)
"""Data Center's first version that tells who may view a space."""
_SEES_ALL = "confluence-administrators"
"""Data Center's group whose members no restriction holds back."""
_LOOK = "log in as it, and see that it opens a page that is restricted to others"


class ConfluenceDoctor:
    """``cloud_id`` asks a Cloud site for its id, where a scoped token would need it.
    ``accounts`` are the addresses that the operator gave an account. Each question has
    ``seconds``."""

    def __init__(  # noqa: PLR0913 - what there is to look at
        self,
        name: str,
        transport: Transport,
        scope: Scope,
        members: ConfluenceMembers,
        *,
        accounts: Iterable[str] = (),
        cloud_id: Callable[[], str] | None = None,
        seconds: float = 45.0,
    ) -> None:
        self._name = name
        self._transport = transport
        self._scope = scope
        self._survey = Survey(name, transport, scope)
        self._members = members
        self._accounts = tuple(accounts)
        self._cloud_id = cloud_id
        self._seconds = seconds
        self._account = Account("", "")
        self._spaces: list[Space] = []

    def findings(self) -> Iterator[Finding]:
        """Without an account or a space there is nothing more to ask."""
        for check, what in (
            (self._token_is_whose, "whose token it is"),
            (self._reads_spaces, "which spaces there are"),
        ):
            found = self._within(check, what)
            yield from found
            if any(finding.level == "failure" for finding in found):
                return
        for check, what in (
            (self._tells_viewers, "who may view the spaces"),
            (self._tells_restrictions, "how pages are restricted"),
            (self._tells_groups, "who is in which group"),
            (self._tells_people, "who people are"),
            (self._finds_scope, "what the settings select"),
        ):
            yield from self._within(check, what)

    def _within(self, check: Callable[[], Iterator[Finding]], what: str) -> list[Finding]:
        try:
            return begun(lambda _: list(check()), None).result(self._seconds)
        except TimeoutError:
            says = f"Confluence did not tell {what} within {self._seconds:.0f} s."
            return [self._failure(says, "Try again; see that it is up and not overloaded.")]
        except WikiUnavailable as error:
            return [self._failure(f"Confluence does not tell {what}. {error}")]

    def _token_is_whose(self) -> Iterator[Finding]:
        url = self._transport.base.url
        try:
            said = self._transport.get("/rest/api/user/current")
        except Refused as refused:
            yield self._failure(
                f"Confluence at {url} answers, but not to whom the token belongs: {refused}",
                "See that `url` and `product` are right and that the token may read user details.",
            )
            return
        except WikiUnavailable as error:
            yield self._failure(str(error), self._scoped())
            return
        key = text(said, "accountId") or text(said, "userKey")
        if not key:
            yield self._failure(
                f"Confluence at {url} takes the token for nobody's: it is not logged in.",
                "Make a new token; for Cloud set `email` to the address of its account.",
            )
            return
        self._account = Account(key, text(said, "displayName") or key)
        yield from self._product()
        yield self._ok(f"The token is accepted; its account is {self._account.name}.")

    def _scoped(self) -> str:
        """A scoped token is refused by the site, and good at the gateway."""
        found = self._cloud_id() if self._cloud_id else ""
        return f'If it is a scoped token, set cloud_id = "{found}" for this wiki.' if found else ""

    def _product(self) -> Iterator[Finding]:
        url = self._transport.base.url
        if self._transport.base.cloud:
            yield self._ok(f"It is Confluence Cloud at {url}.")
            return
        try:
            version = text(self._transport.get("/rest/api/server-information"), "version")
        except Refused:
            version = ""
        says = f"It is Confluence Data Center {version or '(of unknown version)'} at {url}"
        if version and _numbers(version) < _TELLS_VIEWERS:
            yield self._failure(
                f"{says}, which tells nobody who may view a space: no page is shown to anybody.",
                "Update it to 9.1 or later.",
            )
        else:
            yield self._ok(f"{says}.")

    def _reads_spaces(self) -> Iterator[Finding]:
        self._spaces = self._survey.spaces(fresh=True)
        keys = _listed([space.key for space in self._spaces])
        yield self._ok(f"It sees {_count(len(self._spaces), 'space')} to read: {keys}.")

    def _tells_viewers(self) -> Iterator[Finding]:
        product, workers = self._survey.product, self._transport.concurrency
        viewers = dict(
            zip(self._spaces, abreast(product.viewers, self._spaces, workers), strict=True)
        )
        closed = [space.key for space, gate in viewers.items() if gate == CLOSED]
        opened = [space.key for space, gate in viewers.items() if gate == PASSABLE]
        if closed:
            says = (
                f"Who may view {len(closed)} of {_count(len(viewers), 'space')} cannot be read, or"
                f" names nobody: shown to nobody are the pages of {_listed(closed)}."
            )
            todo = (
                "Give the token the scope read:space.permission:confluence, or its account the"
                " right to view these spaces."
                if self._transport.base.cloud
                else "Make the token's account an administrator of these spaces, or of Confluence."
            )
            made = self._failure if len(closed) == len(viewers) else self._warning
            yield made(says, todo)
        else:
            yield self._ok(f"All {_count(len(viewers), 'space')} say who may view them.")
        yield self._ok(
            f"Open to everyone, also without an account: {_listed(opened)}."
            if opened
            else "No space is open to visitors who are not logged in."
        )

    def _tells_restrictions(self) -> Iterator[Finding]:
        pages = self._some_pages()
        if not pages:
            yield self._warning(
                "Its search finds no page in these spaces, so restrictions could not be tried.",
                "See that the search index of Confluence is not being rebuilt.",
            )
            return
        before = self._transport.requests
        alone = [replace(page, ancestors=()) for page in pages]
        self._survey.product.rights(alone)
        took = self._transport.requests - before
        rights = self._survey.product.rights(pages)
        nodes = {key for page in pages for key in (*page.ancestors, page.key)} - {UNKNOWN}
        unread = sorted(key for key in nodes if rights.gates.get(key, CLOSED) == CLOSED)
        unknown = sum(UNKNOWN in page.ancestors for page in pages)
        said = f"{_count(len(pages), 'page')} and {len(nodes) - len(pages)} above them"
        if unread or unknown:
            what = [f"the restrictions of {_listed(unread)} cannot be read"] if unread else []
            what += [f"what stands above {unknown} of them cannot be read"] if unknown else []
            made = self._failure if len(unread) == len(nodes) else self._warning
            yield made(
                f"Of {said}, {' and '.join(what)}: nobody gets those, nor what is below them.",
                "Give the token the right (and scope) to read restrictions and ancestors.",
            )
        else:
            yield self._ok(f"Restrictions can be read, tried on {said}.")
        if took > 1 + len(pages) // 2:
            yield self._warning(
                f"Restrictions come page by page and not in bulk ({took} requests for"
                f" {_count(len(pages), 'page')}): each full pass takes a request for each page.",
                "Give the token the scope to search content; see Confluence's own log.",
            )

    def _tells_groups(self) -> Iterator[Finding]:
        try:
            groups = self._members.groups(self._account)
        except WikiUnavailable as error:
            yield self._failure(
                f"Who is in which group cannot be read, so people get only what is open to"
                f" everyone. {error}",
                "Give the token the right (and scope) to read groups.",
            )
            return
        yield self._ok(f"Groups can be read; the token's account is in {len(groups)}.")
        name = self._account.name
        if not self._transport.base.cloud and _SEES_ALL in groups:
            yield self._ok(f"{name} is in {_SEES_ALL}: no restriction hides a page from it.")
        else:
            yield self._warning(
                f"Pages that are restricted so that {name} may not read them are missed without a"
                " word: nobody gets an answer from them.",
                f"To tell: {_LOOK}. Where it does not, add it to the restriction"
                + (
                    ", or use an account with an admin key."
                    if self._transport.base.cloud
                    else f", or to the group {_SEES_ALL}."
                ),
            )

    def _tells_people(self) -> Iterator[Finding]:
        visible, everybody = self._members.count()
        hidden = everybody - visible
        if not hidden:
            yield self._ok(f"All {everybody} people show their e-mail address.")
        else:
            made = self._warning if visible or self._accounts else self._failure
            yield made(
                f"{visible} of {everybody} people show their e-mail address; the other {hidden}"
                " get only what is open to everyone.",
                "Name them under `accounts`, or let them show their address in their profile.",
            )
        for email in self._accounts[:_OVERRIDES]:
            who = self._members.find(email)
            if isinstance(who, NotFound):
                yield self._warning(f"`accounts`: {email}: {who.reason}.", "Correct the entry.")

    def _finds_scope(self) -> Iterator[Finding]:
        scope = self._scope
        if scope.trees:
            names = Names(self._transport, self._survey.product, self._survey.tokens)
            missing = sorted(set(scope.trees) - names.found(scope.trees).keys())
            if missing:
                yield self._warning(
                    f"`page_trees`: there is no {_listed(missing)} that the token sees.",
                    "Take the number from the page's address.",
                )
        asked = {f"`labels`: {label!r}": f"label = {quoted(label)}" for label in scope.labels}
        asked |= {
            f"`exclude_labels`: {label!r}": f"label = {quoted(label)}" for label in scope.labels_out
        }
        asked |= {"`cql`": f"({scope.cql})"} if scope.cql else {}
        for setting, query in asked.items():
            try:
                found = self._searched(query, 1)
            except Refused as refused:
                if refused.status != 400:
                    raise
                yield self._failure(
                    f"{setting} is not understood by Confluence.",
                    "Try it in its own search, and leave out any `order by`.",
                )
            else:
                if not found:
                    yield self._warning(f"{setting} finds nothing.", "See that it is spelt right.")

    def _some_pages(self) -> list[Listed]:
        keys = self._searched("type = page", _SAMPLE)
        spaces = {space.id: space for space in self._spaces}
        return [page for page in self._survey.found(keys, spaces) if isinstance(page, Listed)]

    def _searched(self, query: str, limit: int) -> list[str]:
        """Ids of what is found in the spaces that are read."""
        keys = ", ".join(quoted(space.key) for space in self._spaces[:_SPACES_OF_CQL])
        said = self._transport.get(
            "/rest/api/content/search", {"cql": f"space in ({keys}) and {query}", "limit": limit}
        )
        return [str(row["id"]) for row in named(results(said))]

    def _ok(self, says: str) -> Finding:
        return ok(self._name, says)

    def _warning(self, says: str, todo: str) -> Finding:
        return warning(self._name, says, todo)

    def _failure(self, says: str, todo: str = "") -> Finding:
        return failure(self._name, says, todo)


def cloud_id(site: Transport) -> str:
    """Of the Cloud site at whose origin ``site`` stands, as it tells everybody; empty where
    it does not."""
    try:
        said: Mapping[str, object] = site.get("/_edge/tenant_info", anonymous=True)
    except WikiUnavailable:
        return ""
    return text(said, "cloudId")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _listed(keys: list[str]) -> str:
    more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
    return ", ".join(keys[:_SHOWN]) + more
