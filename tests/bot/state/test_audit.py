"""The audit trail and the counts for metrics, in each database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from footnote_bot.bot.conversation.model import AuditEntry, MessageRef, MessageState, ShownPage, Way
from footnote_bot.bot.metrics.sampling import StateCounts
from footnote_bot.bot.operations.audit_report import AuditQuery, AuditRows, page_query
from footnote_bot.bot.state.audit import DatabaseAudit
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.figures import state_counts
from footnote_bot.bot.state.forgetting import forget_before, forget_person
from footnote_bot.bot.state.inbox import DatabaseInbox
from footnote_bot.indexers.errors import WikiMisconfigured
from footnote_bot.indexers.model import SyncScope

from .test_inbox import MESSAGE, NOW

PAGE = ShownPage("handbook", "leave.md", "r1", "https://wiki.example.com/leave", words=True)
ENTRY = AuditEntry(
    MessageRef("T1", "C1", "1.0", ""),
    "U1",
    Way.CHANNEL,
    open=False,
    readers=frozenset({"U1", "U2"}),
    pages=(PAGE, replace(PAGE, page="pay.md", words=False)),
)


def test_what_was_noted_comes_back_oldest_first(database: Database) -> None:
    times = [NOW, NOW + timedelta(hours=1), NOW + timedelta(hours=2)]
    moments = iter(times)
    audit = DatabaseAudit(database, lambda: next(moments))
    other = replace(ENTRY, person="U3", open=True, readers=frozenset(), pages=(PAGE,))
    for entry in (ENTRY, other, ENTRY):
        audit.note(entry)
    entries = audit.entries(AuditQuery())

    assert [(noted_entry.at, noted_entry.entry) for noted_entry in entries] == list(
        zip(times, (ENTRY, other, ENTRY), strict=True)
    )
    assert [noted_entry.at for noted_entry in audit.entries(AuditQuery(person="U2", most=1))] == [
        times[2]
    ]
    assert [
        noted_entry.at for noted_entry in audit.entries(AuditQuery(page="pay.md", before=times[2]))
    ] == [NOW]


def test_a_long_trail_is_read_in_parts(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("footnote_bot.bot.state.audit._AT_ONCE", 2)
    moments = [NOW + timedelta(hours=hour) for hour in (3, 1, 2, 5, 4)]
    for moment in moments:
        DatabaseAudit(database, lambda: moment).note(ENTRY)  # noqa: B023 - called at once
    entries = DatabaseAudit(database, lambda: NOW).stream(AuditQuery())
    first = next(entries)
    forget_before(database, NOW + timedelta(hours=4))

    assert first.at == NOW + timedelta(hours=1)
    assert [noted_entry.at for noted_entry in entries] == [
        NOW + timedelta(hours=hour) for hour in (2, 4, 5)
    ]


def test_a_page_is_found_by_its_key_with_its_comments_whatever_its_address_was(
    database: Database,
) -> None:
    audit = DatabaseAudit(database, lambda: NOW)
    pages = [
        PAGE,
        replace(PAGE, page="leave.md/comments"),
        replace(PAGE, page="leave.md2"),
        replace(PAGE, wiki="other"),
    ]
    for page in pages:
        audit.note(replace(ENTRY, pages=(replace(page, url=f"https://x.example/{page.page}"),)))
    address = "https://wiki.example.com/renamed"
    query = page_query(f"{address}#top", lambda _: SyncScope("handbook", page="leave.md"))
    rows = AuditRows(audit.stream, query)

    assert [(row["wiki"], row["page"]) for row in rows] == [
        ("handbook", "leave.md"),
        ("handbook", "leave.md/comments"),
    ]
    assert not query.is_by_address_alone


def test_an_address_that_no_wiki_knows_is_said_to_be_one() -> None:
    def refuse(_what: str) -> SyncScope:
        raise WikiMisconfigured("no such page")

    assert page_query("https://wiki.example.com/gone", refuse).is_by_address_alone
    assert not page_query("leave.md", refuse).is_by_address_alone


def test_the_key_of_a_page_may_hold_any_character(database: Database) -> None:
    audit = DatabaseAudit(database, lambda: NOW)
    audit.note(replace(ENTRY, pages=(replace(PAGE, page="languages/C#.md"),)))
    query = page_query("languages/C#.md", lambda _: SyncScope("handbook"))

    assert [row["page"] for row in AuditRows(audit.stream, query)] == ["languages/C#.md"]


def test_the_trail_is_kept_as_long_as_all_else(database: Database) -> None:
    audit = DatabaseAudit(database, lambda: NOW)
    audit.note(ENTRY)
    forget_before(database, NOW)
    remaining = len(audit.entries(AuditQuery()))
    forget_before(database, NOW + timedelta(seconds=1))

    assert remaining == 1
    assert audit.entries(AuditQuery()) == []


def test_whoever_is_forgotten_read_nothing_along(database: Database) -> None:
    audit = DatabaseAudit(database, lambda: NOW)
    audit.note(ENTRY)
    forget_person(database, "U2")

    assert [noted_entry.entry.readers for noted_entry in audit.entries(AuditQuery())] == [
        frozenset({"U1"})
    ]
    assert audit.entries(AuditQuery(person="U2")) == []


def test_what_waits_is_counted_with_its_age(database: Database) -> None:
    moment = NOW
    inbox = DatabaseInbox(database, lambda: moment)
    inbox.receive(MESSAGE)
    moment = NOW + timedelta(minutes=5)
    second = inbox.receive(replace(MESSAGE, event="Ev2", ts="2.0"))
    received = inbox.receive(replace(MESSAGE, event="Ev3", ts="3.0"))
    assert second is not None
    assert received is not None
    inbox.claim(second.id)
    inbox.finish(received, MessageState.DONE)
    counts = state_counts(database)

    assert counts == StateCounts(
        waiting={MessageState.RECEIVED: 1, MessageState.WORKING: 1}, oldest=NOW
    )


def test_a_question_that_is_deleted_late_has_not_waited_since_it_was_asked(
    database: Database,
) -> None:
    """Many such deletions in a row would raise `FootnoteQueueStuck`."""
    moment = NOW
    inbox = DatabaseInbox(database, lambda: moment)
    asked = inbox.receive(MESSAGE)
    assert asked is not None
    inbox.finish(asked, MessageState.DONE)
    moment = NOW + timedelta(days=30)
    inbox.update(replace(asked, deleted=True))

    assert state_counts(database).oldest == moment
