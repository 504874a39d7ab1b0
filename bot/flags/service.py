"""The flow of flags: their cards in the review channels, and the work that follows.

Work for a flag is recorded as due together with the action that causes it, and is no longer due
when done. So a restart, or a chat that is away, only delays it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TypeVar

from footnote_bot.bot.background import beside
from footnote_bot.bot.conversation.answers import pages_shown
from footnote_bot.bot.conversation.model import (
    ANYBODY,
    BY_ITSELF,
    AnswerContent,
    AskedQuestion,
    AuditEntry,
    Closed,
    MessageRef,
    Notice,
    RecordedAnswer,
    Way,
)
from footnote_bot.bot.conversation.ports import AuditTrail, Locks
from footnote_bot.bot.errors import AskerForgotten, ChatRefused, ChatUnavailable, LockTaken
from footnote_bot.bot.flags import texts
from footnote_bot.bot.flags.content import (
    Circumstances,
    FlagCard,
    HistoryLine,
    OpenParts,
    OwnerNote,
    card_name,
)
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import Card, Complaint, Due, Flag, question_of
from footnote_bot.bot.flags.owners import Owner, Owners
from footnote_bot.bot.flags.ports import FlagChat, FlagDirectory
from footnote_bot.bot.flags.review_channels import ReviewChannels
from footnote_bot.bot.model import NoAnswer, Question, Reason, Result, Role, Source, Turn, named
from footnote_bot.bot.ports import Answering, Library
from footnote_bot.indexers.model import Reader

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FlagService:
    """The flag service. ``executor`` runs slow work: answers, and checks of pages."""

    feedback: Feedback
    answering: Answering
    library: Library
    directory: FlagDirectory
    chat: FlagChat
    executor: Executor
    channels: ReviewChannels
    locks: Locks
    audit: AuditTrail

    async def process_due(self, id_: int, *, waiting: bool = True) -> Flag | None:
        """Do the work that is due for the flag, and return its new state. If not ``waiting``, it is
        left to another process that works on it.

        Work that the chat cannot do now stays due; work that it refuses is logged and given up.

        Raises:
            StateUnavailable, IndexersError: nothing can be done now.
        """
        try:
            async with self.locks.hold(f"(flag {id_})", waiting=waiting):
                await self._process_due(id_)
        except LockTaken as error:
            logger.info("The work on flag %d is left to another process: %s", id_, error)
        return await self.feedback.store.flag(id_)

    async def _process_due(self, id_: int) -> None:
        """Do what is due: ask again, update the card, tell the person, update the card again."""
        flag = await self.feedback.store.flag(id_)
        if flag and Due.ASK in flag.due:
            recorded = await self.feedback.original(flag.recorded)
            result = await self._ask_again(recorded, ANYBODY)
            await self.feedback.store.asked_again(flag, result, self.feedback.clock())
            flag = await self.feedback.store.flag(id_)
        try:
            if flag and Due.SHOW in flag.due:
                await self._show(flag)
            if flag and Due.TELL in flag.due:
                await self._tell(flag)
                flag = await self.feedback.store.flag(id_)
                if flag and Due.SHOW in flag.due:
                    await self._show(flag)
        except ChatUnavailable as error:
            logger.warning("The work on flag %d waits: %s", id_, error)

    async def channel_of(self, flag: Flag) -> str:
        """Return the channel where the flag's card is or will be; empty if nowhere. A quick click
        may arrive before the card's place is recorded."""
        if flag.card:
            return flag.card.channel
        return await self.channels.of(flag)

    async def candidates(self, flag: Flag) -> list[Source]:
        """Return the pages that an answer to the flag may cite: those that its old and new answers
        cite and that everyone may read. Return no pages if the question is no longer known."""
        if not flag.recorded.asked.question:
            return []
        sources = [*named(flag.recorded.answer), *(named(flag.again) if flag.again else ())]
        pages = {(source.wiki, source.page): source for source in sources}
        return list(await self._beside(self.library.open_to, ANYBODY, list(pages.values())))

    async def _show(self, flag: Flag) -> None:
        """Post the flag's card, or update it."""
        channel = await self.channel_of(flag)
        circumstances, owner = await self._circumstances(flag, channel)
        try:
            if flag.card:
                await self.chat.edit(flag.card.channel, flag.card.ts, FlagCard(flag, circumstances))
            elif not flag.state.settled:
                await self._post_card(flag, channel, circumstances, owner)
        except ChatRefused as error:
            logger.warning(
                "Flag %d is saved, but the review channel %s cannot be written to: %s",
                flag.id,
                channel,
                error,
            )
        await self.feedback.store.shown(flag)

    async def _post_card(
        self, flag: Flag, channel: str, circumstances: Circumstances, owner: Owner
    ) -> None:
        """Post the card in the review channel, if there is one. Notify the page's owner, unless the
        card names the owner and the owner is in that channel."""
        ts = ""
        if channel:
            card = FlagCard(flag, circumstances)
            # A process may have posted the card and died before it recorded that, or never got the
            # chat's reply.
            if ts := await self.chat.find(channel, card_name(flag), since=flag.raised):
                await self.chat.edit(channel, ts, card)
            else:
                ts = await self.chat.post(channel, card)
        await self.feedback.store.carded(flag.id, Card(channel, ts), owner.person)
        if owner.source is None or not owner.person or flag.owner == owner.person:
            return
        on_card = channel and circumstances.owner
        if not (on_card and await self.directory.is_member(channel, owner.person)):
            edit = await self._beside(self.library.edit_address, owner.source)
            note = OwnerNote(flag, circumstances.person, circumstances.question, owner.source, edit)
            try:
                await self.chat.post(owner.person, note)
            except ChatRefused as error:
                logger.warning("The owner of flag %d's page cannot be told: %s", flag.id, error)

    async def _circumstances(self, flag: Flag, channel: str) -> tuple[Circumstances, Owner]:
        """Return what the card shows beside the flag, and the owner of its page."""
        recorded = flag.recorded
        # If somebody in the review channel may get no answers, the card shows none either.
        hidden = bool(channel) and await self.directory.has_outsiders(channel)
        shown = await self._shown(
            recorded.answer, same_revision=not recorded.asked.open, hidden=hidden
        )
        owner = await Owners(self.directory, self.library).of(named(recorded.answer), shown.sources)
        edits = await self._beside(_addresses, self.library, shown.sources)
        address = ""
        if not recorded.asked.private:
            address = await self.chat.address(recorded.asked.place.channel, recorded.message)
        circumstances = Circumstances(
            person=await self.directory.name(flag.person),
            question=question_of(flag.recorded),
            shown=shown,
            again=(
                await self._shown(flag.again, same_revision=False, hidden=hidden)
                if flag.again
                else None
            ),
            holder=await self.directory.name(flag.holder) if flag.holder else "",
            # The owner's name would tell reviewers about a page that they may not read.
            owner=owner.person if owner.person and owner.source in shown.sources else "",
            owner_words="" if owner.person else owner.words,
            address=address,
            edits=edits,
            history=tuple(await self._history(flag)),
        )
        return circumstances, owner

    async def _history(self, flag: Flag) -> list[HistoryLine]:
        steps = await self.feedback.store.steps(flag.id)
        return [
            HistoryLine(
                step.action.words,
                await self.directory.name(step.person) if step.person else "",
                step.when,
            )
            for step in steps
        ]

    async def _shown(self, result: Result, *, same_revision: bool, hidden: bool) -> OpenParts:
        """Return the parts of an answer that reviewers may read: only what everyone may read now.
        The answer may follow the rights of one person or a few, and its pages may have been closed
        since. ``same_revision``: an old answer shows a page only if that still has the cited
        revision, which may be from before the page was opened. ``hidden``: show none."""
        if hidden:
            return OpenParts((), whole=False)
        sources = named(result)
        shown = await self._beside(self._open, sources, same_revision)
        return OpenParts(shown, whole=len(shown) == len(sources))

    def _open(self, sources: Sequence[Source], same_revision: bool) -> tuple[Source, ...]:
        """Return the sources that everyone may read; ``same_revision``: if still as cited."""
        open_sources = self.library.open_to(ANYBODY, sources)
        if not same_revision:
            return open_sources
        return tuple(
            source
            for source in open_sources
            if (indexed := self.library.page(source.wiki, source.page))
            and indexed.revision == source.revision
        )

    async def _tell(self, flag: Flag) -> None:
        """Send the current answer to the person who flagged, as they may read it now; record that
        they were told, or that they cannot be."""
        reader = await self.directory.reader(flag.person, private=True, shared=False)
        # The question may have been edited since, and the person may have left the channel.
        may_see = await self.directory.may_see(flag.person, flag.recorded)
        if isinstance(reader, Closed) or not may_see:
            await self._record_told(flag, told=False)
            return
        recorded = await self.feedback.original(flag.recorded)
        try:
            if recorded.asked.question:
                result = await self._ask_again(recorded, reader, flag.person)
                await self._send(flag, recorded, result, reader)
            else:
                await self.chat.post(flag.person, Notice(texts.HANDLED_WITHOUT_QUESTION))
        except AskerForgotten:
            await self._record_told(flag, told=False)
            return
        except ChatRefused as error:
            logger.warning("The person who raised flag %d cannot be told: %s", flag.id, error)
            await self._record_told(flag, told=False)
            return
        await self._record_told(flag, told=True)

    async def _record_told(self, flag: Flag, *, told: bool) -> None:
        """Record that the person was told, or that there is nobody to tell."""
        await self.feedback.store.notified(flag, self.feedback.clock(), somebody=told)

    async def _send(
        self, flag: Flag, flagged: RecordedAnswer, result: Result, reader: Reader
    ) -> None:
        """Send ``result``, the new answer to the question that was answered by ``flagged``, to the
        person of the flag, like any other answer: it can be judged and retracted. ``reader`` is
        whoever it was made for: everybody, or that person."""
        channel = await self.chat.direct(flag.person)
        # No message asked for this answer. This ts replaces the message's, and stays the same until
        # the next action.
        ts = f"{BY_ITSELF}{flag.id}-{flag.changed:%y%m%d%H%M%S}"
        place = MessageRef(flag.recorded.asked.place.team, channel, ts, ts)
        asked = AskedQuestion(
            flagged.asked.question, flag.person, place, private=True, flag=flag.id
        )
        recorded = await self.feedback.record(asked, result)
        if pages := pages_shown(result):
            is_open = reader == ANYBODY
            readers = frozenset() if is_open else frozenset({flag.person})
            entry = AuditEntry(place, flag.person, Way.DIRECT, is_open, readers, pages)
            await self.audit.note(entry)
        content = AnswerContent(recorded, lead=_lead(flag))
        last = await self.chat.post_reply(channel, ts, content, since=flag.changed)
        await self.feedback.posted(recorded.id, last)

    async def lead(self, recorded: RecordedAnswer) -> str:
        """Return the sentence above an answer that says why the bot sent it; empty if a person
        asked, or if the flag is gone because its question was forgotten."""
        id_ = recorded.asked.place.flag
        flag = await self.feedback.store.flag(id_) if id_ is not None else None
        return _lead(flag) if flag else ""

    async def _ask_again(
        self, recorded: RecordedAnswer, reader: Reader, person: str = ""
    ) -> Result:
        """Return the answer that ``reader`` gets to the question now, in its original conversation
        as ``person`` saw it (empty: as everybody may see it)."""
        if not recorded.asked.question:
            return NoAnswer(Reason.NO_QUESTION, texts.NOT_ASKED_AGAIN)
        history: list[Turn] = []
        for earlier in await self.feedback.store.earlier(recorded):
            asker = earlier.asked.asker
            if earlier.asked.private and asker not in (recorded.asked.asker, person):
                continue  # Other people in the thread did not see it.
            role = Role.ASKER if asker == recorded.asked.asker else Role.OTHER
            if earlier.asked.question:
                history.append(Turn(role, earlier.asked.question))
            if await self._was_shown(earlier, person):
                history.append(Turn(Role.BOT, earlier.answer.text))
        question = Question(recorded.asked.question, reader, history=tuple(history))
        return await self._beside(self.answering.answer, question)

    async def _was_shown(self, recorded: RecordedAnswer, person: str) -> bool:
        """Return whether the reply is not retracted and ``person`` saw it (empty: everybody may see
        it)."""
        if recorded.retracted:
            return False
        if person:
            return not recorded.asked.private or recorded.asked.asker == person
        same_revision = not recorded.asked.open
        return (await self._shown(recorded.answer, same_revision=same_revision, hidden=False)).whole

    async def _beside(self, work: Callable[..., T], *arguments: object) -> T:
        """Await the result of slow work, which runs in the executor."""
        return await beside(self.executor, work, *arguments)


def _lead(flag: Flag) -> str:
    """Return the sentence above the new answer: why the bot sends it."""
    is_question = flag.complaint is Complaint.UNANSWERED
    return texts.QUESTION_HANDLED if is_question else texts.FLAG_HANDLED


def _addresses(library: Library, sources: Sequence[Source]) -> tuple[str, ...]:
    return tuple(map(library.edit_address, sources))
