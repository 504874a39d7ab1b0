"""The command `/wiki audit @person` or `/wiki audit <page link>`: which pages were shown to whom
lately."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Protocol

from footnote_bot.bot.conversation.model import Way
from footnote_bot.bot.moments import in_words
from footnote_bot.bot.operations.audit_report import AuditQuery, NotedEntry, page_query
from footnote_bot.bot.slack.commands.call import Call, Misused, address, options, person
from footnote_bot.bot.slack.rendering.message import Message, context, say, section
from footnote_bot.bot.slack.rendering.mrkdwn import inert
from footnote_bot.bot.slack.rendering.sections import MESSAGE
from footnote_bot.bot.slack.rights.people import SlackPeople
from footnote_bot.bot.slack.texts import commands as texts
from footnote_bot.indexers.errors import IndexersError
from footnote_bot.indexers.model import SyncScope

_MOST = 20
LATELY = timedelta(days=30)
_PAGES = 5
_NAMES = 10
_LONGEST = 150
"""Characters of a page's key."""


class Trail(Protocol):
    """The audit trail. Its method raises StateUnavailable."""

    async def entries(self, query: AuditQuery) -> Sequence[NotedEntry]: ...


@dataclass(frozen=True, slots=True)
class Audit:
    """The command. Only admins may use it, and nobody else sees the answer. It names pages by their
    keys, whatever the admin may read. ``scope_of`` returns the scope of an address, and may ask the
    wikis; ``kept`` is how long entries are kept; zero: there are none."""

    trail: Trail
    people: SlackPeople
    scope_of: Callable[[str], SyncScope]
    clock: Callable[[], datetime]
    kept: timedelta

    @property
    def _lately(self) -> timedelta:
        """Return the span that the command looks back over."""
        return min(LATELY, self.kept)

    async def run(self, call: Call) -> None:
        arguments, _ = options(call.words, ())
        if len(arguments) != 1:
            raise Misused(texts.PERSON_OR_PAGE)
        since = self.clock() - self._lately
        if url := address(arguments[0]):
            try:
                query = await asyncio.to_thread(page_query, url, self.scope_of)
            except IndexersError as error:
                await call.respond(say(str(error)))
                return
        else:
            query = AuditQuery(person=person(arguments[0]))
        entries = await self.trail.entries(replace(query, since=since, most=_MOST))
        notes = [context(texts.ADDRESS_UNKNOWN)] if query.is_by_address_alone else []
        lines = _fitting([await self._line(noted, query) for noted in reversed(entries)])
        title = texts.last_shown(len(lines)) if lines else texts.nothing_shown(self._lately.days)
        blocks = [section(title), *map(section, lines), *notes]
        await call.respond(Message(title, blocks))

    async def _line(self, noted: NotedEntry, query: AuditQuery) -> str:
        """Return the entry as a line. If ``query`` is for a page, only this page is named."""
        entry = noted.entry
        shown = [page for page in entry.pages if query.names(page)]
        person = await self.people.name(entry.person) if entry.person else texts.FORGOTTEN_PERSON
        channel, way = entry.place.channel, entry.way
        agent = inert(channel) if way is Way.AGENT else ""  # its place is its name
        place = f"<#{channel}>" if way is Way.CHANNEL else agent or way.value
        readers = texts.EVERYONE if entry.open else await self._readers(entry.readers)
        pages = [
            (texts.shown_words if page.words else texts.shown_title)(
                page.wiki, page.page[:_LONGEST]
            )
            for page in shown[:_PAGES]
        ]
        if len(shown) > _PAGES:
            pages.append(texts.more_pages(len(shown) - _PAGES))
        before, after = texts.shown_to(in_words(noted.at), person, readers, "; ".join(pages))
        return f"{inert(before)}{place}{inert(after)}"

    async def _readers(self, ids: Collection[str]) -> str:
        """Return the names of the first ten people, and how many more there are."""
        names = [await self.people.name(id_) for id_ in sorted(ids)[:_NAMES]]
        more = len(ids) - len(names)
        shown = ", ".join(names)
        return texts.more_readers(shown, more) if more else shown


def _fitting(lines: Sequence[str]) -> list[str]:
    """Return as many of the first lines as fit into a message."""
    sizes = accumulate(map(len, lines))
    return [line for line, size in zip(lines, sizes, strict=True) if size <= MESSAGE]
