"""The database's figures equal a count by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from footnote_bot.bot.conversation.model import BY_ITSELF, AskedQuestion, MessageRef
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import Complaint, FlagAction, Flagged, Verdict, Volume
from footnote_bot.bot.model import Answer, NoAnswer, Reason, Result, Source, Tone
from footnote_bot.bot.shown import ResultTone, tone_of
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.figures import DatabaseFigures
from footnote_bot.bot.state.schema import answers
from footnote_bot.bot.state.stores import in_threads
from tests.long import tries

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
SINCE = NOW - timedelta(days=7)
TRICKS = (
    '"reason": "nothing_fits" "readings": [ "reason": "no_question"'
    ' "nearest": [{ "denial": true "tone": "closest"'
)
"""A page's text with everything that the texts of answers are searched for."""


def source(page: str, revision: str = "r1") -> Source:
    return Source(
        f"Page {page} {TRICKS}", "", f"https://w.example/{page}", TRICKS, "w", page, revision
    )


def answer(*pages: str) -> Answer:
    return Answer(TRICKS, tuple(map(source, pages)), 0.9)


SAID: dict[str, Result] = {
    "a": answer("a"),
    "a and b": answer("a", "b"),
    "a twice": answer("a", "a"),
    "nothing": NoAnswer(Reason.NOTHING_FITS, TRICKS, (source("b"),)),
    "nothing near": NoAnswer(Reason.NOTHING_FITS, TRICKS),
    "denial": replace(answer("a", "b"), composed=True, denial=True),
    "closest, of an earlier version": replace(answer("a", "b"), tone=Tone.CLOSEST),
    "with further sections": replace(answer("c"), nearest=(source("b"),)),
    "unchecked": NoAnswer(Reason.UNCHECKED, TRICKS),
    "no question": NoAnswer(Reason.NO_QUESTION, TRICKS),
}


@dataclass(frozen=True)
class Event:
    said: str
    days_ago: int
    verdicts: tuple[Verdict, ...] = ()
    by_itself: bool = False
    retracted: bool = False

    @property
    def counts(self) -> bool:
        aside = self.by_itself or self.said == "no question"
        return self.days_ago <= 7 and not aside

    @property
    def tone(self) -> ResultTone:
        return tone_of(SAID[self.said])


EVENTS = st.lists(
    st.builds(
        Event,
        st.sampled_from(list(SAID)),
        st.integers(0, 14),
        st.lists(st.sampled_from(Verdict), max_size=3).map(tuple),
        st.booleans(),
        st.booleans(),
    ),
    max_size=12,
)


async def keep(database: Database, events: list[Event]) -> None:
    store = DatabaseAnswers(database)
    with database.begin() as connection:
        connection.execute(sa.delete(answers))
    for number, event in enumerate(events):
        when = NOW - timedelta(days=event.days_ago)
        ts = f"{BY_ITSELF}{number}" if event.by_itself else f"{number}.0"
        question = AskedQuestion(TRICKS, "U1", MessageRef("T1", "C1", ts, ts), private=False)
        recorded = await Feedback(in_threads(store), lambda when=when: when).record(
            question, SAID[event.said]
        )  # type: ignore[misc]
        for person, verdict in enumerate(event.verdicts):
            store.vote(recorded.id, f"U{person}", verdict, when)
        if event.retracted:
            with database.begin() as connection:
                row = answers.c.id == recorded.id
                connection.execute(sa.update(answers).where(row).values(retracted=when))


@tries(40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EVENTS)
async def test_volume_and_pages_are_counted_as_by_hand(
    database: Database, events: list[Event]
) -> None:
    await keep(database, events)
    figures = DatabaseFigures(database)
    counted = [event for event in events if event.counts]
    votes = [verdict for event in counted for verdict in event.verdicts]
    tones = [event.tone for event in counted]
    plain = [event for event in counted if event.tone is ResultTone.PLAIN]
    standing = [event for event in plain if not event.retracted]
    times = {
        "a": sum(event.said in ("a", "a and b", "a twice") for event in standing),
        "b": sum(event.said == "a and b" for event in standing),
        "c": sum(event.said == "with further sections" for event in standing),
    }
    often = figures.cited_often(SINCE, at_least=2, most=10)

    assert figures.volume(SINCE) == Volume(
        len(counted),
        tones.count(ResultTone.PLAIN),
        tones.count(ResultTone.NEAREST),
        votes.count(Verdict.GOOD),
        votes.count(Verdict.BAD),
    )
    assert [(often_cited.source.page, often_cited.times) for often_cited in often] == [
        (page, number) for page, number in times.items() if number >= 2
    ]


async def test_the_latest_answer_says_how_a_page_stands(database: Database) -> None:
    store = DatabaseAnswers(database)
    for number, revision in enumerate(("r1", "r2")):
        question = AskedQuestion(
            "?", "U1", MessageRef("T1", "C1", f"{number}.0", "0.0"), private=False
        )
        cited = Answer("So. [1]", (source("a", revision),), 0.9)
        await Feedback(in_threads(store), lambda: NOW).record(question, cited)
    (often_cited,) = DatabaseFigures(database).cited_often(SINCE, at_least=1, most=1)

    assert (often_cited.source.revision, often_cited.times) == ("r2", 2)


async def test_flags_count_by_what_became_of_them(database: Database) -> None:
    store = DatabaseAnswers(database)
    feedback, review = (
        Feedback(in_threads(store), lambda: NOW),
        Feedback(in_threads(store), lambda: NOW),
    )
    flags = []
    for number in range(5):
        question = AskedQuestion(
            "?", "U1", MessageRef("T1", "C1", f"{number}.0", "0.0"), private=False
        )
        recorded = await feedback.record(question, answer("a"))
        flags.append(await feedback.complain(recorded.id, "U1", Complaint.WRONG))
    await review.act(FlagAction.FIXED, flags[0], "U2")
    await review.act(FlagAction.ANSWERED, flags[0], "U2")
    await review.act(FlagAction.ANSWERED, flags[1], "U2")
    await review.act(FlagAction.NOT_WRONG, flags[2], "U2")
    await feedback.praise(flags[3].recorded.id, "U1")
    figures = DatabaseFigures(database)

    assert figures.flagged(SINCE) == Flagged(opened=4, fixed=2)
    assert figures.flagged(NOW + timedelta(seconds=1)) == Flagged()


def test_nothing_is_counted_where_nothing_is(database: Database) -> None:
    figures = DatabaseFigures(database)

    assert figures.volume(SINCE) == Volume()
    assert figures.cited_often(SINCE, at_least=1, most=10) == []
