"""The command `/wiki audit @person` or `/wiki audit <page link>`: what was shown to whom lately."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.moments import in_words
from bot.operations.audit_report import AuditQuery, NotedEntry
from bot.slack.commands.arguments import address, options, person
from bot.slack.commands.call import Call, For, Misused, Subcommand
from bot.slack.rendering.message import Message, say, section
from bot.slack.rendering.mrkdwn import inert
from bot.slack.rights.people import SlackPeople

_MOST = 20
_LATELY = timedelta(days=30)
_PAGES = 5
_NAMES = 10
_LONGEST = 150
"""Characters of a page's key."""


class Trail(Protocol):
    """The trail. Raises StateUnavailable."""

    async def entries(self, query: AuditQuery) -> Sequence[NotedEntry]: ...


@dataclass(frozen=True, slots=True)
class Audit:
    """The command. Admins alone may use it, and nobody else sees the answer. It names pages by
    their keys, whatever the admin may read."""

    trail: Trail
    people: SlackPeople
    clock: Callable[[], datetime]

    @property
    def subcommand(self) -> Subcommand:
        says = f"what they were shown in {_LATELY.days} days, or who was shown that page"
        return Subcommand("audit @person | <page link>", says, self.run, For.ADMINS)

    async def run(self, call: Call) -> None:
        rest, _ = options(call.words, ())
        if len(rest) != 1:
            raise Misused("Name one person, or one page by its link.")
        since = self.clock() - _LATELY
        if url := address(rest[0]):
            query = AuditQuery(page=url.partition("#")[0], since=since, most=_MOST)
        else:
            query = AuditQuery(person=person(rest[0]), since=since, most=_MOST)
        found = await self.trail.entries(query)
        if not found:
            await call.respond(say(f"Nothing was shown in the last {_LATELY.days} days."))
            return
        title = f"The last {len(found)}, all times in UTC:" if len(found) > 1 else "Once, in UTC:"
        lines = [await self._line(noted) for noted in reversed(found)]
        await call.respond(Message(title, [section(title), *(section(line) for line in lines)]))

    async def _line(self, noted: NotedEntry) -> str:
        entry = noted.entry
        who = await self._name(entry.person) if entry.person else "somebody who was forgotten"
        where = f"<#{entry.place.channel}>" if entry.way.value == "channel" else entry.way.value
        names = [await self._name(id_) for id_ in sorted(entry.readers)[:_NAMES]]
        more = len(entry.readers) - len(names)
        readers = "everyone" if entry.open else ", ".join(names) + (f" and {more}" if more else "")
        pages = [
            f"{page.wiki}: {page.page[:_LONGEST]}{'' if page.words else ' (title)'}"
            for page in entry.pages[:_PAGES]
        ]
        if len(entry.pages) > _PAGES:
            pages.append(f"and {len(entry.pages) - _PAGES}")
        head = f"{in_words(noted.at)}, {who}, "
        return f"{inert(head)}{where}{inert(f', read by {readers}: ' + '; '.join(pages))}"

    async def _name(self, id_: str) -> str:
        return await self.people.name(id_)
