"""The use case of the Slack side: a letter from the inbox gets one reply, which follows
its question when that is edited, and goes with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.conversation import incidents
from bot.conversation.addressing import asks, wish
from bot.conversation.answers import Answers
from bot.conversation.choices import AskedBack
from bot.conversation.following import Following
from bot.conversation.limits import Caps
from bot.conversation.model import Closed, IncomingMessage, MessageKind, RecordedAnswer
from bot.conversation.posting import NotOurs, Posted, Posting
from bot.conversation.private_answers import Private
from bot.errors import AskerForgotten, BotError, SlackRefused, SlackUnavailable, StateUnavailable
from bot.model import Answer, Question, Result, Turn
from bot.slack.calling.status import Status
from bot.slack.chat.history import Conversation
from bot.slack.events import parsing as letters
from bot.slack.events.parsing import Identity
from bot.slack.rights.people import People
from bot.slack.rights.readers import Readers
from bot.slack.writing.message import say
from bot.state.channels import DatabaseChannels
from bot.state.inbox import Inbox

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
"""Starts of the process that one letter may cost before it counts as failed."""
GIVE_UP = timedelta(hours=1)
"""How long a letter waits for Slack to come back."""
LONGEST_PAUSE = 30.0
HELP = say(
    "Ask me a question, and I answer from the wiki with links to where it says so.",
    "For example: How do I book leave? In a channel, mention me; here, just write.",
)


class GaveUp(BotError):
    pass


@dataclass(frozen=True, slots=True)
class Replies:
    me: Identity
    inbox: Inbox
    answers: Answers
    people: People
    readers: Readers
    settings: DatabaseChannels
    private: Private
    conversation: Conversation
    asked_back: AskedBack
    posting: Posting
    following: Following
    status: Status
    clock: Callable[[], datetime]
    new_incident: Callable[[], str]
    caps: Caps = field(default_factory=Caps)
    first_pause: float = 1.0
    """Seconds before the second try while Slack does not answer."""

    def expect(self, letter: IncomingMessage) -> None:
        """The first sign, before its turn comes: to whoever surely spoke to the bot."""
        if letter.kind in (MessageKind.MENTION, MessageKind.DIRECT) and not letter.deleted:
            self.status.begin(letter)

    async def reply(self, letter: IncomingMessage) -> None:
        """See to the letter until it is replied to, or never will be."""
        try:
            await self._see_to(letter)
        finally:
            await self.status.end(letter)

    async def _see_to(self, letter: IncomingMessage) -> None:
        try:
            claimed = await asyncio.to_thread(self.inbox.claim, letter.id)
            refusal = await asyncio.to_thread(self.caps.refusal, letter, self.inbox)
        except StateUnavailable as error:
            # Not begun, so nobody need be told: it is submitted again in a while.
            logger.debug("Message %s is not begun: %s", letter.ts, error)
            return
        if claimed is None:
            return
        try:
            await self._reply_patiently(claimed, refusal)
        except (NotOurs, AskerForgotten):
            logger.info("Message %s is not ours any more, or not what it was", letter.ts)
        except Exception as error:  # noqa: BLE001 - the edge: logged, and the person is told
            await self._fail(claimed, error)
        else:
            finish = self.inbox.done if refusal is None else self.inbox.refused
            await self._finish(claimed, finish)

    async def _reply_patiently(self, letter: IncomingMessage, refusal: str | None) -> None:
        if letter.attempts > MOST_ATTEMPTS:
            raise GaveUp(f"{MOST_ATTEMPTS} attempts did not end")
        began, pause, again = self.clock(), self.first_pause, letter.attempts > 1 or letter.changed
        while True:
            try:
                if refusal is None or letter.deleted:
                    return await self._reply(letter, again=again)
                return await self._refuse(letter, refusal, again=again)
            except SlackUnavailable as error:
                if self.clock() - began > GIVE_UP:
                    raise
                logger.warning("%s; message %s waits %.0f s", error, letter.ts, pause)
            await asyncio.sleep(pause)
            again, pause = True, min(pause * 2, LONGEST_PAUSE)

    async def _refuse(self, letter: IncomingMessage, words: str, *, again: bool) -> None:
        posted = await self.posting.posted(letter) if again else {}
        if letter.kind in (MessageKind.FOLLOW_UP, MessageKind.UNASKED):
            await self._pass_over(letter, posted)
        elif words:
            await self.posting.put(letter, [say(words)], posted)

    async def _reply(self, letter: IncomingMessage, *, again: bool) -> None:
        posted = await self.posting.posted(letter) if again else {}
        if letter.changed:
            await self._withdraw_choices(letter, posted)
        if letter.deleted:
            await self.posting.remove(letter, posted)
            return
        if await self.asked_back.stands(letter):
            await self._say(letter, posted)
        if not await self.asked_back.stands(letter):
            # Whoever saw to the edited question may have looked before this was posted.
            await self._pass_over(letter, await self.posting.posted(letter))

    async def _say(self, letter: IncomingMessage, posted: Posted) -> None:
        words = await self._question(letter)
        if letter.kind is not MessageKind.DIRECT and (wished := wish(words)):
            if await self._is_closed_to(letter):
                # Nor do they say what others get.
                await self._pass_over(letter, posted)
                return
            await self.posting.put(letter, [await self.following.obey(letter, wished)], posted)
            return
        meant = await self.asked_back.meant(letter, words)
        said: Sequence[Turn] = ()
        if letter.kind is MessageKind.FOLLOW_UP and meant == words:
            said = await self.conversation.before(letter) if asks(words) else ()
            if not await self.following.is_meant(letter, words, said):
                await self._pass_over(letter, posted)
                return
        if letters.asks_nothing(meant):
            await self.posting.put(letter, [HELP], posted)
            return
        await self._answer(letter, meant, said, posted)

    async def _is_closed_to(self, letter: IncomingMessage) -> bool:
        reader = await self.people.reader(letter.person, private=False, shared=letter.shared)
        return isinstance(reader, Closed)

    async def _withdraw_choices(self, letter: IncomingMessage, posted: Posted) -> None:
        """What was chosen of a question that is no more what it was, if anything was."""
        for ts in posted.values():
            choice = replace(letter, ts=ts)
            await self.posting.remove(choice, await self.posting.posted(choice))

    async def _answer(
        self, letter: IncomingMessage, words: str, said: Sequence[Turn], posted: Posted
    ) -> None:
        settings = await asyncio.to_thread(self.settings.of, letter.team, letter.channel)
        direct, unasked = letter.kind is MessageKind.DIRECT, letter.kind is MessageKind.UNASKED
        # Where somebody reads along who may get nothing, the asker alone is answered.
        outsiders = not direct and await self.readers.has_outsiders(
            letter.channel, shared=letter.shared
        )
        alone = direct or settings.only_asker or outsiders
        reader = await self.readers.of(
            letter.person, letter.channel, private=alone, shared=letter.shared
        )
        if isinstance(reader, Closed):
            if unasked:
                await self._pass_over(letter, posted)
            else:
                await self.posting.put(letter, [say(reader.why)], posted)
            return
        if alone and not direct:
            if await self.private.resume(letter):
                return
            # What was shared with all answers what is asked no more, or was said before
            # somebody came who may not read it.
            await self.posting.remove(letter, posted)
            posted = {}
        if not unasked:
            self.status.begin(letter)
        asking = Question(
            words,
            reader,
            wikis=(settings.wikis or None) if not direct else None,
            history=tuple(said or await self.conversation.before(letter)),
            person=letter.person,
            channel=letter.channel,
            language=settings.language if not direct else "",
        )
        answer, posted = await self.answers.make(
            letter, asking, posted, live=not unasked and (direct or not alone)
        )
        if unasked and not _is_sure(answer, settings.unasked):
            await self._pass_over(letter, posted)
            return
        if not alone and not await self.readers.may_still_read(
            letter.channel, reader, shared=letter.shared
        ):
            # Somebody came while it was made. Whoever asked was among those it was made for.
            alone = True
            await self.posting.remove(letter, posted)
        if alone and not direct:
            given = await self.answers.record(letter, asking, answer, private=True)
            await self.private.give(letter, await self.answers.unposted(given))
        else:
            given = await self.answers.show(letter, asking, answer, posted, private=direct)
            await self._afterwards(letter, asking, given)

    async def _afterwards(
        self, letter: IncomingMessage, asking: Question, given: RecordedAnswer
    ) -> None:
        """The answer stands: what fails now must not have it made again."""
        try:
            if letter.kind is MessageKind.DIRECT:
                await self.status.entitle(letter, asking.text)
            elif letter.kind is not MessageKind.UNASKED:
                await self.private.offer(letter, asking, given)
            if letter.kind is MessageKind.FOLLOW_UP:
                await self.following.explain(letter)
        except (SlackRefused, SlackUnavailable) as error:
            logger.info("What comes with the answer to %s was left out: %s", letter.ts, error)

    async def _pass_over(self, letter: IncomingMessage, posted: Posted) -> None:
        """What was said is not for the bot; not any more, if it was edited."""
        await self.posting.remove(letter, posted)
        await asyncio.to_thread(self.inbox.passed, letter)

    async def _question(self, letter: IncomingMessage) -> str:
        named = dict.fromkeys(letters.people_named(letter.text, self.me))
        names = {id_: await self.people.name(id_) for id_ in list(named)[:10]}
        return letters.question(letter.text, self.me, names)

    async def _finish(
        self, letter: IncomingMessage, finish: Callable[[IncomingMessage], None]
    ) -> None:
        try:
            await asyncio.to_thread(finish, letter)
        except StateUnavailable as error:
            # The reply stands; it is submitted again in a while, found, and put there again.
            logger.debug("That message %s is done could not be noted: %s", letter.ts, error)

    async def _fail(self, letter: IncomingMessage, error: Exception) -> None:
        """Say so where the answer would have been, instead of what stands there of it, and
        in the log; to the person not a word of the error."""
        incident = self.new_incident()
        incidents.note(incident, f"message {letter.ts} in {letter.channel}", error)
        try:
            if not letter.deleted:
                await self._say_sorry(letter, incident)
        except NotOurs:
            return
        except StateUnavailable as state_error:
            # Not finished, so it is submitted again in a while.
            logger.debug("Incident %s: the person is not told yet: %s", incident, state_error)
            return
        except (SlackRefused, SlackUnavailable):
            logger.exception("Incident %s: nor could the person be told", incident)
        await self._finish(letter, self.inbox.failed)

    async def _say_sorry(self, letter: IncomingMessage, incident: str) -> None:
        began, pause = self.clock(), self.first_pause
        while True:
            try:
                posted = await self.posting.posted(letter)
                await self.posting.put(letter, [incidents.sorry(incident)], posted)
            except SlackUnavailable:
                if self.clock() - began > GIVE_UP:
                    raise
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                return


def _is_sure(said: Result, least: float | None) -> bool:
    """Enough to speak without being asked."""
    return least is not None and isinstance(said, Answer) and said.confidence >= least
