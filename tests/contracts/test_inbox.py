"""The contract of Inbox: the database's and the one in memory."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from footnote_bot.bot.conversation.model import (
    CountedBy,
    IncomingMessage,
    MessageKind,
    MessageState,
)

from .conftest import Stores

MESSAGE = IncomingMessage(
    event="Ev1",
    kind=MessageKind.MENTION,
    team="T1",
    channel="C1",
    ts="1.000100",
    thread="1.000100",
    person="U1",
    text="<@UBOT> how do I take leave?",
)


async def test_a_message_comes_back_as_it_was(stores: Stores) -> None:
    inbox, unfinished = stores.inbox, stores.unfinished
    received = await inbox.receive(MESSAGE)

    assert received is not None
    assert unfinished() == [received] == [replace(MESSAGE, id=received.id)]


async def test_a_message_is_found_whatever_became_of_it(stores: Stores) -> None:
    inbox = stores.inbox
    received = await inbox.receive(MESSAGE)
    assert received is not None
    await inbox.finish(received, MessageState.DONE)

    assert await inbox.received("T1", "C1", MESSAGE.ts) == replace(received, text="")
    assert await inbox.received("T1", "C2", MESSAGE.ts) is None
    assert await inbox.received("T2", "C1", MESSAGE.ts) is None


async def test_the_same_event_is_received_once(stores: Stores) -> None:
    inbox = stores.inbox
    await inbox.receive(MESSAGE)

    assert await inbox.receive(replace(MESSAGE, ts="2.0")) is None


async def test_the_same_message_under_another_event_is_received_once(stores: Stores) -> None:
    inbox = stores.inbox
    await inbox.receive(MESSAGE)

    assert await inbox.receive(replace(MESSAGE, event="Ev2")) is None
    assert await inbox.receive(replace(MESSAGE, event="Ev3", channel="C2")) is not None


async def test_earlier_messages_of_the_same_process_are_waited_for_by_nobody(
    stores: Stores,
) -> None:
    inbox = stores.inbox
    await inbox.receive(MESSAGE)
    later = await inbox.receive(replace(MESSAGE, event="Ev2", ts="2.0", thread="2.0"))

    assert later is not None
    assert await inbox.is_next(later)


async def test_deliveries_at_the_same_time_are_received_once(stores: Stores) -> None:
    inbox = stores.inbox
    received = await asyncio.gather(*(inbox.receive(MESSAGE) for _ in range(32)))

    assert sum(message is not None for message in received) == 1


async def test_claims_count_attempts_and_end_with_the_answer(stores: Stores) -> None:
    inbox, unfinished = stores.inbox, stores.unfinished
    message = await inbox.receive(MESSAGE)
    assert message is not None

    claimed = [await inbox.claim(message.id), await inbox.claim(message.id)]

    assert claimed == [replace(message, attempts=1), replace(message, attempts=2)]
    await inbox.finish(message, MessageState.DONE)

    assert await inbox.claim(message.id) is None
    assert unfinished() == []


async def test_a_message_that_waits_is_unfinished_and_has_used_no_attempt(stores: Stores) -> None:
    inbox, hour = stores.inbox, timedelta(hours=1)
    message = await inbox.receive(MESSAGE)
    assert message is not None
    for _ in range(2):
        claimed = await inbox.claim(message.id)
        assert claimed is not None
        assert await inbox.postpone(claimed, hour)
        assert not await inbox.holds(claimed)
        assert stores.unfinished() == [replace(MESSAGE, id=message.id, attempts=1)]


async def test_a_message_waits_only_if_it_is_held_and_came_lately(stores: Stores) -> None:
    inbox, hour = stores.inbox, timedelta(hours=1)
    message = await inbox.receive(MESSAGE)
    assert message is not None
    assert not await inbox.postpone(message, hour)
    claimed = await inbox.claim(message.id)
    assert claimed is not None
    assert not await inbox.postpone(claimed, timedelta(0))
    await inbox.update(replace(MESSAGE, edited="3.0"))

    assert not await inbox.postpone(claimed, hour)


async def test_finished_text_is_not_kept_but_the_event_stays_known(stores: Stores) -> None:
    inbox, unfinished = stores.inbox, stores.unfinished
    message = await inbox.receive(MESSAGE)
    assert message is not None
    await inbox.finish(message, MessageState.FAILED)

    assert await inbox.receive(MESSAGE) is None
    assert unfinished() == []


async def test_questions_are_counted_that_came_before_and_were_not_refused(stores: Stores) -> None:
    inbox = stores.inbox
    messages = [
        await inbox.receive(replace(MESSAGE, event=f"Ev{n}", ts=f"{n}.0", person=person))
        for n, person in enumerate(["U1", "U1", "U2", "U1"])
    ]
    last = messages[-1]
    assert last is not None
    assert messages[1] is not None
    await inbox.finish(messages[1], MessageState.REFUSED)

    assert await inbox.questions_before(last, CountedBy.PERSON, timedelta(minutes=1)) == (1, 1)
    assert await inbox.questions_before(last, CountedBy.CHANNEL, timedelta(minutes=1)) == (2, 1)
    assert await inbox.questions_before(last, CountedBy.CHANNEL, timedelta(0)) == (0, 0)


async def test_a_question_counts_again_for_each_edit_after_it_was_worked_on(stores: Stores) -> None:
    inbox = stores.inbox
    message = await inbox.receive(MESSAGE)
    assert message is not None
    finished = [MessageState.DONE, MessageState.REFUSED, MessageState.PASSED, None]
    for number, state in enumerate(finished, 3):
        if state:
            claimed = await inbox.claim(message.id)
            assert claimed is not None
            await inbox.finish(claimed, state)
        await inbox.receive(replace(MESSAGE, event=f"Ev{number}", edited=f"{number}.0"))
    later = await inbox.receive(replace(MESSAGE, event="Ev9", ts="9.0"))
    assert later is not None

    assert await inbox.questions_before(message, CountedBy.PERSON, timedelta(minutes=1)) == (1, 1)
    assert await inbox.questions_before(later, CountedBy.PERSON, timedelta(minutes=1)) == (2, 1)
    assert await inbox.questions_before(later, CountedBy.CHANNEL, timedelta(minutes=1)) == (2, 1)


async def test_a_deletion_is_no_question(stores: Stores) -> None:
    """Slack reports every deletion in a channel, also of messages that were never for the bot."""
    inbox = stores.inbox
    for number in range(3):
        deleted = await inbox.receive(
            replace(MESSAGE, event=f"Ev{number}", ts=f"{number}.0", text="", deleted=True)
        )
        assert deleted is not None
        claimed = await inbox.claim(deleted.id)
        assert claimed is not None
        await inbox.finish(claimed, MessageState.DONE)
    later = await inbox.receive(replace(MESSAGE, event="Ev9", ts="9.0"))
    assert later is not None

    assert await inbox.questions_before(later, CountedBy.PERSON, timedelta(minutes=1)) == (0, 0)
    assert await inbox.questions_before(later, CountedBy.CHANNEL, timedelta(minutes=1)) == (0, 0)


async def test_a_question_counts_once_if_it_is_deleted_after_it_was_answered(
    stores: Stores,
) -> None:
    inbox = stores.inbox
    message = await inbox.receive(MESSAGE)
    assert message is not None
    claimed = await inbox.claim(message.id)
    assert claimed is not None
    await inbox.finish(claimed, MessageState.DONE)
    await inbox.update(replace(MESSAGE, event="Ev2", deleted=True))
    later = await inbox.receive(replace(MESSAGE, event="Ev9", ts="9.0"))
    assert later is not None

    assert await inbox.questions_before(later, CountedBy.PERSON, timedelta(minutes=1)) == (1, 0)


async def test_an_edit_is_worked_on_and_an_older_one_is_not(stores: Stores) -> None:
    inbox, unfinished = stores.inbox, stores.unfinished
    message = await inbox.receive(MESSAGE)
    assert message is not None
    await inbox.finish(message, MessageState.DONE)
    newer = replace(MESSAGE, event="Ev2", text="newer", edited="3.0")

    assert await inbox.update(newer) == replace(message, text="newer", edited="3.0")
    assert await inbox.update(newer) is None
    assert await inbox.update(replace(MESSAGE, event="Ev3", text="older", edited="2.0")) is None
    assert [message.text for message in unfinished()] == ["newer"]


async def test_a_question_that_was_edited_while_it_was_answered_is_not_finished(
    stores: Stores,
) -> None:
    inbox, unfinished = stores.inbox, stores.unfinished
    message = await inbox.receive(MESSAGE)
    assert message is not None
    claimed = await inbox.claim(message.id)
    assert claimed is not None
    await inbox.update(replace(MESSAGE, text="edited", edited="3.0"))
    stands = await inbox.holds(claimed)
    await inbox.finish(claimed, MessageState.DONE)

    assert not stands
    assert [message.text for message in unfinished()] == ["edited"]


async def test_a_deleted_message_stays_deleted(stores: Stores) -> None:
    inbox, unfinished = stores.inbox, stores.unfinished
    message = await inbox.receive(MESSAGE)
    assert message is not None
    deleted = await inbox.update(replace(MESSAGE, text="", deleted=True))

    assert deleted is not None
    assert await inbox.update(replace(MESSAGE, text="late", edited="9.0")) is None
    await inbox.finish(deleted, MessageState.DONE)
    assert await inbox.update(replace(MESSAGE, text="", deleted=True)) is None
    assert unfinished() == []


async def test_an_edit_of_what_never_came_changes_nothing(stores: Stores) -> None:
    inbox, unfinished = stores.inbox, stores.unfinished
    assert await inbox.update(replace(MESSAGE, edited="3.0")) is None
    assert unfinished() == []


async def test_an_edit_that_overtakes_its_message_is_received_in_its_place(stores: Stores) -> None:
    inbox, unfinished = stores.inbox, stores.unfinished
    edit = await inbox.receive(replace(MESSAGE, event="Ev2", text="edited", edited="3.0"))

    assert await inbox.receive(MESSAGE) is None
    assert unfinished() == [edit]


async def test_a_changed_message_that_is_passed_over_is_known_when_it_comes_as_it_was(
    stores: Stores,
) -> None:
    inbox, unfinished = stores.inbox, stores.unfinished
    hint = replace(MESSAGE, kind=MessageKind.FOLLOW_UP, thread="0.9")
    edit = replace(hint, event="Ev2", text="thanks!", edited="3.0")
    await inbox.pass_over(edit)

    assert await inbox.receive(hint) is None
    assert await inbox.update(replace(edit, edited="4.0")) is None
    assert unfinished() == []
    known = await inbox.received("T1", "C1", MESSAGE.ts)
    assert known is not None
    assert known.text == ""

    later = replace(edit, event="Ev3", kind=MessageKind.MENTION, text="leave?", edited="5.0")
    assert await inbox.receive(later) is not None
    await inbox.pass_over(replace(edit, edited="6.0"))
    assert [message.text for message in unfinished()] == ["leave?"]


async def test_stopped_messages_are_worked_on_no_more(stores: Stores) -> None:
    inbox, unfinished = stores.inbox, stores.unfinished
    message = await inbox.receive(MESSAGE)
    other = await inbox.receive(replace(MESSAGE, event="Ev2", ts="2.0", thread="2.0"))
    assert message is not None
    stopped = await inbox.stop("T1", "C1", MESSAGE.thread)

    assert [message.id for message in stopped] == [message.id]
    assert await inbox.claim(message.id) is None
    assert not await inbox.holds(message)
    assert unfinished() == [other]


async def test_a_deletion_is_worked_on_although_its_thread_is_stopped(stores: Stores) -> None:
    """Otherwise its reply would stay for ever, and say that the bot stopped."""
    inbox, unfinished = stores.inbox, stores.unfinished
    await inbox.receive(MESSAGE)
    deletion = await inbox.update(replace(MESSAGE, event="Ev2", text="", deleted=True))

    assert await inbox.stop("T1", "C1", MESSAGE.thread) == []
    assert unfinished() == [deletion]


async def test_an_ephemeral_reply_is_noted_of_the_message_as_it_is(stores: Stores) -> None:
    inbox = stores.inbox
    received = await inbox.receive(MESSAGE)
    assert received is not None
    await inbox.note_ephemeral(received)
    early = await inbox.had_ephemeral(received)
    claimed = await inbox.claim(received.id)
    assert claimed is not None
    await inbox.note_ephemeral(claimed)
    later = await inbox.had_ephemeral(claimed)
    edited = await inbox.update(replace(MESSAGE, event="Ev2", text="edited", edited="3.0"))
    assert edited is not None

    assert (early, later) == (False, True)
    assert not await inbox.had_ephemeral(claimed)
    assert not await inbox.had_ephemeral(edited)


async def test_a_message_that_was_passed_over_deleted_or_answered_privately_has_no_reply(
    stores: Stores,
) -> None:
    inbox = stores.inbox
    private = replace(MESSAGE, event="Ev2", ts="2.0", thread="2.0")
    found = [await inbox.has_no_reply(MESSAGE)]
    for message in (MESSAGE, private):
        received = await inbox.receive(message)
        assert received is not None
        claimed = await inbox.claim(received.id)
        assert claimed is not None
        found.append(await inbox.has_no_reply(message))
        if message is MESSAGE:
            await inbox.finish(claimed, MessageState.PASSED)
        else:
            await inbox.note_ephemeral(claimed)
        found.append(await inbox.has_no_reply(message))
    await inbox.receive(replace(MESSAGE, event="Ev3", text="edited", edited="3.0"))
    found.append(await inbox.has_no_reply(MESSAGE))
    await inbox.update(replace(MESSAGE, event="Ev4", text="", deleted=True))
    found.append(await inbox.has_no_reply(MESSAGE))

    assert found == [False, False, True, False, True, False, True]


async def test_several_are_received_in_their_order(stores: Stores) -> None:
    later = replace(MESSAGE, event="Ev2", ts="0.5", thread="0.5")
    received = await stores.inbox.receive_all([MESSAGE, later, MESSAGE])

    assert [message.event for message in received] == ["Ev1", "Ev2"]
