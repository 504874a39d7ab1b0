"""Reviewers' clicks on a card, and the answers that they write. Every click is checked: only
members of the flag's review channel may handle it, and only members of a configured review channel,
or admins, may write an answer for everybody."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from operator import and_

from footnote_bot.bot.answering.model import WrittenAnswer
from footnote_bot.bot.conversation.model import Notice, Press
from footnote_bot.bot.errors import ChatRefused, ChatUnavailable
from footnote_bot.bot.flags import texts
from footnote_bot.bot.flags.content import AnswerForm, page_name
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import Flag, FlagAction, FlagState, question_of
from footnote_bot.bot.flags.ports import FlagChat, FlagDirectory, WritingForm, WrittenAnswers
from footnote_bot.bot.flags.service import FlagService
from footnote_bot.bot.model import Source, named
from footnote_bot.bot.ports import Library
from footnote_bot.indexers.model import Acl
from footnote_bot.indexers.text.prose import plain

logger = logging.getLogger(__name__)

_QUESTION_SHOWN = 1000
"""Most characters of the question, as in the announcement."""
_VALID = timedelta(days=180)
"""How long a written answer holds, unless its author says otherwise."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The person may not do this; ``why`` is a sentence for them."""

    why: str


@dataclass(frozen=True, slots=True)
class Reviewing:
    """The reviewers' clicks. ``announce`` announces a written answer by its id."""

    service: FlagService
    feedback: Feedback
    written: WrittenAnswers
    library: Library
    directory: FlagDirectory
    chat: FlagChat
    clock: Callable[[], datetime]
    announce: Callable[[int], Awaitable[None]]

    async def pressed(self, press: Press, action: FlagAction) -> None:
        """Handle the buttons "Take", "Fixed", "Not wrong" and "Open again"."""
        flag = await self._flag_for(press.person, int(press.value))
        if isinstance(flag, Refusal):
            await self._tell(press, flag.why)
            return
        if not await self.feedback.act(action, flag, press.person):
            await self._tell(press, texts.TOO_LATE)
            return
        await self.service.process_due(flag.id)

    async def asked_to_write(self, press: Press, form: WritingForm) -> None:
        """Handle the button "Write the answer". The form is open already, and is filled when its
        content is known."""
        flag = await self._flag_to_answer(press.person, int(press.value))
        if isinstance(flag, Refusal):
            await form.refuse(flag.why)
            return
        pages = await self.service.candidates(flag)
        if not pages:
            await form.refuse(texts.NO_PAGES)
            return
        until = (self.clock() + _VALID).date()
        await form.show(flag.id, question_of(flag.recorded), pages, until)

    async def problems(self, person: str, form: AnswerForm) -> dict[str, str]:
        """Return the problems in the form, by field. A person who may not write the answer gets
        none here: `wrote` refuses."""
        flag = await self._flag_to_answer(person, form.flag)
        return {} if isinstance(flag, Refusal) else await self._problems(flag, form)

    async def _problems(self, flag: Flag, form: AnswerForm) -> dict[str, str]:
        """Return the problems in the form, by field."""
        problems = {}
        if not form.answer:
            problems["answer"] = texts.NO_WORDS
        if _end_of(form.until) <= self.clock():
            problems["until"] = texts.PAST
        pages = await self._pages(flag, form)
        if not pages or len(pages) < len(form.pages):
            problems["pages"] = texts.MOVED
        return problems

    async def wrote(self, person: str, form: AnswerForm) -> None:
        """Handle the form's submission. It is checked again, because things may have changed since
        `problems`."""
        flag = await self._flag_to_answer(person, form.flag)
        if isinstance(flag, Refusal):
            await self.chat.post(person, Notice(flag.why))
            return
        problems = await self._problems(flag, form)
        answer = await self._written(flag, person, form) if not problems else None
        if answer is None:
            await self.chat.post(person, Notice(next(iter(problems.values()), texts.MOVED)))
            return
        stored = await self.written.write(answer)
        await self.feedback.act(FlagAction.ANSWERED, flag, person)
        await self.announce(stored.id)
        await self.service.process_due(flag.id)
        await self._thank(answer)

    async def _thank(self, written: WrittenAnswer) -> None:
        """Thank the author. The answer is published, so a failure here must not look like one."""
        question = plain(written.question)[:_QUESTION_SHOWN]
        thanks = Notice(texts.KEPT, (texts.until(written.expires, question),))
        try:
            await self.chat.post(written.author, thanks)
        except (ChatRefused, ChatUnavailable) as error:
            logger.info("The author of a published answer could not be thanked: %s", error)

    async def _tell(self, press: Press, words: str) -> None:
        await self.chat.post_privately(press.channel, press.person, Notice(words))

    async def _written(self, flag: Flag, person: str, form: AnswerForm) -> WrittenAnswer | None:
        """Return the written answer; None if a page that it cites is gone."""
        pages = await self._pages(flag, form)
        cited = await asyncio.to_thread(_cite_pages, self.library, pages)
        if len(pages) < len(form.pages) or cited is None:
            return None
        sources, fingerprints, acl = cited
        channel = await self._review_channel(flag, person)
        return WrittenAnswer(
            id=0,
            question=question_of(flag.recorded),
            text=form.answer,
            author=person,
            author_name=await self.directory.name(person),
            written=self.clock(),
            expires=_end_of(form.until),
            sources=sources,
            fingerprints=fingerprints,
            acl=acl,
            flag=flag.id,
            channel=channel,
            by_admin=not channel and await self.directory.is_admin(person),
        )

    async def _pages(self, flag: Flag, form: AnswerForm) -> list[Source]:
        """Return the chosen pages that can still be cited."""
        candidates = await self.service.candidates(flag)
        return [page for page in candidates if page_name(page) in form.pages]

    async def _flag_to_answer(self, person: str, id_: int) -> Flag | Refusal:
        """Return the flag, or why this person may not write the answer to it."""
        flag = await self._flag_for(person, id_)
        if isinstance(flag, Refusal):
            return flag
        if not (await self._review_channel(flag, person) or await self.directory.is_admin(person)):
            return Refusal(texts.NOT_A_PUBLISHER)
        if not await self._stands_alone(flag):
            return Refusal(texts.FOLLOW_UP)
        return flag

    async def _review_channel(self, flag: Flag, person: str) -> str:
        """Return the operator's review channel that lets the person publish; empty if none does."""
        channels = self.service.channels
        channel = await self.service.channel_of(flag)
        if not channels.is_operators(channel):
            channel = channels.operators(named(flag.recorded.answer))
        return channel if channel and await self.directory.is_member(channel, person) else ""

    async def _stands_alone(self, flag: Flag) -> bool:
        """Return whether the flag's question is the first in its thread, so that its words alone
        say what is asked."""
        recorded = await self.feedback.original(flag.recorded)
        if recorded.asked.place.flag is not None:
            return False  # no message asked, and the flag that knew the thread is gone
        return not await self.feedback.store.earlier(recorded)

    async def _flag_for(self, person: str, id_: int) -> Flag | Refusal:
        """Return the flag, or why this person may not handle it."""
        flag = await self.feedback.store.flag(id_)
        if flag is None or flag.state is FlagState.WITHDRAWN:
            return Refusal(texts.FLAG_FORGOTTEN)
        if not await self.directory.is_member(await self.service.channel_of(flag), person):
            return Refusal(texts.NOT_A_REVIEWER)
        return flag


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, UTC).replace(microsecond=0)


def _cite_pages(
    library: Library, pages: list[Source]
) -> tuple[tuple[Source, ...], tuple[str, ...], Acl] | None:
    """Return the pages as sources, their fingerprints, and the rights to all of them together; None
    if a page is gone, or there are none."""
    sources, fingerprints, acls = [], [], []
    for page in pages:
        indexed = library.page(page.wiki, page.page)
        if indexed is None:
            return None
        url = page.url.partition("#")[0]
        whole = replace(page, heading="", url=url, quote="", old=False)
        sources.append(replace(whole, revision=indexed.revision))
        fingerprints.append(library.fingerprint(page.wiki, page.page))
        acls.append(indexed.acl)
    return (tuple(sources), tuple(fingerprints), reduce(and_, acls)) if acls else None
