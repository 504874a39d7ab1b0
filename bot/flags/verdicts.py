"""What people think of an answer: buttons, reactions, the form. Kept, and seen in place."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.conversation.model import RecordedAnswer
from bot.conversation.redrawing import Redrawing
from bot.flags.feedback import Feedback
from bot.flags.model import Complaint, Verdict
from bot.flags.reactions import verdict_of
from bot.flags.service import Desk
from bot.model import Clarify
from bot.slack.calling.web import Voice
from bot.slack.flags import forms
from bot.slack.rights.people import People
from bot.slack.rights.person import Standing
from bot.slack.rights.viewers import Viewers
from bot.slack.writing.message import Message, say

FORGOTTEN = say("I no longer have this answer, so I cannot note that. Please ask again.")
THANKS = say("Thank you, noted: this answer helped.")
FLAGGED = say("Thank you. I noted what is wrong and told the people who keep the wiki.")
FLAGGED_QUIETLY = say("Thank you. I noted what is wrong.")
ASKED = say("I asked the people who keep the wiki. I will tell you once somebody has seen to it.")
NOTED = say("I noted that the wiki does not say this, for the people who keep it.")
DOUBTED = "Noted: this answer did not help. What is wrong with it?"


@dataclass(frozen=True, slots=True)
class Verdicts:
    feedback: Feedback
    desk: Desk
    people: People
    viewers: Viewers
    voice: Voice
    redrawing: Redrawing

    async def pressed(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """A feedback button. The form must open within three seconds, so it comes first."""
        verdict, _, given_id = str(body["actions"][0]["value"]).partition(":")
        person, given = body["user"]["id"], int(given_id)
        if verdict == "bad":
            await self.voice.ask(body["trigger_id"], forms.complaint(given))
            return
        known = await self._seen(given, person)
        channel, ts = body["channel"]["id"], str(body["container"]["message_ts"])
        if known is None or known.retracted or not await self.viewers.carries(channel, ts, known):
            await self.voice.whisper(channel, person, FORGOTTEN)
            return
        # A quick click may be here before the message's ts is written down.
        known = replace(known, message=ts)
        await self._praise(known, person)
        await self._thank(known, person, THANKS)

    async def asked_why(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """The button below "What is wrong with it?"."""
        await self.voice.ask(body["trigger_id"], forms.complaint(int(body["actions"][0]["value"])))

    async def asked_keepers(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """The button below what may not answer a question, or below no answer."""
        person = body["user"]["id"]
        known = await self._seen(int(body["actions"][0]["value"]), person)
        if known is None or known.retracted:
            await self.voice.whisper(body["channel"]["id"], person, FORGOTTEN)
            return
        shown = await self._flag(known, person, Complaint.UNANSWERED, "")
        await self._confirm(known)
        place = known.asked.place
        await self.voice.whisper(place.channel, person, ASKED if shown else NOTED, place.thread)

    async def sent(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """Handle the form. Its sender may have lost sight of the answer since it was opened."""
        said, person = forms.complained(body["view"]), body["user"]["id"]
        known = await self._seen(said.given, person)
        if known is None:
            await self.voice.post(person, FORGOTTEN)
            return
        shown = await self._flag(known, person, said.complaint, said.comment)
        await self._confirm(known)
        await self._thank(known, person, FLAGGED if shown else FLAGGED_QUIETLY)

    async def reacted(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """A reaction has come or gone; most are none of our business."""
        event = body["event"]
        item, person = event.get("item") or {}, str(event.get("user") or "")
        verdict = verdict_of(str(event.get("reaction") or ""))
        if verdict is None or item.get("type") != "message":
            return
        given = await asyncio.to_thread(self.feedback.given_in, item["channel"], item["ts"])
        if given is None or (await self.people.person(person)).standing is Standing.NOBODY:
            return
        if not await self.viewers.may_see(person, given):
            return
        if event["type"] == "reaction_removed":
            await self._take_back(given, person, verdict)
        elif verdict is Verdict.GOOD:
            await self._praise(given, person)
        else:
            await self._doubt(given, person)

    async def _seen(self, given: int, person: str) -> RecordedAnswer | None:
        """Return the answer, or None if there is none or the person may not see it."""
        known = await asyncio.to_thread(self.feedback.given, given)
        return known if known and await self.viewers.may_see(person, known) else None

    async def _praise(self, given: RecordedAnswer, person: str) -> None:
        withdrawn = await asyncio.to_thread(self.feedback.praise, given.id, person)
        await self._confirm(given)
        if withdrawn:
            await self.desk.attend(withdrawn.id)

    async def _take_back(self, given: RecordedAnswer, person: str, verdict: Verdict) -> None:
        gone, flag = await asyncio.to_thread(self.feedback.take_back, given.id, person, verdict)
        if gone:
            await self._confirm(given)
        if flag:
            await self.desk.attend(flag.id)

    async def _doubt(self, given: RecordedAnswer, person: str) -> None:
        """What somebody asked alone is shown to nobody before they say so, in the form."""
        if given.asked.private:
            await asyncio.to_thread(self.feedback.doubt, given.id, person)
        else:
            await self._flag(given, person, Complaint.UNSAID, "")
        await self._confirm(given)
        place = given.asked.place
        asked = forms.ask_why(DOUBTED, given.id)
        await self.voice.whisper(place.channel, person, asked, place.thread)

    async def _flag(
        self, given: RecordedAnswer, person: str, complaint: Complaint, comment: str
    ) -> bool:
        """Whether reviewers see it."""
        flag = await asyncio.to_thread(self.feedback.complain, given.id, person, complaint, comment)
        attended = await self.desk.attend(flag.id)
        return attended is not None and attended.card is not None

    async def _confirm(self, given: RecordedAnswer) -> None:
        """In place, on the answer itself. A question in return stays as it is: its buttons may
        have given way to a choice."""
        if not isinstance(given.answer, Clarify):
            await self.redrawing.draw(given)

    async def _thank(self, given: RecordedAnswer, person: str, words: Message) -> None:
        """Where others read along, to the person alone: what they did is one of a number."""
        if not given.asked.private:
            place = given.asked.place
            await self.voice.whisper(place.channel, person, words, place.thread)
