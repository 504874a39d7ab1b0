"""Answers and verdicts in the database: the port `bot.flags.ports.AnswerStore`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from footnote_bot.bot.conversation.model import AskedQuestion, Choice, RecordedAnswer, Tally
from footnote_bot.bot.errors import AskerForgotten
from footnote_bot.bot.flags.model import Verdict
from footnote_bot.bot.model import Answer, NoAnswer, Reason, Result
from footnote_bot.bot.state import answer_json
from footnote_bot.bot.state.flags import DatabaseFlags
from footnote_bot.bot.state.ids import new_id
from footnote_bot.bot.state.rows import choice_columns, is_at, is_in_thread, recorded_of
from footnote_bot.bot.state.schema import answers, cited, flags, inbox, verdicts
from footnote_bot.indexers.model import KnownPage


class DatabaseAnswers(DatabaseFlags):
    """Answers in the database."""

    def keep(
        self,
        asked: AskedQuestion,
        answer: Result,
        answered: datetime,
        as_of: datetime | None,
        pages: Mapping[tuple[str, str], KnownPage],
    ) -> RecordedAnswer:
        place = asked.place
        key = {"team": place.team, "channel": place.channel, "ts": place.ts}
        with self._database.begin() as connection:
            if _is_forgotten(connection, asked):
                raise AskerForgotten("The person who asked had their data deleted.")
            asked = replace(asked, choice=_without_forgotten(connection, asked))
            values = {
                "question": asked.question,
                "answer": answer_json.dump(answer),
                "asker": asked.asker,
                "private": asked.private,
                "open": asked.open,
                "given": answered,
                "as_of": as_of,
                "falling": False,
                "retracted": None,
                **choice_columns(asked.choice),
            }
            upsert = self._database.upsert(answers, key, values)
            new = {"thread": place.thread, "message": "", **new_id(self._database, answers)}
            before = connection.scalar(sa.select(answers.c.question).where(is_at(answers, place)))
            keep = upsert.values(new).returning(answers.c.id, answers.c.message)
            row = connection.execute(keep).one()
            if before is not None and before != asked.question:
                good = verdicts.c.verdict == Verdict.GOOD.value
                connection.execute(sa.delete(verdicts).where(verdicts.c.answer == row.id, good))
            connection.execute(sa.delete(cited).where(cited.c.answer == row.id))
            if pages:
                connection.execute(sa.insert(cited), _cited_rows(row.id, pages))
        return RecordedAnswer(row.id, asked, answer, answered, as_of, row.message)

    def posted(self, answer: int, message: str) -> None:
        update = sa.update(answers).where(answers.c.id == answer)
        self._database.run(update.values(message=message))

    def recorded(self, answer: int) -> RecordedAnswer | None:
        return next(iter(self._answers(answers.c.id == answer)), None)

    def recorded_in(self, channel: str, message: str) -> RecordedAnswer | None:
        is_message = answers.c.channel == channel, answers.c.message == message
        return next(iter(self._answers(*is_message)), None)

    def vote(self, answer: int, person: str, verdict: Verdict, when: datetime) -> None:
        key = {"answer": answer, "person": person}
        values = {"verdict": verdict.value, "changed": when}
        self._database.run(self._database.upsert(verdicts, key, values))

    def unvote(self, answer: int, person: str, verdict: Verdict) -> bool:
        unvote = sa.delete(verdicts).where(
            verdicts.c.answer == answer,
            verdicts.c.person == person,
            verdicts.c.verdict == verdict.value,
        )
        return bool(self._database.run(unvote))

    def tally(self, answer: int) -> Tally:
        count = (
            sa.select(verdicts.c.verdict, sa.func.count().label("votes"))
            .where(verdicts.c.answer == answer)
            .group_by(verdicts.c.verdict)
        )
        counts = {row.verdict: row.votes for row in self._database.all(count)}
        return Tally(good=counts.get(Verdict.GOOD, 0), bad=counts.get(Verdict.BAD, 0))

    def praised(self, *, by_others: bool = False) -> Sequence[RecordedAnswer]:
        praise = sa.select(verdicts.c.answer).where(
            verdicts.c.answer == answers.c.id, verdicts.c.verdict == Verdict.GOOD.value
        )
        if by_others:
            praise = praise.where(verdicts.c.person != answers.c.asker)
        return self._answers(praise.exists())

    def unanswered(self, since: datetime) -> Sequence[RecordedAnswer]:
        no_answer = answer_json.HAS_REASON.format(Reason.NOTHING_FITS.value)
        candidates = self._answers(
            answers.c.given >= since,
            answers.c.retracted.is_(None),
            answers.c.answer.contains(no_answer) | answers.c.answer.contains(answer_json.DENIES),
        )
        return [recorded for recorded in candidates if _is_unanswered(recorded.answer)]

    def earlier(self, recorded: RecordedAnswer) -> Sequence[RecordedAnswer]:
        place = recorded.asked.place
        in_thread = is_in_thread(answers, place.team, place.channel, place.thread)
        return self._answers(in_thread, answers.c.id < recorded.id)

    def in_thread(self, team: str, channel: str, thread: str) -> Sequence[RecordedAnswer]:
        return self._answers(is_in_thread(answers, team, channel, thread))

    def _answers(self, *conditions: sa.ColumnElement[bool]) -> list[RecordedAnswer]:
        query = sa.select(answers).where(self._ours, *conditions).order_by(answers.c.id)
        return [recorded_of(row) for row in self._database.all(query)]


def _is_unanswered(answer: Result) -> bool:
    return isinstance(answer, NoAnswer) or (isinstance(answer, Answer) and answer.denial)


def _is_forgotten(connection: sa.Connection, asked: AskedQuestion) -> bool:
    """Return whether the asker was forgotten. The row read is locked until the answer is stored:
    forgetting the asker waits for it, and then deletes it."""
    message = sa.select(inbox.c.person).where(is_at(inbox, asked.place))
    raised = sa.select(flags.c.person).where(flags.c.id == asked.flag)
    if connection.scalar(message.with_for_update(read=True)) not in (None, asked.asker):
        return True
    if asked.flag is None:
        return False
    return connection.scalar(raised.with_for_update(read=True)) != asked.asker


def _without_forgotten(connection: sa.Connection, asked: AskedQuestion) -> Choice | None:
    """Return the choice, without the words of a person who was forgotten since. The row read is
    locked as in `_is_forgotten`."""
    choice, place = asked.choice, asked.place
    if choice is None or choice.asker in ("", asked.asker):
        return choice
    own_answers = sa.select(answers.c.id).where(
        answers.c.team == place.team,
        answers.c.channel == place.channel,
        answers.c.thread == place.thread,
        answers.c.asker == choice.asker,
    )
    if connection.scalar(own_answers.limit(1).with_for_update(read=True)) is not None:
        return choice
    return replace(choice, question="", asker="")


def _cited_rows(answer: int, pages: Mapping[tuple[str, str], KnownPage]) -> list[dict[str, Any]]:
    return [
        {
            "answer": answer,
            "wiki": wiki,
            "page": page,
            "revision": state.revision,
            "acl": str(state.acl),
        }
        for (wiki, page), state in pages.items()
    ]
