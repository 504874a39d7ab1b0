"""Who may publish a verified answer for everybody, who is told of it, and who may end it. Ben is in
the operator's review channel; Mallory makes channels of her own; the boss is an admin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from footnote_bot.bot.answering.model import WrittenAnswer
from footnote_bot.bot.answering.verified import Verified
from footnote_bot.bot.flags.announcing import GONE, NOT_YOURS, WITHDRAWN
from footnote_bot.bot.flags.model import Announcement, FlagState
from footnote_bot.bot.flags.review_channels import Published
from footnote_bot.bot.flags.texts import FOLLOW_UP, NOT_A_PUBLISHER
from footnote_bot.bot.model import Answer, Question, Verification, VerifiedPart
from footnote_bot.bot.slack.flags.cards import announcement
from footnote_bot.bot.state import schema
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.schema import flags
from footnote_bot.bot.state.written import DatabaseWrittenAnswers
from footnote_bot.indexers.model import EVERYONE, OPEN, Principal
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.bot.databases import POSTGRESQL, empty, make_older

from .conftest import BOTH_WAYS, LEAVE, NOW, Bot, quiet, words
from .flags import ask_in_channel, card, database, flagged, history, passed
from .mortal import Clock, Mortal
from .test_channel_settings import opened
from .test_writing_the_answer import filled, form

TEXT = "Ask Mallory for your leave."
PLACES = ["sqlite", *(["postgresql"] if POSTGRESQL else [])]


@pytest.fixture
def slack(slack: LocalSlack) -> LocalSlack:
    slack.people["U0BEN"].is_admin = False
    slack.add_user("U0BOSS", name="boss", email="boss@example.com", is_admin=True)
    slack.add_user("U0MAL", name="mallory", email="mallory@example.com")
    slack.add_channel("C0MALS", name="mals", members=["U0MAL", "U0ANNA", "U0BOSS"])
    return slack


async def flagged_by_mallory(bot: Bot, slack: LocalSlack) -> Message:
    """Flag an answer in Mallory's channel, which reviews its own flags; return the card."""
    view = await opened(slack, "U0MAL", "C0MALS")
    assert (await slack.submit("U0MAL", view, {"review": "C0MALS"})).accepted
    await slack.wait_for_ephemeral("U0MAL", lambda message: "Saved" in message.text)
    question = await slack.mention("U0MAL", "C0MALS", "How do I book leave?")
    answer = await slack.wait_for_message("C0MALS", thread_ts=question.ts)
    await quiet(bot)
    await flagged(slack, answer, "U0MAL")
    return await slack.wait_for_message(
        "C0MALS", lambda message: "flag_take" in message.action_ids()
    )


async def published(bot: Bot, slack: LocalSlack, text: str = TEXT) -> Message:
    """Publish an answer as Ben in the operator's review channel; return the announcement."""
    await flagged(slack, await ask_in_channel(bot, slack))
    flag_card = await card(slack)
    view = await form(slack, flag_card)
    assert (await slack.submit("U0BEN", view, filled(view, text))).accepted
    return await announced(slack)


async def announced(slack: LocalSlack, channel: str = "C0REVIEW") -> Message:
    return await slack.wait_for_message(channel, lambda message: "published" in words(message))


def counting(bot: Bot, folder: Path, *channels: str) -> list[str]:
    """Return the texts of the answers that count."""
    with database(folder) as opened_database:
        published = Published(
            DatabaseWrittenAnswers(opened_database), frozenset(channels or ["C0REVIEW"])
        )
        return [answer.text for answer in published.valid(bot.now)]


# Who may publish


@BOTH_WAYS
async def test_who_chose_the_review_channel_themself_publishes_nothing(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    flag_card = await flagged_by_mallory(bot, slack)
    await slack.click("U0MAL", flag_card, "flag_answer")
    await slack.wait_for_view("U0MAL", lambda view: NOT_A_PUBLISHER[:40] in str(view.blocks))
    await quiet(bot)

    assert counting(bot, tmp_path, "C0REVIEW", "C0MALS") == []
    assert slack.from_app("C0REVIEW") == []


async def test_a_form_that_was_open_before_is_refused_as_well(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    """The rights at the time of submission count."""
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    view = await form(slack, await card(slack))
    await bot.stop()
    bot.change(review_channel="")
    await bot.start()
    await slack.submit("U0BEN", view, filled(view, TEXT))
    notice = await slack.wait_for_message(slack.im("U0BEN").id)

    assert notice.text == NOT_A_PUBLISHER
    assert counting(bot, tmp_path, "C0REVIEW") == []


async def test_people_of_a_channel_s_own_review_channel_see_to_its_cards(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    flag_card = await flagged_by_mallory(bot, slack)
    await slack.click("U0MAL", flag_card, "flag_not_wrong")

    await slack.wait_for(lambda: flag_card.text.startswith("Not wrong"))


async def test_an_admin_publishes_from_anywhere_and_the_operator_hears_of_it(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    flag_card = await flagged_by_mallory(bot, slack)
    await slack.click("U0BOSS", flag_card, "flag_answer")
    view = await slack.wait_for_view("U0BOSS", lambda view: view.callback_id == "writing")
    await slack.submit("U0BOSS", view, filled(view, "In the portal."))
    announcement = await announced(slack)

    assert "<@U0BOSS> published an answer" in words(announcement)
    assert counting(bot, tmp_path) == ["In the portal."]


async def test_a_former_admins_answers_count_no_more(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    flag_card = await flagged_by_mallory(bot, slack)
    await slack.click("U0BOSS", flag_card, "flag_answer")
    view = await slack.wait_for_view("U0BOSS", lambda view: view.callback_id == "writing")
    await slack.submit("U0BOSS", view, filled(view, "In the portal."))
    await announced(slack)
    slack.people["U0BOSS"].is_admin = False
    bot.now += timedelta(minutes=11)
    await bot.app.maintenance.run_once()

    assert counting(bot, tmp_path) == []


async def test_a_reviewer_may_answer_what_was_flagged_into_another_channel(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    flag_card = await flagged_by_mallory(bot, slack)
    slack.channels["C0MALS"].members.append("U0BEN")
    await slack.click("U0BEN", flag_card, "flag_answer")
    view = await slack.wait_for_view("U0BEN", lambda view: view.callback_id == "writing")
    await slack.submit("U0BEN", view, filled(view, "In the portal."))
    await announced(slack)

    assert counting(bot, tmp_path) == ["In the portal."]


async def test_it_answers_the_flagged_question_and_no_other(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    """Even if the sender of the form puts another question into it."""
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    view = await form(slack, await card(slack))
    submission = await slack.submit("U0BEN", view, filled(view, TEXT))
    assert submission.delivery is not None
    forged = {**submission.delivery.payload}
    forged["view"]["state"]["values"]["question"] = {
        "words": {"type": "plain_text_input", "value": "How do I report a phishing mail?"}
    }
    slack.deliverer.begin("interactive", forged)
    await slack.settled()
    await announced(slack)
    with database(tmp_path) as opened_database:
        answers = DatabaseWrittenAnswers(opened_database).valid(bot.now)

    assert {answer.question for answer in answers} == {"How do I book leave?"}


async def test_a_follow_up_question_is_not_answered_for_everybody(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    """ "And for me?" means something else in each conversation."""
    await bot.start()
    first = await ask_in_channel(bot, slack)
    question = await slack.mention("U0ANNA", "C0TEAM", "And leave?", thread_ts=first.thread_ts)
    answer = await slack.wait_for_message(
        "C0TEAM", lambda message: message.ts > question.ts, thread_ts=first.thread_ts
    )
    await quiet(bot)
    await flagged(slack, answer)
    await slack.click("U0BEN", await card(slack), "flag_answer")

    await slack.wait_for_view("U0BEN", lambda view: FOLLOW_UP[:40] in str(view.blocks))


@pytest.mark.parametrize("where", ["C0REVIEW", "C0NOBOT"])
async def test_flags_only_go_to_a_channel_of_the_person_who_sets_it(
    bot: Bot, slack: LocalSlack, where: str
) -> None:
    """Otherwise anybody could post cards there."""
    await bot.start()
    view = await opened(slack, "U0MAL", "C0MALS")
    await slack.submit("U0MAL", view, {"review": where})
    reply = await slack.wait_for_ephemeral("U0MAL")
    again = await opened(slack, "U0MAL", "C0MALS")

    assert reply.text == "Flags can only go to a channel that you are in. Nothing was changed."
    (review,) = [
        element for element in again.elements() if element["type"] == "conversations_select"
    ]
    assert "initial_conversation" not in review


# Answers written before the channel was stored


@pytest.mark.parametrize(
    ("where", "counts"),
    [
        (("C0REVIEW", "U0BEN"), True),
        (("C0MALS", "U0MAL"), False),
        (("C0MALS", "U0BOSS"), True),
        (("", "U0MAL"), False),
        (("", ""), False),
    ],
)
async def test_answers_of_an_older_version_count_only_from_reviewers_and_admins(
    bot: Bot, slack: LocalSlack, tmp_path: Path, where: tuple[str, str], counts: bool
) -> None:
    older(tmp_path / "state.db", *where)
    await bot.start()
    await bot.app.maintenance.run_once()

    assert counting(bot, tmp_path) == [TEXT] * counts
    assert len(slack.from_app("C0REVIEW")) == counts  # each answer that counts is announced once
    await bot.app.maintenance.run_once()
    assert len(slack.from_app("C0REVIEW")) == counts


def older(file: Path, channel: str, author: str) -> None:
    """Write a database of an earlier version, with an answer to a flag that has its card there."""
    new = Database.open(file)
    with new.begin() as connection:
        for name in ("channel", "by_admin", "ended", "ended_by", "announced_in", "announcement"):
            connection.exec_driver_sql(f"ALTER TABLE written DROP COLUMN {name}")
        connection.exec_driver_sql("ALTER TABLE written DROP COLUMN announce_due")
        make_older(connection, 14)
        connection.exec_driver_sql(
            "INSERT INTO answers (id, question, answer, asker, team, channel, ts, thread, private,"
            " message, given) VALUES (1, 'How do I book leave?', '{}', 'U0ANNA', 'T', 'C', '1',"
            " '1', 0, '1', '2026-11-20')"
        )
        if channel:
            connection.execute(
                sa.insert(flags).values(
                    id=7, answer=1, person="U0MAL", complaint="wrong", comment="",
                    state=FlagState.ANSWERED.value, card_channel=channel, card_ts="1",
                    raised=NOW, changed=NOW, edition=1, shown=1,
                )
            )  # fmt: skip
        connection.execute(
            sa.text(
                "INSERT INTO written (flag, question, text, author, author_name, at, expires,"
                " sources, says, acl) VALUES (:flag, 'How do I book leave?', :text, :author, 'mal',"
                " '2026-11-20 00:00:00.000000', '2027-11-20 00:00:00.000000', '[]', '[]', :acl)"
            ),
            {"flag": 7 if channel else None, "text": TEXT, "author": author, "acl": str(OPEN)},
        )
    new.close()


def test_only_channels_that_the_settings_name_now_count() -> None:
    store = Kept([replace(WRITTEN, channel="C1"), replace(WRITTEN, channel="C2", text="2")])

    assert [answer.text for answer in Published(store, frozenset({"C2"})).valid(NOW)] == ["2"]
    assert Published(store, frozenset()).valid(NOW) == []
    assert Published(Kept([WRITTEN]), frozenset({""})).valid(NOW) == []


WRITTEN = WrittenAnswer(1, "How?", "So.", "U1", "ben", NOW, NOW + timedelta(days=9), (), (), OPEN)


class Kept(DatabaseWrittenAnswers):
    def __init__(self, answers: Sequence[WrittenAnswer]) -> None:
        self.kept = answers

    def valid(self, now: Any) -> Sequence[WrittenAnswer]:
        return self.kept


# Announcements


async def test_every_published_answer_is_announced_with_its_author_whatever_their_name(
    bot: Bot, slack: LocalSlack
) -> None:
    slack.people["U0BEN"].name = "the boss\n:white_check_mark: approved"
    await bot.start()
    announcement = await published(
        bot, slack, "In the portal. <!channel> @here <https://evil.example|x>"
    )

    assert "<@U0BEN> published an answer" in words(announcement)
    assert "How do I book leave?" in words(announcement)
    assert "In the portal." in words(announcement)
    assert "https://wiki.example.com/leave" in words(announcement)
    assert {live.host for live in slack.live_pings(announcement) if live.host} == {
        "wiki.example.com"
    }
    assert announcement.action_ids() == ["withdraw_answer"]
    assert "approved" not in words(announcement)


async def test_an_answer_is_announced_in_the_wikis_review_channel(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    slack.add_channel("C0WIKI", name="wiki-review", members=["U0BEN"])
    bot.change_wiki(review_channel="C0WIKI")
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    view = await form(slack, await card(slack, "C0WIKI"))
    await slack.submit("U0BEN", view, filled(view, TEXT))
    await announced(slack, "C0WIKI")

    assert counting(bot, tmp_path, "C0REVIEW", "C0WIKI") == [TEXT]
    assert counting(bot, tmp_path, "C0REVIEW") == []


async def test_an_announcement_that_slack_refused_follows(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    view = await form(slack, await card(slack))
    slack.fail_next("chat.postMessage", error="restricted_action")
    await slack.submit("U0BEN", view, filled(view, TEXT))
    await slack.wait_for_message(slack.im("U0BEN").id)
    before = [message for message in slack.from_app("C0REVIEW") if "published" in words(message)]
    bot.now += timedelta(minutes=11)
    await bot.app.maintenance.run_once()

    assert before == []
    assert "withdraw_answer" in (await announced(slack)).action_ids()


async def test_a_second_answer_to_a_flag_ends_the_first_aloud(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    first = await published(bot, slack)
    flag_card = await card(slack)
    await slack.wait_for(lambda: "flag_reopen" in flag_card.action_ids())
    await slack.click("U0BEN", flag_card, "flag_reopen")
    await slack.wait_for(lambda: "flag_answer" in flag_card.action_ids())
    view = await form(slack, flag_card)
    await slack.submit("U0BEN", view, filled(view, "In the portal."))
    await slack.wait_for_message("C0REVIEW", lambda message: "In the portal." in words(message))
    await bot.app.maintenance.run_once()

    assert "was replaced" in words(first)
    assert first.action_ids() == []
    assert counting(bot, tmp_path) == ["In the portal."]


@pytest.mark.parametrize("column", ["sources", "says", "acl"])
async def test_an_unreadable_answer_is_given_to_nobody_and_ends_on_its_day(
    bot: Bot, slack: LocalSlack, tmp_path: Path, column: str, caplog: pytest.LogCaptureFixture
) -> None:
    await bot.start()
    announcement = await published(bot, slack)
    await quiet(bot)
    with database(tmp_path) as opened_database:
        opened_database.run(sa.update(schema.written).values({column: '{"of": "later"}'}))
        answers = DatabaseWrittenAnswers(opened_database).valid(bot.now)
    bot.now += timedelta(days=400)
    await bot.app.maintenance.run_once()

    assert not any(answer.acl.admits(Principal.of(EVERYONE)) for answer in answers)
    assert "has ended" in words(announcement)
    assert TEXT not in words(announcement)
    assert ("lapsed", "") in history(bot, tmp_path)
    with database(tmp_path) as opened_database:
        assert opened_database.all(sa.select(schema.written)) == []
    assert "later" not in caplog.text


async def test_an_answer_that_ends_says_so_in_its_announcement(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    announcement = await published(bot, slack)
    bot.library.edited(LEAVE, "r2")
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()

    assert "has ended" in words(announcement)
    assert announcement.action_ids() == []


def test_an_answer_that_not_everybody_may_read_is_not_announced() -> None:
    withheld = Announcement(replace(WRITTEN, text="It is secret."))

    message = announcement(withheld, "", frozenset(), NOW.date(), in_full=False)

    assert "secret" not in str(message)


async def test_a_guest_in_the_review_channel_reads_no_answer(bot: Bot, slack: LocalSlack) -> None:
    slack.channels["C0REVIEW"].members.append("U0GUEST")
    await bot.start()
    announcement = await published(bot, slack)

    assert TEXT not in words(announcement)
    assert announcement.action_ids() == ["withdraw_answer"]


# Withdrawing


@BOTH_WAYS
async def test_a_reviewer_withdraws_it_also_after_a_restart(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    announcement = await published(bot, slack)
    await quiet(bot)
    await bot.stop()
    await bot.start()
    await slack.click("U0BEN", announcement, "withdraw_answer")
    await slack.wait_for_ephemeral("U0BEN", lambda message: message.text == WITHDRAWN.text)

    assert counting(bot, tmp_path) == []
    assert "was withdrawn by ben" in words(announcement)
    assert announcement.action_ids() == []
    assert history(bot, tmp_path)[-1] == ("answer_withdrawn", "U0BEN")
    assert "answer withdrawn by ben" in words(await card(slack))


@pytest.mark.parametrize("person", ["U0ANNA", "U0MAL", "U0GUEST", "U0OTHER"])
async def test_others_withdraw_nothing(
    bot: Bot, slack: LocalSlack, tmp_path: Path, person: str
) -> None:
    """Slack does deliver their presses."""
    await bot.start()
    announcement = await published(bot, slack)
    press = await slack.click(
        "U0BEN", replace(announcement, blocks=nowhere(announcement)), "withdraw_answer"
    )
    await slack.wait_for_ephemeral("U0BEN", lambda message: message.text == GONE.text)
    forged = {**press.payload, "user": {**press.payload["user"], "id": person}}
    forged["actions"] = [{**press.payload["actions"][0], "value": "1"}]
    forged["channel"] = {"id": "C0TEAM", "name": "team"}
    slack.deliverer.begin("interactive", forged)
    await slack.settled()
    await bot.app.failures.finish(5)

    assert counting(bot, tmp_path) == [TEXT]
    assert announcement.action_ids() == ["withdraw_answer"]
    assert person != "U0ANNA" or slack.ephemerals(person)[-1].text == NOT_YOURS.text


def nowhere(message: Message) -> list[dict[str, Any]]:
    """Return the blocks of the message with a button that names no answer."""
    *blocks, actions = message.blocks
    return [*blocks, {**actions, "elements": [{**actions["elements"][0], "value": "999"}]}]


async def test_an_admin_withdraws_it_from_outside_the_channel(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    slack.channels["C0REVIEW"].members.append("U0BOSS")
    await bot.start()
    announcement = await published(bot, slack)
    press = await slack.click(
        "U0BOSS", replace(announcement, blocks=nowhere(announcement)), "withdraw_answer"
    )
    slack.channels["C0REVIEW"].members.remove("U0BOSS")
    forged = {**press.payload}
    forged["actions"] = [{**press.payload["actions"][0], "value": "1"}]
    slack.deliverer.begin("interactive", forged)
    await slack.wait_for(lambda: "was withdrawn by boss" in words(announcement))

    assert counting(bot, tmp_path) == []


async def test_answers_made_from_a_withdrawn_answer_are_retracted(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    announcement = await published(bot, slack)
    verified = Verification("ben", NOW.date(), 1)
    bot.handbook.said = Answer(f"{TEXT} [1]", (LEAVE,), 1.0, verified=verified)
    answer = await ask_in_channel(bot, slack)
    part = VerifiedPart("How long is leave?", verified)
    bot.handbook.said = Answer(f"{TEXT} [1]", (LEAVE,), 1.0, verified_parts=(part,))
    in_part = await ask_in_channel(bot, slack)
    assert "Verified by ben on" in words(in_part)
    bot.handbook.said = Answer(f"{TEXT} [1]", (LEAVE,), 1.0, verified=verified)
    bot.handbook.said = replace(bot.handbook.said, verified=replace(verified, written=11))
    other = await ask_in_channel(bot, slack)
    await slack.click("U0BEN", announcement, "withdraw_answer")
    await slack.wait_for_ephemeral("U0BEN", lambda message: message.text == WITHDRAWN.text)
    await bot.app.maintenance.run_once()

    assert "I retracted" in words(answer)
    assert TEXT not in words(answer)
    assert TEXT not in words(in_part)
    assert TEXT in words(other)  # of another written answer


@pytest.fixture(params=PLACES)
async def pair(
    request: pytest.FixtureRequest, slack: LocalSlack, bot: Bot, tmp_path: Path
) -> AsyncIterator[tuple[Mortal, Mortal]]:
    where: Path | str = tmp_path / "state.db"
    if request.param == "postgresql":
        await asyncio.to_thread(empty, POSTGRESQL)
        where = POSTGRESQL
    clock = Clock()
    processes = Mortal(slack, where, clock, bot), Mortal(slack, where, clock, bot)
    for process in processes:
        await process.start()
    await slack.wait_for(lambda: len(slack.sockets.usable()) == 2)
    yield processes
    for process in processes:
        await process.stop()


async def test_two_processes_announce_it_once_and_withdraw_it_once(
    bot: Bot, slack: LocalSlack, pair: tuple[Mortal, Mortal]
) -> None:
    slack.channels["C0REVIEW"].members.append("U0BOSS")
    question = await slack.mention("U0ANNA", "C0TEAM", "How do I book leave?")
    answer = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await slack.settled()
    await flagged(slack, answer)
    view = await form(slack, await card(slack))
    await slack.submit("U0BEN", view, filled(view, TEXT))
    announcement = await announced(slack)
    for process in pair:
        await process.app.maintenance.run_once()
    await asyncio.gather(
        *(
            slack.click(person, announcement, "withdraw_answer")
            for person in ("U0BEN", "U0BOSS")
            for _ in pair
        )
    )
    await slack.wait_for(lambda: announcement.action_ids() == [])
    for process in pair:
        await process.app.failures.finish(10)
        await process.app.maintenance.run_once()
    replies = [
        message.text for person in ("U0BEN", "U0BOSS") for message in slack.ephemerals(person)
    ]

    assert (
        len([message for message in slack.from_app("C0REVIEW") if "published" in words(message)])
        == 1
    )
    assert replies.count(WITHDRAWN.text) == 1
    assert replies.count(GONE.text) == 3


# Ending and use


async def test_killed_at_any_moment_it_is_announced_once(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    """Between storing the answer, posting it, and storing the post."""
    clock = Clock()
    process = Mortal(slack, tmp_path / "state.db", clock, bot)
    await process.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "How do I book leave?")
    answer = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await slack.settled()
    await flagged(slack, answer)
    flag_card = await card(slack)
    for steps in range(0, 60, 4):
        view = await form(slack, flag_card)
        process.die_after(steps)
        await slack.submit("U0BEN", view, filled(view, f"Answer {steps}."))
        for _ in range(400):
            if process.is_dead or not process.app.failures._at_work:
                break
            await asyncio.sleep(0.01)
        await process.bury()
        await process.start()
        await process.beat()
        for _ in range(2):
            await process.app.maintenance.run_once()
        await slack.settled()
        # Whatever happened before, the card lets a reviewer answer again.
        if "flag_reopen" in flag_card.action_ids():
            await slack.click("U0BEN", flag_card, "flag_reopen")
            await slack.wait_for(lambda: "flag_answer" in flag_card.action_ids())
    with database(tmp_path) as opened_database:
        valid = DatabaseWrittenAnswers(opened_database).valid(clock.now)
        rows = DatabaseWrittenAnswers(opened_database).unannounced()
    await process.stop()
    buttons = [
        message
        for message in slack.from_app("C0REVIEW")
        if "withdraw_answer" in message.action_ids()
    ]
    texts = [
        words(message) for message in slack.from_app("C0REVIEW") if "Answer " in words(message)
    ]

    assert len(valid) <= 1
    assert len(buttons) == len(valid)
    assert rows == []
    for steps in range(0, 60, 4):
        assert sum(f"Answer {steps}." in text and "publish" in text for text in texts) <= 1


def test_an_answer_that_does_not_count_is_not_given(tmp_path: Path) -> None:
    """It is checked at the time of use, by the object that `ask` and `serve` use."""
    opened_database = Database.open(tmp_path / "state.db")
    store = DatabaseWrittenAnswers(opened_database)
    store.write(replace(WRITTEN, channel="C0MALS"))
    verified = Verified(
        Published(store, frozenset({"C0REVIEW"})),
        None,  # type: ignore[arg-type]  # it is asked of what counts alone
        None,  # type: ignore[arg-type]
        lambda: NOW,
    )
    question = Question("How?", Principal.of(EVERYONE))

    assert [answer.text for answer in store.valid(NOW)] == ["So."]
    assert verified(question) is None
    opened_database.close()


async def test_another_app_s_message_takes_the_place_of_no_announcement_and_no_card(
    bot: Bot, slack: LocalSlack
) -> None:
    """Anybody may install a webhook and give its messages the marks of ours."""
    slack.add_user("U0HOOK", name="hook", is_bot=True)
    slack.channels["C0REVIEW"].members.append("U0HOOK")
    await bot.start()
    for mark in ("written-1", "flag-1"):
        forged = await slack.say("U0HOOK", "C0REVIEW", "Nothing to see here.")
        forged.blocks = [{"type": "section", "block_id": mark, "text": {"text": "Nothing."}}]
    announcement = await published(bot, slack)

    assert announcement.action_ids() == ["withdraw_answer"]
    assert "How do I book leave?" in words(await card(slack))


@pytest.mark.parametrize(("kind", "warned"), [("channel", True), ("group", False)])
async def test_a_review_channel_that_anybody_may_join_is_told_to_the_operator(
    bot: Bot, slack: LocalSlack, caplog: pytest.LogCaptureFixture, kind: Any, warned: bool
) -> None:
    slack.channels["C0REVIEW"].kind = kind
    await bot.start()
    await bot.app.maintenance.run_once()

    assert ("C0REVIEW is public" in caplog.text) == warned
