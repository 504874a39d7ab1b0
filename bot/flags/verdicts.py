"""People's verdicts on an answer, by buttons, reactions and the form. They are recorded and shown
on the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from footnote_bot.bot.conversation.model import Button, Notice, Press, RecordedAnswer
from footnote_bot.bot.conversation.posting import Redrawing
from footnote_bot.bot.flags import texts
from footnote_bot.bot.flags.content import ComplaintForm
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import Complaint, Verdict
from footnote_bot.bot.flags.ports import FlagChat, FlagDirectory
from footnote_bot.bot.flags.service import FlagService

WHY = "say_why"
"""The action of the button that opens the form; its value is the answer's id."""
FORGOTTEN = Notice(texts.ANSWER_FORGOTTEN)
THANKS = Notice(texts.THANKS)
FLAGGED_QUIETLY = Notice(texts.FLAGGED_QUIETLY)
NOTED = Notice(texts.NOTED)


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji on a message, added or ``removed``."""

    person: str
    channel: str
    message: str
    name: str
    removed: bool


@dataclass(frozen=True, slots=True)
class Verdicts:
    feedback: Feedback
    service: FlagService
    directory: FlagDirectory
    chat: FlagChat
    redrawing: Redrawing

    async def helped(self, press: Press, answer: int) -> None:
        """Handle the feedback button for a good answer."""
        recorded = await self._visible_answer(answer, press.person)
        if (
            recorded is None
            or recorded.retracted
            or not await self.chat.carries(press.channel, press.message, recorded)
        ):
            await self.chat.post_privately(press.channel, press.person, FORGOTTEN)
            return
        # A quick click may arrive before the message's ts is recorded.
        recorded = replace(recorded, message=press.message)
        await self._praise(recorded, press.person)
        await self._thank(recorded, press.person, THANKS)

    async def asked_reviewers(self, press: Press) -> None:
        """Handle the button that asks the wiki's owners, below an uncertain answer or none."""
        recorded = await self._visible_answer(int(press.value), press.person)
        if recorded is None or recorded.retracted:
            await self.chat.post_privately(press.channel, press.person, FORGOTTEN)
            return
        is_shown = await self._flag(recorded, press.person, Complaint.UNANSWERED, "")
        await self._confirm(recorded)
        await self._tell(recorded, press.person, Notice(texts.ASKED) if is_shown else NOTED)

    async def complained(self, person: str, form: ComplaintForm) -> None:
        """Handle the form that says what is wrong. Its sender may no longer see the answer."""
        recorded = await self._visible_answer(form.answer, person)
        if recorded is None:
            await self.chat.post(person, FORGOTTEN)
            return
        is_shown = await self._flag(recorded, person, form.complaint, form.comment)
        await self._confirm(recorded)
        await self._thank(recorded, person, Notice(texts.FLAGGED) if is_shown else FLAGGED_QUIETLY)

    async def reacted(self, reaction: Reaction) -> None:
        """Handle a reaction that was added or removed; most do not concern the bot."""
        person, verdict = reaction.person, verdict_of(reaction.name)
        if verdict is None:
            return
        recorded = await self.feedback.store.recorded_in(reaction.channel, reaction.message)
        if recorded is None or not await self.directory.is_somebody(person):
            return
        if not await self.directory.may_see(person, recorded):
            return
        if reaction.removed:
            await self._take_back(recorded, person, verdict)
        elif verdict is Verdict.GOOD:
            await self._praise(recorded, person)
        else:
            await self._doubt(recorded, person)

    async def _visible_answer(self, answer: int, person: str) -> RecordedAnswer | None:
        """Return the answer, or None if there is none or the person may not see it."""
        recorded = await self.feedback.recorded(answer)
        return recorded if recorded and await self.directory.may_see(person, recorded) else None

    async def _praise(self, recorded: RecordedAnswer, person: str) -> None:
        """Record a good verdict and show it; update the card of a flag that it withdraws."""
        withdrawn = await self.feedback.praise(recorded.id, person)
        await self._confirm(recorded)
        if withdrawn:
            await self.service.process_due(withdrawn.id)

    async def _take_back(self, recorded: RecordedAnswer, person: str, verdict: Verdict) -> None:
        """Take the verdict back and show that; update the card of a flag that this withdraws."""
        taken_back, flag = await self.feedback.take_back(recorded.id, person, verdict)
        if taken_back:
            await self._confirm(recorded)
        if flag:
            await self.service.process_due(flag.id)

    async def _doubt(self, recorded: RecordedAnswer, person: str) -> None:
        """Record a bad verdict. A private question is shown to nobody until its asker agrees in the
        form."""
        if recorded.asked.private:
            await self.feedback.doubt(recorded.id, person)
        else:
            await self._flag(recorded, person, Complaint.UNSAID, "")
        await self._confirm(recorded)
        button = Button(WHY, texts.SAY_WHAT_IS_WRONG, str(recorded.id))
        await self._tell(recorded, person, Notice(texts.DOUBTED, button=button))

    async def _flag(
        self, recorded: RecordedAnswer, person: str, complaint: Complaint, comment: str
    ) -> bool:
        """Flag the answer; return whether reviewers see it."""
        flag = await self.feedback.complain(recorded.id, person, complaint, comment)
        processed = await self.service.process_due(flag.id)
        return processed is not None and processed.card is not None

    async def _confirm(self, recorded: RecordedAnswer) -> None:
        """Show the verdict on the answer itself."""
        lead = await self.service.lead(recorded)
        await self.redrawing.draw(recorded, lambda content: replace(content, lead=lead))

    async def _thank(self, recorded: RecordedAnswer, person: str, notice: Notice) -> None:
        """Thank the person, privately, if others can read along: their verdict is one of many."""
        if not recorded.asked.private:
            await self._tell(recorded, person, notice)

    async def _tell(self, recorded: RecordedAnswer, person: str, notice: Notice) -> None:
        """Show a notice only to the person, where the answer is. An answer that no message asked
        for is in no thread."""
        place = recorded.asked.place
        thread = place.thread if place.flag is None else None
        await self.chat.post_privately(place.channel, person, notice, thread)


_GOOD = {
    "+1", "thumbsup", "white_check_mark", "heavy_check_mark", "ballot_box_with_check", "ok_hand",
    "100", "clap",
}  # fmt: skip
_BAD = {
    "-1", "thumbsdown", "x", "negative_squared_cross_mark", "heavy_multiplication_x", "no_good",
    "no_entry", "no_entry_sign",
}  # fmt: skip


def verdict_of(reaction: str) -> Verdict | None:
    """Return the verdict of a reaction by its name, as in ``+1::skin-tone-3``; None if it is not a
    verdict."""
    name = reaction.partition("::")[0]
    if name in _GOOD:
        return Verdict.GOOD
    return Verdict.BAD if name in _BAD else None
