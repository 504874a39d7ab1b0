"""The command `/wiki access @person <page link>`: whether they may read it, and which gate
decides."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from footnote_bot.bot.operations.model import AccessNow
from footnote_bot.bot.operations.ports import Operating
from footnote_bot.bot.slack.commands.call import Call, Misused, address, options, person
from footnote_bot.bot.slack.rendering.message import Message, say
from footnote_bot.bot.slack.rights.directory import Membership, Person
from footnote_bot.bot.slack.rights.people import SlackPeople
from footnote_bot.bot.slack.texts import commands as texts
from footnote_bot.indexers.errors import IndexersError
from footnote_bot.indexers.findings import GateInWords

_ABOVE = "above it"


@dataclass(frozen=True, slots=True)
class AccessCommand:
    people: SlackPeople
    operating: Operating

    async def run(self, call: Call) -> None:
        arguments, _ = options(call.words, ())
        if len(arguments) != 2:
            raise Misused(texts.PERSON_AND_PAGE)
        subject = await self.people.person(person(arguments[0]), fresh=True)
        url = address(arguments[1])
        if url is None:
            raise Misused(texts.SECOND_IS_NO_LINK)
        if subject.membership is not Membership.MEMBER or not subject.email:
            is_member = subject.membership is Membership.MEMBER
            await call.respond(say(texts.NO_EMAIL_ADDRESS if is_member else texts.NO_MEMBER))
            return
        try:
            result = await self._access(subject, url)
            asker = await self.people.person(call.person)
            asker_result = await self._access(asker, url) if asker.email else None
        except IndexersError as error:
            await call.respond(say(str(error)))
            return
        # The admin may see the page's title only if they may read the page themselves.
        with_titles = asker_result is not None and asker_result.access.may_read is True
        await call.respond(access_message(result, subject.name, with_titles=with_titles))

    async def _access(self, subject: Person, url: str) -> AccessNow:
        """Return whether the person ``subject`` may read the page at ``url``, and why."""
        groups = await self.people.groups_of(subject.id)
        return await asyncio.to_thread(self.operating.access, subject.email, url, groups)


def access_message(result: AccessNow, name: str, *, with_titles: bool) -> Message:
    """Return the message, as `footnote access` prints it. Titles of the page and its parents are
    shown only to a person who may read them (``with_titles``)."""
    access = result.access
    page = access.title if with_titles and access.title else texts.THIS_PAGE
    if access.may_read is None:
        text = texts.cannot_tell_access(name, access.wiki)
    elif access.may_read:
        text = texts.may_read(name, page, access.wiki)
    else:
        text = texts.may_not_read(name, page, access.wiki)
    lines = [_gate(gate, with_titles=with_titles) for gate in access.gates]
    lines += filter(None, (access.why, result.answers))
    return say(text, *lines)


def _gate(gate: GateInWords, *, with_titles: bool) -> str:
    """Return the gate as a line, without the title of a page above unless ``with_titles``."""
    is_page_above = gate.where.endswith(_ABOVE) and not with_titles
    where = texts.A_PAGE_ABOVE if is_page_above else gate.where
    in_words = texts.gate_passed if gate.passed else texts.gate_stopped
    return in_words(where, gate.why)
