"""Settings -> a Confluence: its sync, and its requests while somebody waits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import partial

from footnote_bot.config.wikis import ConfluenceSettings
from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.findings import Access, Finding
from footnote_bot.indexers.model import Acl, Principal
from footnote_bot.indexers.sources.attachments.reading import readers_of_files
from footnote_bot.indexers.sources.confluence.access import ConfluenceAccess
from footnote_bot.indexers.sources.confluence.addresses import Base, base_of, edit_address
from footnote_bot.indexers.sources.confluence.doctor import ConfluenceDoctor, cloud_id
from footnote_bot.indexers.sources.confluence.extras import Extras
from footnote_bot.indexers.sources.confluence.live import AT_ONCE, LiveConfluence
from footnote_bot.indexers.sources.confluence.members import LISTED, ConfluenceMembers
from footnote_bot.indexers.sources.confluence.ownership import Ownership
from footnote_bot.indexers.sources.confluence.reading import Names
from footnote_bot.indexers.sources.confluence.rights import Tokens
from footnote_bot.indexers.sources.confluence.scope import Scope
from footnote_bot.indexers.sources.confluence.transport import Patience, Transport
from footnote_bot.indexers.sources.confluence.wiki import ConfluenceWiki
from footnote_bot.indexers.sources.scope import ScopedWiki
from footnote_bot.indexers.sources.source import Resources, WikiSource

log = logging.getLogger(__name__)

_HASTE = 5
"""Seconds of a request for which a person waits."""
_IMPATIENT = Patience(tries=4, seconds=3.0)
_FOR_RIGHTS = Patience(tries=4, seconds=6.0)
"""For identifying a person, who otherwise gets no more than everyone."""
_BRIEF = Patience(tries=3, seconds=10.0)
"""For a check, which reports a missing answer rather than wait for it."""


class ConfluenceSource(WikiSource):
    """A configured Confluence.

    Raises:
        WikiMisconfigured: the address is none.
    """

    def __init__(self, settings: ConfluenceSettings, resources: Resources) -> None:
        self._settings = settings
        self._secret = resources.secret
        scope, name = self._scope, settings.name
        self._patient = self._transport(timeout=settings.timeout_seconds, patience=Patience())
        # Each its own, so that a long sync takes no place from a person who waits for an answer.
        timeout = min(settings.timeout_seconds, _HASTE)
        live_transport = self._transport(timeout=timeout, patience=_IMPATIENT, at_once=AT_ONCE)
        members_transport = self._transport(timeout=timeout, patience=_FOR_RIGHTS)
        extras = Extras(
            attachments=settings.attachments,
            comments=settings.comments,
            max_bytes=settings.max_attachment_bytes,
        )
        names: Names = {}
        parse = resources.parse
        self.live: LiveConfluence = LiveConfluence(
            name, live_transport, scope, extras, names=names, parse=parse
        )
        self.divisible: ConfluenceWiki = ConfluenceWiki(
            name,
            self._patient,
            scope,
            extras,
            Ownership.named(settings.owners),
            names=names,
            viewers_seen=self.live.viewers_seen,
            parse=parse,
        )
        self.recent = ScopedWiki(self.divisible, self.divisible.recent)
        remembered = settings.members_minutes * 60
        self.members = ConfluenceMembers(
            members_transport,
            self.divisible.survey.tokens,
            overrides=settings.accounts,
            remembered=remembered,
            listed=max(LISTED, remembered) if remembered else 0.0,
        )
        self._access = ConfluenceAccess(name, live_transport, self.live.survey, self.members)
        self._base = live_transport.base
        super().__init__(self.divisible)

    def path(self, url: str, *, ask: bool = False) -> str | None:
        return self._access.path(url, ask=ask)

    def key_at(self, url: str) -> str:
        return self._access.key_at(url)

    def space_at(self, url: str) -> str:
        return self._access.space_at(url)

    def spaces(self) -> list[str]:
        return [space.key for space in self.live.survey.spaces(fresh=True)]

    def edit_address(self, page: str, url: str) -> str:
        return edit_address(self._base.shown_at, page, url, cloud=self._base.cloud)

    def tokens(self, email: str) -> frozenset[str]:
        return self.members.tokens(email)

    def owner(self, named: str) -> str:
        return self.members.owner(named) if named else named

    def access(self, url: str, email: str, reader: Callable[[], Principal]) -> tuple[Access, Acl]:
        return self._access.to(url, email, reader)

    def findings(self) -> Iterator[Finding]:
        yield from self._doctor().findings()
        if self._settings.attachments:
            yield readers_of_files(self.name)

    def trouble(self) -> str:
        """Return why Confluence could not be asked about people, see `WikiSource`."""
        why = self.members.trouble()
        return why and (
            "Confluence does not say who people are and what they may read, so they get"
            f" only what is open to everyone. {why} `footnote doctor` says more."
        )

    def preload_members(self) -> None:
        try:
            visible, everybody = self.members.count()
        except WikiUnavailable as error:
            log.warning("%s does not say who its people are: %s", self.name, error)
        else:
            log.info("%s shows the addresses of %d of %d people", self.name, visible, everybody)

    def abort_waits(self) -> None:
        self._patient.abort_waits()

    def _doctor(self) -> ConfluenceDoctor:
        settings = self._settings
        new_transport = partial(self._transport, timeout=settings.timeout_seconds, patience=_BRIEF)
        transport = new_transport()
        base = transport.base
        # Each site publishes its id at its origin.
        site = new_transport(base=Base(base.origin, "", cloud=True))
        may_need_id = base.cloud and not base.people and self._secret(settings.token_variable)
        return ConfluenceDoctor(
            self.name,
            transport,
            self._scope,
            ConfluenceMembers(transport, Tokens(base.site), overrides=settings.accounts),
            accounts=settings.accounts,
            cloud_id=partial(cloud_id, site) if may_need_id else None,
        )

    @property
    def _scope(self) -> Scope:
        settings = self._settings
        return Scope(
            spaces=settings.spaces,
            personal=settings.personal_spaces,
            archived=settings.archived_spaces,
            blog_posts=settings.blog_posts,
            trees=settings.page_trees,
            labels=settings.labels,
            labels_out=settings.exclude_labels,
            cql=settings.cql,
        )

    def _transport(
        self, *, timeout: int, patience: Patience, base: Base | None = None, at_once: int = 0
    ) -> Transport:
        settings = self._settings
        return Transport(
            base or base_of(settings.url, settings.product, settings.cloud_id),
            self._secret(settings.token_variable),
            token_variable=settings.token_variable,
            email=settings.email,
            timeout=timeout,
            proxy=settings.proxy,
            ca_bundle=str(settings.ca_bundle or ""),
            concurrency=at_once or settings.concurrency,
            patience=patience,
        )
