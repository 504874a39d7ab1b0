"""Settings -> the wikis that are read, one ``[[wiki]]`` each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypedDict

from config.settings import Secrets
from config.wikis import ConfluenceSettings, MarkdownSettings, WikiSettings
from indexers.errors import WikiMisconfigured, WikiUnavailable
from indexers.findings import Access
from indexers.index.current import CurrentIndex
from indexers.model import EVERYONE, Acl, Part, Principal, SyncReport, domain_token, user_token
from indexers.parsing.limits import Parse, here
from indexers.ports import Wiki
from indexers.sources.confluence.access import ConfluenceAccess
from indexers.sources.confluence.addresses import Base, base_of
from indexers.sources.confluence.doctor import ConfluenceDoctor, cloud_id
from indexers.sources.confluence.hanging import Extras
from indexers.sources.confluence.lookout import AT_ONCE, ConfluenceLookout
from indexers.sources.confluence.members import ConfluenceMembers
from indexers.sources.confluence.ownership import Ownership
from indexers.sources.confluence.page_links import edit_address
from indexers.sources.confluence.reading import Names
from indexers.sources.confluence.rights import Tokens
from indexers.sources.confluence.scope import Scope
from indexers.sources.confluence.transport import Patience, Transport
from indexers.sources.confluence.wiki import ConfluenceWiki
from indexers.sources.markdown.access import access as whole_wiki_access
from indexers.sources.markdown.git import GitWiki
from indexers.sources.markdown.git_dates import last_changes, no_dates
from indexers.sources.markdown.wiki import MarkdownWiki
from indexers.syncing.scope import PartOf

log = logging.getLogger(__name__)

_HASTE = 5
"""Seconds that a request may take for which a person waits."""
_IMPATIENT = Patience(tries=2, seconds=3.0)
_FOR_RIGHTS = Patience(tries=4, seconds=6.0)
"""For who somebody is: without it they get no more than everyone."""
_BRIEF = Patience(tries=3, seconds=10.0)
"""For a check, which says that something does not answer rather than wait for it."""


@dataclass(frozen=True, slots=True)
class Confluence:
    """One Confluence: ``wiki`` and ``recent`` are for syncs, which have time;
    ``lookout``, ``members`` and ``access`` for people who wait for an answer."""

    wiki: ConfluenceWiki
    recent: Wiki
    lookout: ConfluenceLookout
    members: ConfluenceMembers
    access: ConfluenceAccess
    edit_address: Callable[[str, str], str]
    """Where the page of a key and an address is edited; empty if it is none of this wiki."""
    hurry: Callable[[], None]
    """Let a sync that waits for Confluence give up."""


class _Reading(TypedDict):
    """How a Markdown wiki is read, wherever it comes from."""

    site_url: str
    flavour: str
    addresses: str
    anchors: str
    acl: Acl
    include: Sequence[str]
    exclude: Sequence[str]
    max_bytes: int
    parse: Parse


def confluence_of(wiki: ConfluenceSettings, secrets: Secrets, parse: Parse = here) -> Confluence:
    """``parse`` is what calls the parsers of pages and files.

    Raises:
        WikiMisconfigured: the address is none.
    """
    scope = _scope(wiki)
    transport = partial(_transport, wiki, secrets)
    patient = transport(timeout=wiki.timeout_seconds, patience=Patience())
    # Each its own, so that a long sync takes no place from who waits for an answer.
    hasty = [
        transport(timeout=min(wiki.timeout_seconds, _HASTE), patience=patience, at_once=at_once)
        for patience, at_once in ((_IMPATIENT, AT_ONCE), (_FOR_RIGHTS, wiki.concurrency))
    ]
    extras = Extras(
        attachments=wiki.attachments,
        comments=wiki.comments,
        max_bytes=wiki.max_attachment_bytes,
    )
    ownership = Ownership(wiki.owner_property, wiki.owner_label, wiki.owner_editor)
    names: Names = {}
    lookout = ConfluenceLookout(wiki.name, hasty[0], scope, extras, names=names, parse=parse)
    read = ConfluenceWiki(
        wiki.name,
        patient,
        scope,
        extras,
        ownership,
        names=names,
        viewers_seen=lookout.viewers_seen,
        parse=parse,
    )
    members = ConfluenceMembers(
        hasty[1],
        read.survey.tokens,
        overrides=wiki.accounts,
        remembered=wiki.members_minutes * 60,
    )
    return Confluence(
        wiki=read,
        recent=PartOf(read, read.recent),
        lookout=lookout,
        members=members,
        access=ConfluenceAccess(wiki.name, hasty[0], lookout.survey, members),
        edit_address=lambda key, url: edit_address(
            hasty[0].shown_at, key, url, cloud=hasty[0].base.cloud
        ),
        hurry=patient.hurry,
    )


def meet(confluences: Mapping[str, Confluence]) -> None:
    """Read who the people of each Confluence are."""
    for name, confluence in confluences.items():
        try:
            visible, everybody = confluence.members.count()
        except WikiUnavailable as error:
            log.warning("%s does not say who its people are: %s", name, error)
        else:
            log.info("%s shows the addresses of %d of %d people", name, visible, everybody)


def doctor_of(wiki: ConfluenceSettings, secrets: Secrets) -> ConfluenceDoctor:
    """
    Raises:
        WikiMisconfigured: the address is none.
    """
    asks = partial(_transport, wiki, secrets, timeout=wiki.timeout_seconds, patience=_BRIEF)
    transport = asks()
    base = transport.base
    # Each site tells its id to everybody, at its origin.
    site = asks(base=Base(base.origin, "", cloud=True))
    scoped_elsewhere = base.cloud and not base.people and secrets.variable(wiki.token_variable)
    return ConfluenceDoctor(
        wiki.name,
        transport,
        _scope(wiki),
        ConfluenceMembers(transport, Tokens(base.site), overrides=wiki.accounts),
        accounts=wiki.accounts,
        cloud_id=partial(cloud_id, site) if scoped_elsewhere else None,
    )


def _scope(wiki: ConfluenceSettings) -> Scope:
    return Scope(
        spaces=wiki.spaces,
        personal=wiki.personal_spaces,
        archived=wiki.archived_spaces,
        blog_posts=wiki.blog_posts,
        trees=wiki.page_trees,
        labels=wiki.labels,
        labels_out=wiki.exclude_labels,
        cql=wiki.cql,
    )


def _transport(  # noqa: PLR0913 - one for each thing that differs
    wiki: ConfluenceSettings,
    secrets: Secrets,
    *,
    timeout: int,
    patience: Patience,
    base: Base | None = None,
    at_once: int = 0,
) -> Transport:
    return Transport(
        base or base_of(wiki.url, wiki.product, wiki.cloud_id),
        secrets.variable(wiki.token_variable),
        token_variable=wiki.token_variable,
        email=wiki.email,
        timeout=timeout,
        proxy=wiki.proxy,
        ca_bundle=str(wiki.ca_bundle or ""),
        concurrency=at_once or wiki.concurrency,
        patience=patience,
    )


def markdown_of(
    wiki: MarkdownSettings, data_dir: Path, secrets: Secrets, parse: Parse = here
) -> MarkdownWiki | GitWiki:
    """A folder, or a clone that stands in the data folder."""
    reading = _Reading(
        site_url=wiki.site_url,
        flavour=wiki.flavour,
        addresses=wiki.addresses,
        anchors=wiki.anchors,
        acl=acl_of(wiki.readers),
        include=wiki.include,
        exclude=wiki.exclude,
        max_bytes=wiki.max_page_bytes,
        parse=parse,
    )
    if wiki.git:
        return GitWiki(
            wiki.name,
            wiki.git,
            data_dir / "clones" / wiki.name,
            branch=wiki.branch,
            subfolder=wiki.path.as_posix() if wiki.path else "",
            credential=secrets.variable(wiki.token_variable),
            dates=wiki.git_dates,
            **reading,
        )
    dates = last_changes if wiki.git_dates else no_dates
    return MarkdownWiki(wiki.name, wiki.path or Path(), dates=dates, **reading)


def apply_settings(
    index: CurrentIndex,
    wikis: Sequence[WikiSettings],
    markdowns: Mapping[str, MarkdownWiki | GitWiki],
) -> None:
    """Let readers that the settings no longer name read nothing from the moment that the index
    is open, however long the next sync takes or stays away, and let each wiki be read as its
    pages were."""
    for wiki in wikis:
        if isinstance(wiki, MarkdownSettings):
            index.narrow(wiki.name, acl_of(wiki.readers))
            if wiki.name in markdowns:
                markdowns[wiki.name].recall(index.known(wiki.name))


def acl_of(readers: Sequence[str]) -> Acl:
    """One gate that any of ``readers`` passes: "everyone", "@group", an address,
    all of a domain "*@example.com"."""
    return Acl.of([_token(reader) for reader in readers])


def _token(reader: str) -> str:
    if reader == EVERYONE:
        return EVERYONE
    if reader.startswith("*@"):
        return domain_token(reader)
    return f"group:{reader[1:]}" if reader.startswith("@") else user_token(reader)


def confluence_at(url: str, confluences: Mapping[str, Confluence], *, ask: bool = False) -> str:
    """The name of the one that ``url`` belongs to; empty if it is none's. ``ask`` those that
    may be read elsewhere than they are asked."""
    paths = {name: of.access.path(url, ask=ask) for name, of in confluences.items()}
    ours = {name: path for name, path in paths.items() if path is not None}
    # Of two on one host the deeper one: what is left of the path is shorter.
    return min(ours, key=lambda name: len(ours[name]), default="")


def edited_at(
    wiki: str,
    page: str,
    url: str,
    markdowns: Mapping[str, MarkdownWiki | GitWiki],
    confluences: Mapping[str, Confluence],
) -> str:
    """See `indexers.indexing.Indexing.edit_address`."""
    if confluence := confluences.get(wiki):
        return confluence.edit_address(page, url)
    try:
        return markdowns[wiki].edit_address(page) if wiki in markdowns else ""
    except (WikiMisconfigured, WikiUnavailable) as error:
        log.info("Where %s is edited cannot be told: %s", wiki, error)
        return ""


def access_at(  # noqa: PLR0913, PLR0917 - who, what, and all that there is
    url: str,
    email: str,
    wikis: Sequence[WikiSettings],
    markdowns: Mapping[str, MarkdownWiki | GitWiki],
    confluences: Mapping[str, Confluence],
    reader: Callable[[], Principal],
) -> tuple[Access, Acl]:
    """Whether ``reader``, who has the address ``email``, may read the page at ``url``, and the
    rule that says so. See `indexers.indexing.Indexing.access`."""
    if name := confluence_at(url, confluences):
        return confluences[name].access.to(url, email, reader)
    for wiki in wikis:
        if isinstance(wiki, MarkdownSettings):
            key = markdowns[wiki.name].key_at(url)
            if key is not None:
                rule = acl_of(wiki.readers)
                found = whole_wiki_access(
                    wiki.name,
                    readers=wiki.readers,
                    rule=rule,
                    email=email,
                    reader=reader(),
                    key=key,
                )
                return replace(found, url=url), rule
    if name := confluence_at(url, confluences, ask=True):
        return confluences[name].access.to(url, email, reader)
    raise WikiMisconfigured(
        f"{url} is no address of a wiki that is set: see `url` and `site_url` (one from git"
        " is known once it was synced)."
    )


def part_named(
    what: str,
    wikis: Sequence[str],
    markdowns: Mapping[str, MarkdownWiki | GitWiki],
    confluences: Mapping[str, Confluence],
) -> Part:
    """See `indexers.indexing.Indexing.part`."""
    if what in wikis:
        return Part(what)
    if "://" in what:
        return _part_at(what, markdowns, confluences)
    spaces = [
        Part(name, space=space.key)
        for name, confluence in confluences.items()
        for space in confluence.lookout.survey.spaces(fresh=True)
        if space.key.casefold() == what.casefold()
    ]
    if len(spaces) != 1:
        found = "Several wikis have a space" if spaces else "Nothing is"
        raise WikiMisconfigured(
            f"{found} called {what}: name a wiki ({', '.join(wikis)}), a space by its key, or a"
            " page or space by its address."
        )
    return spaces[0]


def _part_at(
    url: str,
    markdowns: Mapping[str, MarkdownWiki | GitWiki],
    confluences: Mapping[str, Confluence],
) -> Part:
    for name, markdown in markdowns.items():
        if key := markdown.key_at(url):
            return Part(name, page=key)
    if name := confluence_at(url, confluences) or confluence_at(url, confluences, ask=True):
        access = confluences[name].access
        if key := access.key_at(url):
            return Part(name, page=key)
        if space := access.space_at(url):
            return Part(name, space=space)
    raise WikiMisconfigured(f"{url} is the address of no page or space that is read.")


def warn_of_people(reports: Sequence[SyncReport], confluences: Mapping[str, Confluence]) -> None:
    """Say in the report where a Confluence does not tell who people are: then they hear that
    it could not be asked, though they may read what they look for."""
    for report in reports:
        confluence = confluences.get(report.wiki)
        if report.complete and confluence and (why := confluence.members.trouble()):
            report.warnings.append(
                "Confluence does not say who people are and what they may read, so they get"
                f" only what is open to everyone. {why} `footnote doctor` says more."
            )
