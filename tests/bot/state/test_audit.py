"""The audit trail and the counts for metrics, in each database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.conversation.model import AuditEntry, MessageRef, MessageState, ShownPage, Way
from bot.metrics.model import StateCounts
from bot.operations.audit_report import AuditQuery
from bot.state.audit import DatabaseAudit
from bot.state.database import Database
from bot.state.forgetting import forget_before, forget_person
from bot.state.gauges import state_counts
from bot.state.inbox import DatabaseInbox

from .test_inbox import LETTER, NOW

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
    found = audit.entries(AuditQuery())

    assert [(noted.at, noted.entry) for noted in found] == list(
        zip(times, (ENTRY, other, ENTRY), strict=True)
    )
    assert [noted.at for noted in audit.entries(AuditQuery(person="U2", most=1))] == [times[2]]
    assert [noted.at for noted in audit.entries(AuditQuery(page="pay.md", before=times[2]))] == [
        NOW
    ]


def test_the_trail_has_a_retention_of_its_own(database: Database) -> None:
    audit = DatabaseAudit(database, lambda: NOW)
    audit.note(ENTRY)
    forget_before(database, NOW + timedelta(days=1), NOW)
    kept = len(audit.entries(AuditQuery()))
    forget_before(database, NOW - timedelta(days=1), NOW + timedelta(seconds=1))

    assert kept == 1
    assert audit.entries(AuditQuery()) == []


def test_whoever_is_forgotten_read_nothing_along(database: Database) -> None:
    audit = DatabaseAudit(database, lambda: NOW)
    audit.note(ENTRY)
    forget_person(database, "U2")

    assert [noted.entry.readers for noted in audit.entries(AuditQuery())] == [frozenset({"U1"})]
    assert audit.entries(AuditQuery(person="U2")) == []


def test_what_waits_is_counted_with_its_age(database: Database) -> None:
    moment = NOW
    inbox = DatabaseInbox(database, lambda: moment)
    inbox.receive(LETTER)
    moment = NOW + timedelta(minutes=5)
    second = inbox.receive(replace(LETTER, event="Ev2", ts="2.0"))
    done = inbox.receive(replace(LETTER, event="Ev3", ts="3.0"))
    assert second is not None
    assert done is not None
    inbox.claim(second.id)
    inbox.done(done)
    counts = state_counts(database)

    assert counts == StateCounts(
        waiting={MessageState.RECEIVED: 1, MessageState.WORKING: 1}, oldest=NOW
    )
