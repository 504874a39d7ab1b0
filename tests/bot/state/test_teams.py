"""Workspaces that share a database see nothing of each other, even if their ids are equal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from footnote_bot.bot.answering.llm.usage import Cap, Spent
from footnote_bot.bot.answering.model import WrittenAnswer
from footnote_bot.bot.conversation.model import (
    AskedQuestion,
    AuditEntry,
    CountedBy,
    IncomingMessage,
    MessageKind,
    MessageRef,
    RecordedAnswer,
    ShownPage,
    Way,
)
from footnote_bot.bot.errors import LockTaken
from footnote_bot.bot.flags.model import Complaint, Verdict
from footnote_bot.bot.model import Answer, NoAnswer, Reason, Source
from footnote_bot.bot.operations.audit_report import AuditQuery
from footnote_bot.bot.operations.model import Order
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.figures import state_counts
from footnote_bot.bot.state.forgetting import forget_person
from footnote_bot.bot.state.inbox import DatabaseInbox
from footnote_bot.bot.state.installations import DatabaseInstallations
from footnote_bot.bot.state.process import Process
from footnote_bot.bot.state.stores import Stores
from footnote_bot.bot.state.teams import Team, further_workspaces_in
from footnote_bot.bot.state.usage import DatabaseUsage, DatabaseUsageReport
from footnote_bot.bot.workspaces.model import Installation, own_id
from footnote_bot.indexers.model import OPEN, KnownPage

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
AGO = NOW - timedelta(days=1)
HOME, GARDEN = Team("T0HOME", home=True), Team("T0GARDEN")
PAGE = Source(
    title="Leave",
    heading="",
    url="https://wiki.example.com/leave",
    quote="Book it.",
    wiki="handbook",
    page="leave.md",
    revision="r1",
)
PAGES = {("handbook", "leave.md"): KnownPage("r1", OPEN)}


class Shared:
    """The stores of two workspaces in one database, with the same person and channel in both."""

    def __init__(self, database: Database, process: Process) -> None:
        self.home, self.garden, self.all = (
            Stores(database, process, lambda: NOW, team=team) for team in (HOME, GARDEN, None)
        )

    def of(self, team: Team) -> Stores:
        return self.home if team is HOME else self.garden


@pytest.fixture
def shared(database: Database) -> Iterator[Shared]:
    with Process(database, lambda: NOW) as process:
        yield Shared(database, process)


def place(team: Team, ts: str = "1.0") -> MessageRef:
    return MessageRef(team.id, "C1", ts, ts)


async def fill(shared: Shared, team: Team, *, answer: bool = True) -> RecordedAnswer:
    """Store a question with its answer, a good and a bad verdict, and a flag that is due."""
    stores = shared.of(team)
    message = IncomingMessage(
        event=f"Ev{team.id}{answer}",
        kind=MessageKind.MENTION,
        team=team.id,
        channel="C1",
        ts="1.0",
        thread="1.0",
        person="U1",
        text="How much leave?",
        shared=False,
    )
    assert await stores.inbox.receive(message)
    question = AskedQuestion("How much leave?", "U1", place(team), private=False, open=True)
    result = Answer("28 days. [1]", (PAGE,), 0.9) if answer else NoAnswer(Reason.NOTHING_FITS, "")
    recorded = await stores.answers.keep(question, result, NOW, None, PAGES if answer else {})
    await stores.answers.posted(recorded.id, "2.0")
    await stores.answers.vote(recorded.id, "U2", Verdict.GOOD, NOW)
    await stores.answers.vote(recorded.id, "U1", Verdict.BAD, NOW)
    await stores.answers.raise_flag(recorded.id, "U1", Complaint.WRONG, "no", NOW)
    return recorded


async def visible(stores: Stores, recorded: RecordedAnswer) -> dict[str, bool]:
    """Return for each way to an answer, or to its data, whether it finds anything."""
    answers, figures = stores.answers, stores.figures
    volume, flagged = await figures.volume(AGO), await figures.flagged(AGO)
    return {
        "recorded": await answers.recorded(recorded.id) is not None,
        "recorded in": await answers.recorded_in("C1", "2.0") is not None,
        "praised": bool(await answers.praised()),
        "flags": bool(await answers.flags()),
        "flags by": bool(await answers.flags_by("U1", *[f.state for f in await answers.flags()])),
        "flag of": await answers.flag_of(recorded.id, "U1") is not None,
        "due": bool(await answers.due()),
        "cited": bool(await stores.cited.cited("handbook", AGO)),
        "cited wikis": bool(await stores.cited.wikis()),
        "volume": bool(volume.questions or volume.good or volume.bad),
        "flagged": bool(flagged.opened),
        "cited often": bool(await figures.cited_often(AGO, at_least=1, most=9)),
        "adopted": bool(await stores.inbox.adopt()),
    }


async def test_an_answer_is_found_in_its_own_workspace_by_every_way_and_in_no_other(
    shared: Shared,
) -> None:
    recorded = await fill(shared, HOME)
    ours, garden_sees = await visible(shared.home, recorded), await visible(shared.garden, recorded)

    assert all(ours.values()), ours
    assert not any(garden_sees.values()), garden_sees
    assert all((await visible(shared.all, recorded)).values())


async def test_a_question_without_an_answer_is_a_gap_of_its_own_workspace(shared: Shared) -> None:
    await fill(shared, GARDEN, answer=False)

    assert await shared.garden.answers.unanswered(AGO)
    assert not await shared.home.answers.unanswered(AGO)


async def test_a_limit_counts_what_the_same_id_asked_in_its_own_workspace(shared: Shared) -> None:
    await fill(shared, HOME)
    message = IncomingMessage(
        event="Ev9",
        kind=MessageKind.MENTION,
        team=GARDEN.id,
        channel="C1",
        ts="9.0",
        thread="9.0",
        person="U1",
        text="And here?",
        shared=False,
    )
    received = await shared.garden.inbox.receive(message)
    assert received

    for counted_by in CountedBy:
        assert await shared.garden.inbox.questions_before(
            received, counted_by, timedelta(days=1)
        ) == (0, 0)
    assert await shared.garden.inbox.is_next(received)


async def test_a_lock_that_one_workspace_releases_is_still_held_by_the_other(
    shared: Shared,
) -> None:
    await fill(shared, HOME)
    await fill(shared, GARDEN)
    await shared.garden.inbox.release()

    assert [message.team for message in await shared.home.inbox.adopt()] == [HOME.id]
    (message,) = await shared.home.inbox.adopt()
    assert await shared.home.inbox.claim(message.id)


async def test_a_written_answer_is_given_where_it_was_written(shared: Shared) -> None:
    recorded = await fill(shared, HOME)
    flag = await shared.home.answers.flag_of(recorded.id, "U1")
    assert flag
    written = WrittenAnswer(
        id=0,
        question="How much leave?",
        text="30 days.",
        author="U2",
        author_name="ben",
        written=NOW,
        expires=NOW + timedelta(days=1),
        sources=(PAGE,),
        fingerprints=("r1",),
        acl=OPEN,
        flag=flag.id,
        channel="C1",
        by_admin=False,
    )
    await shared.home.written.write(written)
    later = NOW + timedelta(days=2)

    assert await shared.home.written.valid(NOW)
    assert await shared.home.written.unannounced()
    assert await shared.home.written.expired(later)
    assert not await shared.garden.written.valid(NOW)
    assert not await shared.garden.written.unannounced()
    assert not await shared.garden.written.expired(later)


async def test_a_reindex_is_taken_by_the_workspace_that_ordered_it(shared: Shared) -> None:
    job = await shared.home.jobs.add(Order(), "U1", "C1")
    assert job
    await shared.home.jobs.ready(job.id)

    assert await shared.garden.jobs.take() is None
    assert await shared.home.jobs.take()


async def test_who_is_forgotten_in_one_workspace_is_not_forgotten_in_another(
    database: Database, shared: Shared
) -> None:
    home, garden = await fill(shared, HOME), await fill(shared, GARDEN)
    forgotten = forget_person(database, "U1", GARDEN)

    assert (forgotten.questions, forgotten.verdicts, forgotten.flags) == (1, 1, 1)
    assert not any((await visible(shared.garden, garden)).values())
    assert all((await visible(shared.home, home)).values())


async def test_the_same_work_of_two_workspaces_is_locked_apart(
    database: Database, shared: Shared
) -> None:
    """A process may hold a name twice, and the first release would release both."""
    with Process(database, lambda: NOW) as process:
        elsewhere = Stores(database, process, lambda: NOW, team=HOME)
        async with shared.home.locks.hold("(upkeep)"):
            async with shared.garden.locks.hold("(upkeep)"):
                pass
            with pytest.raises(LockTaken):
                async with elsewhere.locks.hold("(upkeep)", waiting=False):
                    pass


async def test_a_reminder_in_one_workspace_is_none_in_another(
    database: Database, shared: Shared
) -> None:
    async def reminded(stores: Stores) -> bool:
        return await stores.answers.remind("U1", NOW, unless_since=AGO)

    first = [await reminded(shared.home), await reminded(shared.garden)]
    again = [await reminded(shared.home), await reminded(shared.garden)]
    forget_person(database, "U1", GARDEN)
    forgotten = [await reminded(shared.home), await reminded(shared.garden)]

    assert (first, again, forgotten) == ([True, True], [False, False], [False, True])


async def test_what_a_person_of_a_further_workspace_may_cost_is_limited_until_they_are_forgotten(
    database: Database, shared: Shared
) -> None:
    await fill(shared, GARDEN)
    usage, payer = DatabaseUsage(database), ("person", own_id(GARDEN.id, "U1"))
    elsewhere = ("person", own_id("T0PARK", "U1"))

    def take(payer: tuple[str, str]) -> bool:
        return usage.take(NOW.date(), {payer: Cap(100)}, Spent(60))

    assert [take(payer), take(payer)] == [True, False]
    assert [take(elsewhere), take(elsewhere)] == [True, True], "nobody asked there"
    forget_person(database, "U1", GARDEN)
    assert take(payer)
    assert not [*DatabaseUsageReport(database).used("person", AGO.date())]


async def test_the_trail_of_one_workspace_names_nobody_of_another(shared: Shared) -> None:
    for team in (HOME, GARDEN):
        page = ShownPage("handbook", team.id, "r1", PAGE.url, words=True)
        entry = AuditEntry(
            place(team), "U1", Way.CHANNEL, open=False, readers=frozenset({"U2"}), pages=(page,)
        )
        await shared.of(team).audit.note(entry)

    async def teams(stores: Stores, **query: str) -> list[str]:
        entries = await stores.audit.entries(AuditQuery(**query))
        return sorted(entry.entry.place.team for entry in entries)

    for query in ({}, {"person": "U1"}, {"person": "U2"}, {"page": PAGE.url}):
        assert await teams(shared.home, **query) == ["T0HOME"]
        assert await teams(shared.garden, **query) == ["T0GARDEN"]
        assert await teams(shared.all, **query) == ["T0GARDEN", "T0HOME"]


async def test_rows_from_before_there_were_workspaces_are_the_first_one_s(shared: Shared) -> None:
    job = await shared.all.jobs.add(Order(), "U1", "C1")
    assert job
    await shared.all.jobs.ready(job.id)

    assert await shared.garden.jobs.take() is None
    assert await shared.home.jobs.take()


def test_a_database_that_several_workspaces_ever_shared_is_known_as_such(
    database: Database,
) -> None:
    """Rows of a workspace outlive its installation, and must not become the first workspace's."""
    store = DatabaseInstallations(database)
    before = store.was_installed()
    garden = Installation(
        id=GARDEN.id,
        name="garden",
        enterprise="",
        bot="B1",
        bot_user="U1",
        token="xoxb-1",
        installed=NOW,
    )
    store.save(garden)
    store.save(garden)
    store.delete(garden)

    assert not store.all()
    assert (before, store.was_installed()) == (False, True)


def test_a_workspace_with_the_longest_id_can_be_uninstalled(database: Database) -> None:
    installation = Installation(
        id="T" + 31 * "1", name="g", enterprise="", bot="B1", bot_user="U1", token="x",
        installed=NOW,
    )  # fmt: skip
    installations = DatabaseInstallations(database)
    installations.save(installation)
    deleted = installations.delete(installation)
    with database.read() as connection:
        ids = further_workspaces_in(connection)

    assert deleted
    assert ids == {installation.id}


def test_a_question_where_footnote_was_removed_waits_no_more(
    database: Database,
) -> None:
    """Otherwise the age of the queue would grow until the question is deleted."""
    garden = Installation(
        id=GARDEN.id, name="garden", enterprise="", bot="B1", bot_user="U1", token="x",
        installed=NOW,
    )  # fmt: skip
    installations = DatabaseInstallations(database)
    installations.save(garden)
    message = IncomingMessage(
        event="Ev1", kind=MessageKind.DIRECT, team=GARDEN.id, channel="D1", ts="1.0", thread="1.0",
        person="U1", text="How much leave?",
    )  # fmt: skip
    DatabaseInbox(database, lambda: NOW, team=GARDEN).receive(message)
    before = state_counts(database).oldest
    installations.delete(garden)
    removed = state_counts(database)
    installations.save(garden)

    assert (before, removed.oldest, removed.waiting) == (NOW, None, {})
    assert state_counts(database).oldest == NOW
