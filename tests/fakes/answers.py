"""Answers, verdicts and flags in memory."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from footnote_bot.bot.conversation.model import AskedQuestion, RecordedAnswer, Tally
from footnote_bot.bot.errors import AskerForgotten
from footnote_bot.bot.flags.model import (
    Card,
    Complaint,
    Due,
    Flag,
    FlagAction,
    FlagState,
    Step,
    Verdict,
)
from footnote_bot.bot.model import Result, is_unsure
from footnote_bot.indexers.model import KnownPage
from tests.fakes.stores import MemoryInbox


class MemoryFlags:
    """The flags of the port `bot.flags.ports.AnswerStore`, over recorded answers."""

    def __init__(self) -> None:
        self._recorded: dict[int, RecordedAnswer] = {}
        self._flags: dict[int, Flag] = {}
        self._shown: Counter[int] = Counter()
        """The edition of each flag that its card shows."""
        self._steps: list[tuple[int, Step]] = []
        self._reminded: dict[str, datetime] = {}
        self._flag_ids = itertools.count(1)

    async def raise_flag(
        self, answer: int, person: str, complaint: Complaint, comment: str, when: datetime
    ) -> Flag:
        before = await self.flag_of(answer, person)
        if before and not before.state.settled and complaint is Complaint.UNSAID:
            return before
        flag = before or Flag(
            next(self._flag_ids),
            self._recorded[answer],
            person,
            complaint,
            comment,
            FlagState.OPEN,
            when,
            when,
        )
        self._change(
            replace(
                flag,
                complaint=complaint,
                comment=comment,
                state=FlagState.OPEN,
                holder="",
                due=flag.due - {Due.TELL},
                raised=when,
                changed=when,
            )
        )
        self._note(flag.id, FlagAction.RAISED, person, when)
        return self._now(flag.id)

    async def flag(self, id_: int) -> Flag | None:
        return self._now(id_) if id_ in self._flags else None

    async def flag_of(self, answer: int, person: str) -> Flag | None:
        flags = self._listed(lambda flag: (flag.recorded.id, flag.person) == (answer, person))
        return next(iter(flags), None)

    async def flags(self, *states: FlagState) -> Sequence[Flag]:
        return self._listed(lambda flag: not states or flag.state in states)

    async def flags_by(self, person: str, *states: FlagState) -> Sequence[Flag]:
        return self._listed(lambda flag: flag.person == person and flag.state in states)

    async def due(self) -> Sequence[Flag]:
        return self._listed(lambda flag: bool(flag.due))

    async def carded(self, flag: int, card: Card, owner: str) -> None:
        self._flags[flag] = replace(self._flags[flag], card=card, owner=owner)

    async def move(
        self,
        flag: int,
        state: FlagState,
        action: FlagAction,
        person: str,
        when: datetime,
        *,
        due: Sequence[Due] = (),
        unless: Sequence[FlagState] = (),
    ) -> bool:
        before = self._flags.get(flag)
        if before is None or before.state in unless:
            return False
        all_due, holder = before.due | set(due), before.holder
        if not state.settled:
            all_due -= {Due.TELL}
            holder = person if state is FlagState.TAKEN else ""
        self._change(replace(before, state=state, changed=when, due=all_due, holder=holder))
        self._note(flag, action, person, when)
        return True

    async def asked_again(self, flag: Flag, result: Result, when: datetime) -> None:
        before = self._flags[flag.id]
        done = {Due.ASK} if before.edition == flag.edition else set()
        self._change(replace(before, again=result, again_at=when, due=before.due - done))
        self._note(flag.id, FlagAction.ASKED_AGAIN, "", when)

    async def shown(self, flag: Flag) -> None:
        self._shown[flag.id] = flag.edition

    async def notified(self, flag: Flag, when: datetime, *, somebody: bool) -> None:
        before = self._flags[flag.id]
        done = {Due.TELL} if before.changed == flag.changed else set()
        self._change(replace(before, due=before.due - done))
        if somebody:
            self._note(flag.id, FlagAction.TOLD, "", when)

    async def lapsed(self, flag: int, when: datetime) -> None:
        self._change(self._flags[flag])
        self._note(flag, FlagAction.LAPSED, "", when)

    async def steps(self, flag: int) -> Sequence[Step]:
        return [step for id_, step in self._steps if id_ == flag]

    async def remind(self, recipient: str, when: datetime, *, unless_since: datetime) -> bool:
        before, ahead = self._reminded.get(recipient), when + (when - unless_since)
        if before and unless_since < before < ahead:
            return False
        self._reminded[recipient] = when
        return True

    def _listed(self, matches: Callable[[Flag], bool]) -> list[Flag]:
        flags = sorted(map(self._now, self._flags), key=lambda flag: (flag.raised, flag.id))
        return list(filter(matches, flags))

    def _now(self, id_: int) -> Flag:
        flag = self._flags[id_]
        due = flag.due | ({Due.SHOW} if flag.edition > self._shown[id_] else set())
        return replace(flag, recorded=self._recorded[flag.recorded.id], due=due)

    def _change(self, flag: Flag) -> None:
        """Store the changed flag; its card is out of date now."""
        due = flag.due - {Due.SHOW}  # `_now` adds it
        self._flags[flag.id] = replace(flag, due=due, edition=flag.edition + 1)

    def _note(self, flag: int, action: FlagAction, person: str, when: datetime) -> None:
        self._steps.append((flag, Step(action, person, when)))


class MemoryAnswers(MemoryFlags):
    """The port `bot.flags.ports.AnswerStore`, of answers to the messages of an inbox."""

    def __init__(self, inbox: MemoryInbox) -> None:
        super().__init__()
        self._inbox = inbox
        self._verdicts: dict[tuple[int, str], Verdict] = {}
        self._answer_ids = itertools.count(1)

    async def keep(
        self,
        asked: AskedQuestion,
        answer: Result,
        answered: datetime,
        as_of: datetime | None,
        pages: Mapping[tuple[str, str], KnownPage],
    ) -> RecordedAnswer:
        place = asked.place
        message = await self._inbox.received(place.team, place.channel, place.ts)
        flag = self._flags.get(asked.flag) if asked.flag else None
        if (message and message.person != asked.asker) or (
            asked.flag and (flag is None or flag.person != asked.asker)
        ):
            raise AskerForgotten("The person who asked had their data deleted.")
        before = next((entry for entry in self._all() if entry.asked.place == place), None)
        recorded = RecordedAnswer(
            before.id if before else next(self._answer_ids),
            asked,
            answer,
            answered,
            as_of,
            before.message if before else "",
        )
        if before and before.asked.question != asked.question:
            for person in self._who_said(Verdict.GOOD, before.id):
                del self._verdicts[before.id, person]
        self._recorded[recorded.id] = recorded
        return recorded

    async def posted(self, answer: int, message: str) -> None:
        self._recorded[answer] = replace(self._recorded[answer], message=message)

    async def recorded(self, answer: int) -> RecordedAnswer | None:
        return self._recorded.get(answer)

    async def recorded_in(self, channel: str, message: str) -> RecordedAnswer | None:
        carried = {(entry.asked.place.channel, entry.message): entry for entry in self._all()}
        return carried.get((channel, message))

    async def vote(self, answer: int, person: str, verdict: Verdict, when: datetime) -> None:
        self._verdicts[answer, person] = verdict

    async def unvote(self, answer: int, person: str, verdict: Verdict) -> bool:
        if self._verdicts.get((answer, person)) is not verdict:
            return False
        del self._verdicts[answer, person]
        return True

    async def tally(self, answer: int) -> Tally:
        good, bad = (len(self._who_said(verdict, answer)) for verdict in Verdict)
        return Tally(good, bad)

    async def praised(self, *, by_others: bool = False) -> Sequence[RecordedAnswer]:
        praised = ((entry, self._who_said(Verdict.GOOD, entry.id)) for entry in self._all())
        return [
            entry
            for entry, people in praised
            if (people - {entry.asked.asker} if by_others else people)
        ]

    async def unanswered(self, since: datetime) -> Sequence[RecordedAnswer]:
        return [
            entry
            for entry in self._all()
            if entry.answered >= since
            and not entry.retracted
            and entry.asked.place.flag is None
            and is_unsure(entry.answer)
        ]

    async def earlier(self, recorded: RecordedAnswer) -> Sequence[RecordedAnswer]:
        place = recorded.asked.place
        in_thread = await self.in_thread(place.team, place.channel, place.thread)
        return [entry for entry in in_thread if entry.id < recorded.id]

    async def in_thread(self, team: str, channel: str, thread: str) -> Sequence[RecordedAnswer]:
        places = ((entry, entry.asked.place) for entry in self._all())
        return [
            entry
            for entry, place in places
            if (place.team, place.channel, place.thread) == (team, channel, thread)
        ]

    def forget(self, person: str) -> None:
        """Delete the person's questions with their answers."""
        self._inbox.forget(person)
        for entry in self._all():
            if entry.asked.asker == person:
                del self._recorded[entry.id]
        for flag in list(self._flags.values()):
            if flag.recorded.id not in self._recorded:
                del self._flags[flag.id]

    def _all(self) -> list[RecordedAnswer]:
        return sorted(self._recorded.values(), key=lambda entry: entry.id)

    def _who_said(self, verdict: Verdict, answer: int) -> set[str]:
        return {
            person
            for (judged, person), said in self._verdicts.items()
            if judged == answer and said is verdict
        }
