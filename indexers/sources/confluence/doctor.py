"""Checks of what a Confluence shows to its token, for `footnote doctor`.

Most problems with rights raise no error: nobody is shown a space whose viewers cannot be read, and
nobody misses a page that the token does not see. So they are checked here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.findings import Finding, Level, failure, ok, warning
from footnote_bot.indexers.sources.confluence.access import Names
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
from footnote_bot.indexers.sources.confluence.parallel import parallel_map, start_in_thread
from footnote_bot.indexers.sources.confluence.rights import CLOSED, PASSABLE
from footnote_bot.indexers.sources.confluence.scope import Scope
from footnote_bot.indexers.sources.confluence.survey import Survey
from footnote_bot.indexers.sources.confluence.transport import Refused, Transport
from footnote_bot.indexers.text.counting import counted

_SAMPLE = 20
"""Pages whose restrictions are read."""
_SHOWN = 8
"""Keys that are named; the others are counted."""
_SPACES_OF_CQL = 50
_OVERRIDES = 50
"""Entries of ``accounts`` that are looked up."""
_TELLS_VIEWERS, _TELLS_NESTING = (9, 1), (9, 4)
"""Data Center's first versions that report who may view a space, and which groups are in one."""
_SEES_ALL = "confluence-administrators"
"""Data Center's group whose members bypass restrictions."""
_GROUPS = "Give the token the right (and scope) to read groups and who is in them."

Check = Callable[[], Iterator[Finding]]


class ConfluenceDoctor:
    """The checks. ``cloud_id`` asks a Cloud site for its id, which a scoped token needs.
    ``accounts`` are the addresses that the operator mapped to accounts. Each check may take
    ``seconds``."""

    def __init__(  # noqa: PLR0913 - everything that is checked
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
        self._ok = partial(ok, name)
        self._warning = partial(warning, name)
        self._failure = partial(failure, name)
        self._transport = transport
        self._cloud = transport.base.cloud
        self._scope = scope
        self._survey = Survey(name, transport, scope)
        self._members = members
        self._accounts = tuple(accounts)
        self._cloud_id = cloud_id
        self._seconds = seconds
        self._account = Account("", "")
        self._spaces: list[ConfluenceSpace] = []
        self._missing_spaces: tuple[str, ...] = ()

    def findings(self) -> Iterator[Finding]:
        """Yield the findings; without an account and a space there is nothing more to check."""
        needed: list[tuple[Check, str]] = [
            (self._check_token, "whose token it is"),
            (self._check_spaces, "which spaces there are"),
        ]
        for check, subject in needed:
            findings = self._run_in_time(check, subject, late=Level.FAILURE)
            yield from findings
            if any(finding.level is Level.FAILURE for finding in findings):
                return
        further: list[tuple[Check, str]] = [
            (self._check_lost_spaces, "which spaces are missing"),
            (self._check_viewers, "who may view the spaces"),
            (self._check_restrictions, "how pages are restricted"),
            (self._check_own_groups, "who is in which group"),
            (self._check_overrides, "whose the accounts in `accounts` are"),
            (self._check_people, "who people are"),
            (self._check_selection, "what the settings select"),
        ]
        for check, subject in further:
            yield from self._run_in_time(check, subject, late=Level.WARNING)

    def _run_in_time(self, check: Check, subject: str, *, late: Level) -> list[Finding]:
        """Run a check in a thread, for limited time. If it takes longer, the finding is of the
        level ``late``."""
        try:
            return start_in_thread(lambda _: list(check()), None).result(self._seconds)
        except TimeoutError:
            message = f"Confluence did not tell {subject} within {self._seconds:.0f} s."
            advice = "See that it is up; a large one may take longer, which a sync waits for."
            return [Finding(late, self._name, message, advice)]
        except WikiUnavailable as error:
            return [self._failure(f"Confluence does not tell {subject}. {error}")]

    def _check_token(self) -> Iterator[Finding]:
        url = self._transport.base.url
        try:
            answer = self._transport.get("/rest/api/user/current")
        except Refused as refused:
            yield self._failure(
                f"Confluence at {url} does not say whose token this is. {refused}",
                "See that `url` and `product` are right and that the token may read user details.",
            )
            return
        except WikiUnavailable as error:
            yield self._failure(str(error), self._scoped_token_advice())
            return
        key = text(answer, "accountId") or text(answer, "userKey")
        if not key:
            yield self._failure(
                f"Confluence at {url} does not accept the token: it is not logged in.",
                "Make a new token; for Cloud set `email` to the address of its account.",
            )
            return
        self._account = Account(key, text(answer, "displayName") or key)
        yield from self._check_product()
        yield self._ok(f"The token is accepted; its account is {self._account.name}.")

    def _scoped_token_advice(self) -> str:
        """Return the advice for a scoped token, which the site refuses and the gateway accepts."""
        cloud_id = self._cloud_id() if self._cloud_id else ""
        return (
            f'If it is a scoped token, set cloud_id = "{cloud_id}" for this wiki.'
            if cloud_id
            else ""
        )

    def _check_product(self) -> Iterator[Finding]:
        url = self._transport.base.url
        if self._cloud:
            yield self._ok(f"It is Confluence Cloud at {url}.")
            return
        try:
            version = text(self._transport.get("/rest/api/server-information"), "version")
        except Refused:
            version = ""
        message = f"It is Confluence Data Center {version or '(of unknown version)'} at {url}"
        numbers = tuple(int(part) for part in version.split(".") if part.isdecimal())
        if numbers and numbers < _TELLS_VIEWERS:
            yield self._failure(
                f"{message}. This version does not report who may view a space: no page is shown.",
                "Update it to 9.1 or later.",
            )
        elif numbers and numbers < _TELLS_NESTING:
            yield self._warning(
                f"{message}. This version does not report groups in groups: where they are nested,"
                " people may get less than they may read.",
                "Update it to 9.4 or later, if you nest groups.",
            )
        else:
            yield self._ok(f"{message}.")

    def _check_spaces(self) -> Iterator[Finding]:
        spaces = self._survey.list_spaces().with_some_seen()
        self._spaces, self._missing_spaces = list(spaces.seen), (*spaces.lost, *spaces.unread)
        keys = _listed(space.key for space in self._spaces)
        yield self._ok(f"It sees {counted(len(self._spaces), 'space')} to read: {keys}.")

    def _check_lost_spaces(self) -> Iterator[Finding]:
        if not self._missing_spaces:
            return
        yield self._failure(
            f"It does not show {counted(len(self._missing_spaces), 'space')} of `spaces`:"
            f" {_listed(self._missing_spaces)}. Nobody is shown their pages; the other spaces"
            " are read as before.",
            "Where a key has changed, change it in `spaces`; where a space is gone for good, take"
            " it out; else let the token's account view it.",
        )

    def _check_viewers(self) -> Iterator[Finding]:
        product, workers = self._survey.product, self._transport.concurrency
        viewers = dict(
            zip(self._spaces, parallel_map(product.viewers, self._spaces, workers), strict=True)
        )
        closed = [space.key for space, gate in viewers.items() if gate == CLOSED]
        opened = [space.key for space, gate in viewers.items() if gate == PASSABLE]
        if closed:
            report = self._failure if len(closed) == len(viewers) else self._warning
            yield report(
                f"Who may view {len(closed)} of {counted(len(viewers), 'space')} cannot be read, or"
                f" names nobody. Nobody is shown the pages of {_listed(closed)}.",
                "Give the token the scope read:space.permission:confluence, or its account the"
                " right to view these spaces."
                if self._cloud
                else "Make the token's account an administrator of these spaces, or of Confluence.",
            )
        else:
            yield self._ok(f"All {counted(len(viewers), 'space')} say who may view them.")
        yield self._ok(
            f"Open to everyone, also without an account: {_listed(opened)}."
            if opened
            else "No space is open to visitors who are not logged in."
        )

    def _check_own_groups(self) -> Iterator[Finding]:
        try:
            groups = self._members.groups(self._account)
        except WikiUnavailable as error:
            yield self._failure(
                "Who is in which group cannot be read, so people get only what is open to"
                f" everyone. {error}",
                _GROUPS,
            )
            return
        yield self._ok(f"Groups can be read; the token's account is in {len(groups)}.")
        name = self._account.name
        if not self._cloud and _SEES_ALL in groups:
            yield self._ok(f"{name} is in {_SEES_ALL}: no restriction hides a page from it.")
            return
        way = "or use one with an admin key" if self._cloud else f"or to the group {_SEES_ALL}"
        yield self._warning(
            f"Pages that {name} may not read are left out silently: nobody gets an answer from"
            " them.",
            f"To find out, log in as {name} and open a page that is restricted to others; where it"
            f" does not open, add {name} to the restriction, {way}.",
        )

    def _check_overrides(self) -> Iterator[Finding]:
        for email in self._accounts[:_OVERRIDES]:
            who = self._members.find(email)
            if isinstance(who, NotFound):
                reason = f"`accounts`: {email}: {who.reason.rstrip('.')}."
                yield self._warning(reason, "" if who.unasked else "Correct the entry.")

    def _check_people(self) -> Iterator[Finding]:
        visible, everybody = self._members.count()
        if visible == everybody:
            yield self._ok(
                f"All {everybody:,} people show their e-mail address."
                if everybody != 1
                else "The only person shows their e-mail address."
            )
        else:
            report = self._warning if visible or self._accounts else self._failure
            yield report(
                f"People who show their e-mail address: {visible:,} of {everybody:,}. The others"
                " get only what is open to everyone.",
                "Name them under `accounts`, or let them show their address in their profile.",
            )
        if shared := self._members.shared():
            yield self._warning(
                f"More than one account shows {_listed(shared)}, so it identifies nobody.",
                "Name the account that is meant under `accounts`.",
            )
        # Every account sees its own groups, but perhaps not the groups of others.
        somebody_else = self._members.somebody_but(self._account.key)
        if somebody_else is not None:
            try:
                self._members.groups(somebody_else)
            except WikiUnavailable as error:
                yield self._failure(f"Other people's groups cannot be read. {error}", _GROUPS)

    def _check_restrictions(self) -> Iterator[Finding]:
        pages = self._sample()
        if not pages:
            yield self._warning(
                "Its search finds no page in these spaces, so restrictions could not be tried.",
                "See that the search index of Confluence is not being rebuilt.",
            )
            return
        yield from self._check_bulk(pages)
        rights = self._survey.product.rights(pages)
        nodes = {key for page in pages for key in (*page.ancestors, page.key)} - {UNKNOWN}
        unread = sorted(key for key in nodes if rights.gates.get(key, CLOSED) == CLOSED)
        unknown = sum(UNKNOWN in page.ancestors for page in pages)
        above = len(nodes - {page.key for page in pages})
        tried = counted(len(pages), "page") + (f" and {above} more above them" if above else "")
        if not unread and not unknown:
            yield self._ok(f"Restrictions can be read, tried on {tried}.")
            return
        problems = [f"the restrictions of {_listed(unread)} cannot be read"] if unread else []
        problems += [f"what stands above {unknown} of them cannot be read"] if unknown else []
        report = self._failure if len(unread) == len(nodes) else self._warning
        yield report(
            f"Of {tried}, {' and '.join(problems)}: nobody gets those, nor what is below them.",
            "Give the token the right (and scope) to read restrictions and ancestors.",
        )

    def _check_selection(self) -> Iterator[Finding]:
        """Yield the names in the settings that do not exist."""
        scope = self._scope
        if scope.trees:
            names = Names(self._transport, self._survey.product, self._survey.tokens)
            missing = sorted(set(scope.trees) - names.search(scope.trees).keys())
            if missing:
                yield self._warning(
                    f"`page_trees`: the token sees no page {_listed(missing)}.",
                    "Take the number from the page's address.",
                )
        for setting, labels in (("labels", scope.labels), ("exclude_labels", scope.labels_out)):
            for label in labels:
                yield from self._check_query(f"`{setting}`: {label!r}", f"label = {quoted(label)}")
        if scope.cql:
            yield from self._check_query("`cql`", f"({scope.cql})")

    def _check_bulk(self, pages: Sequence[Listed]) -> Iterator[Finding]:
        """Warn of too many requests: rights that the bulk does not report are requested one by
        one."""
        requests_before = self._transport.requests
        self._survey.product.rights([replace(page, ancestors=()) for page in pages])
        took = self._transport.requests - requests_before
        if took > 1 + len(pages) // 2:
            yield self._warning(
                f"Restrictions come page by page and not in bulk ({counted(took, 'request')} for"
                f" {counted(len(pages), 'page')}): each full pass takes a request for each page.",
                "Give the token the scope to search content; see Confluence's own log.",
            )

    def _check_query(self, setting: str, query: str) -> Iterator[Finding]:
        """Yield a finding if ``query`` is not valid, or finds nothing."""
        try:
            keys = self._searched(query, 1)
        except Refused as refused:
            if refused.status != 400:
                raise
            yield self._failure(
                f"{setting} is not understood by Confluence.",
                "Try it in its own search, and leave out any `order by`.",
            )
            return
        if not keys:
            yield self._warning(f"{setting} finds nothing.", "Check its spelling.")

    def _sample(self) -> list[Listed]:
        """Return some pages of the spaces, on which to try restrictions."""
        keys = self._searched("type = page", _SAMPLE)
        spaces = {space.id: space for space in self._spaces}
        pages = self._survey.find_all(keys, spaces)
        return [page for page in pages if page and page.space.id in spaces]

    def _searched(self, query: str, limit: int) -> list[str]:
        """Return the ids of up to ``limit`` pages in the spaces that ``query`` finds."""
        keys = ", ".join(quoted(space.key) for space in self._spaces[:_SPACES_OF_CQL])
        answer = self._transport.get(SEARCH, search_params(f"space in ({keys}) and {query}", limit))
        return [str(row["id"]) for row in with_ids(results(answer))]


def _listed(keys: Iterable[str]) -> str:
    """Return the first ``keys`` as a list in words, and how many more there are."""
    all_keys = list(keys)
    more = f" and {len(all_keys) - _SHOWN} more" if len(all_keys) > _SHOWN else ""
    return ", ".join(all_keys[:_SHOWN]) + more


def cloud_id(site: Transport) -> str:
    """Return the id of the Cloud site at ``site``'s origin, which is public; empty if there is
    none."""
    try:
        answer: Mapping[str, object] = site.get("/_edge/tenant_info", anonymous=True)
    except WikiUnavailable:
        return ""
    return text(answer, "cloudId")
