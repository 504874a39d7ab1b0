"""The command `/wiki access @person <page link>`: may they read it, and which gate decides."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.operations.model import AccessNow
from bot.operations.ports import Operating
from bot.slack.commands.arguments import address, options, person
from bot.slack.commands.call import Call, For, Misused, Subcommand
from bot.slack.rendering.message import Message, context, say, section
from bot.slack.rendering.mrkdwn import literal
from bot.slack.rights.people import SlackPeople
from bot.slack.rights.person import Membership
from indexers.errors import IndexersError
from indexers.findings import GateInWords

_WORDS = {True: "Yes", False: "No", None: "It cannot be told"}
_ABOVE = "above it"
_NO_MEMBER = (
    "They are no full member of this workspace: they get what is open to everyone at most, and"
    " nothing unless `guests` or `shared_channels` are set."
)
_NO_ADDRESS = (
    "I know no e-mail address that is certainly theirs, so they get what is open to everyone: Slack"
    " tells me none, has not confirmed it, or somebody else has it too; or, if the settings say who"
    " is who, they do not name them."
)


@dataclass(frozen=True, slots=True)
class AccessCommand:
    people: SlackPeople
    operating: Operating

    @property
    def subcommand(self) -> Subcommand:
        says = "whether they may read it, and which gate says so"
        return Subcommand("access @person <page link>", says, self.run, For.ADMINS)

    async def run(self, call: Call) -> None:
        rest, _ = options(call.words, ())
        if len(rest) != 2:
            raise Misused("Name one person and one page.")
        who, url = await self.people.person(person(rest[0]), fresh=True), address(rest[1])
        if url is None:
            raise Misused("The second is no link: copy the page's address from the browser.")
        if who.membership is not Membership.MEMBER or not who.email:
            await call.respond(
                say(_NO_ADDRESS if who.membership is Membership.MEMBER else _NO_MEMBER)
            )
            return
        try:
            found = await self._asked(who.id, who.email, url)
            asker = await self.people.person(call.person)
            seen = found.access.may_read if who.id == asker.id else None
            if seen is None and asker.email:
                seen = (await self._asked(asker.id, asker.email, url)).access.may_read
        except IndexersError as error:
            await call.respond(say(str(error)))
            return
        await call.respond(told(found, who.name, with_titles=bool(seen)))

    async def _asked(self, id_: str, email: str, url: str) -> AccessNow:
        groups = await self.people.groups_of(id_)
        return await asyncio.to_thread(self.operating.access, email, url, groups)


def told(now: AccessNow, name: str, *, with_titles: bool) -> Message:
    """Return the message, as `footnote access` prints it. Titles of the page and its parents are
    shown only to a person who may read them (``with_titles``)."""
    access = now.access
    page = access.title if with_titles and access.title else "this page"
    may = "may not read" if access.may_read is False else "may read"
    text = f"{_WORDS[access.may_read]}: {name} {may} {page} of {access.wiki}"
    if access.may_read is None:
        text = f"{_WORDS[None]} whether {name} may read this page of {access.wiki}"
    lines = [_gate(gate, with_titles=with_titles) for gate in access.gates]
    lines += filter(None, (access.why, now.answers))
    blocks = [section(literal(text))]
    return Message(literal(text), [*blocks, *(context(literal(line)) for line in lines)])


def _gate(gate: GateInWords, *, with_titles: bool) -> str:
    named = gate.where.endswith(_ABOVE) and not with_titles
    where = f"a page {_ABOVE}" if named else gate.where
    return f"{'Passed' if gate.passed else 'STOPPED'} at {where}: {gate.why}"
