"""The bot's Home tab: each person sees what they may know, as of the moment they open it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from footnote_bot.bot.conversation import incidents
from footnote_bot.bot.conversation.model import Closed, RecordedAnswer
from footnote_bot.bot.conversation.prompts import Prompts
from footnote_bot.bot.errors import ChatRefused
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.insights import LATELY, WEEK, Insights
from footnote_bot.bot.flags.model import question_of
from footnote_bot.bot.operations.ports import Operating
from footnote_bot.bot.slack.chat.workspace import SlackWorkspace
from footnote_bot.bot.slack.commands.tokens import TokenCommand
from footnote_bot.bot.slack.home import home_page
from footnote_bot.bot.slack.home.home_page import FLAGS_SHOWN, HomeSection
from footnote_bot.bot.slack.rendering.blocks import notice
from footnote_bot.bot.slack.rendering.message import Block, context, say
from footnote_bot.bot.slack.rendering.mrkdwn import inert
from footnote_bot.bot.slack.rights.directory import Membership
from footnote_bot.bot.slack.texts import home as texts
from footnote_bot.indexers.model import Principal, Reader

logger = logging.getLogger(__name__)

PATIENCE = 0.2
"""Seconds that the first page waits for slow parts; a second page has them."""
_SHOWN = 5

_PendingBlocks = Coroutine[Any, Any, list[Block]]


@dataclass(frozen=True, slots=True)
class Home:
    """The Home tab."""

    slack: SlackWorkspace
    feedback: Feedback
    insights: Insights
    operating: Operating
    prompts: Prompts
    tokens: TokenCommand | None = None

    async def opened(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """Handle `app_home_opened` of the home tab."""
        await self.show(body["event"]["user"])

    async def show(self, person: str) -> None:
        """Publish the person's Home tab as it is now.

        Raises:
            ChatUnavailable
        """
        try:
            # Everybody opens the Home tab, perhaps many at once: so no call for the user groups.
            admin = await self.slack.people.is_admin(person, fresh_groups=False)
            reader = await self.slack.people.reader(person, private=False, shared=False)
            if isinstance(reader, Closed):
                refusal = HomeSection("", say(reader.why).blocks)
                await self.slack.api.publish(person, home_page.view([refusal]))
            else:
                await self._publish(person, await self._parts(person, admin=admin))
        except ChatRefused as error:
            logger.info("The Home tab of %s cannot be put up: %s", person, error)

    async def _parts(self, person: str, *, admin: bool) -> dict[str, _PendingBlocks]:
        """Return the parts of the page by their headings."""
        member = (await self.slack.people.person(person)).membership is Membership.MEMBER
        parts: dict[str, _PendingBlocks] = {texts.HOW_TO_ASK: self._asking(to_member=member)}
        if member:
            parts[texts.WHAT_I_READ] = self._wikis(whole=admin)
        parts[texts.YOUR_FLAGS] = self._flags(person)
        if member and self.tokens:
            parts[texts.YOUR_TOKENS] = self.tokens.blocks(person)
        if admin:
            parts |= {
                texts.HOW_IT_GOES: self._volumes(),
                texts.not_answered_in(LATELY.days): self._unanswered(),
                texts.STALE_PAGES: self._stale_pages(person),
            }
        return parts

    async def _publish(self, person: str, parts: Mapping[str, _PendingBlocks]) -> None:
        """Publish the parts that are ready at once, and the whole when it is ready."""
        tasks = {
            heading: asyncio.create_task(self._made(heading, part))
            for heading, part in parts.items()
        }
        try:
            _, late = await asyncio.wait(tasks.values(), timeout=PATIENCE)
            first = await self.slack.api.publish(person, _view(tasks))
            if late:
                await asyncio.wait(late)
                await self.slack.api.publish(person, _view(tasks), after=first)
        finally:
            for part in tasks.values():
                part.cancel()

    async def _made(self, heading: str, part: _PendingBlocks) -> list[Block]:
        """Return the blocks of a part; a failing part leaves the others as they are."""
        try:
            return await part
        except Exception as error:  # noqa: BLE001 - the edge: logged, and they are told
            incident = self.slack.new_incident()
            incidents.note(incident, f"{heading!r} of a Home tab failed", error)
            return notice(incidents.sorry(incident, error)).blocks

    async def _asking(self, *, to_member: bool) -> list[Block]:
        examples = await self.prompts.suggested(to_member=to_member)
        return home_page.asking([inert(text) for text in examples])

    async def _wikis(self, *, whole: bool) -> list[Block]:
        """Return the state of the wikis; ``whole``: with the details for admins."""
        rows = await asyncio.to_thread(self.operating.status)
        return home_page.wikis(rows, whole=whole)

    async def _flags(self, person: str) -> list[Block]:
        flags = await self.feedback.open_flags_by(person)
        shown = [flag.recorded for flag in flags[:FLAGS_SHOWN]]
        questions = [question_of(recorded) for recorded in shown]
        addresses = await asyncio.gather(*map(self._address, shown))
        today = self.slack.clock().date()
        return await asyncio.to_thread(home_page.flags, flags, questions, addresses, today)

    async def _address(self, recorded: RecordedAnswer) -> str:
        """Return the address of an answer in Slack; empty if it is unknown."""
        if not recorded.message:
            return ""
        return await self.slack.api.address(recorded.asked.place.channel, recorded.message)

    async def _volumes(self) -> list[Block]:
        spans = [WEEK, LATELY]
        volumes = [await self.insights.volume(span) for span in spans]
        days = [span.days for span in spans]
        return home_page.volumes(dict(zip(days, volumes, strict=True)))

    async def _unanswered(self) -> list[Block]:
        """Return unanswered questions asked in public, and the number of those asked in private."""
        public, private = await self.insights.unanswered(LATELY)
        found = await self.insights.gaps(public, _SHOWN)
        gaps = [gap for gap, _ in found]
        today = self.slack.clock().date()
        return await asyncio.to_thread(home_page.unanswered, gaps, private, today)

    async def _stale_pages(self, person: str) -> list[Block]:
        """Return stale pages that the person may read. A workspace admin may read no more of the
        wikis than anybody."""
        pages = await self.insights.stale(await self._reader(person), _SHOWN)
        today = self.slack.clock().date()
        return await asyncio.to_thread(home_page.stale_pages, pages, self.slack.links, today)

    async def _reader(self, person: str) -> Reader:
        """Return the reader with the person's own rights; with none if they get no answers."""
        reader = await self.slack.people.reader(person, private=True, shared=False)
        return Principal() if isinstance(reader, Closed) else reader


def _view(tasks: Mapping[str, asyncio.Task[list[Block]]]) -> Block:
    """Return the page as far as it is ready."""
    return home_page.view(
        HomeSection(heading, part.result() if part.done() else [context(texts.COMING)])
        for heading, part in tasks.items()
    )
