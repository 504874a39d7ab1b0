"""`/wiki reindex`, only for admins."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from aiohttp import ClientConnectionError

from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.operations.model import Order
from footnote_bot.bot.slack.reindexing import reindexer
from footnote_bot.bot.slack.rendering.message import Message
from footnote_bot.bot.state.job_log import DatabaseJobs
from footnote_bot.indexers.errors import MassRemoval, RebuildRefused
from footnote_bot.indexers.model import Failed, Progress, SyncScope
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import BOTH_WAYS, Bot
from .test_answering_in_slack import words


@BOTH_WAYS
async def test_others_are_told_no_in_private(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    await slack.command("U0ANNA", "C0TEAM", "/wiki", "reindex")
    reply = await slack.wait_for_ephemeral("U0ANNA")

    assert reply.text == "Only admins may use /wiki reindex."
    assert bot.syncs.started == []


async def test_a_named_admin_may_and_one_who_is_none_any_more_may_not(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.change(admins=frozenset({"U0ANNA"}))
    await bot.start()
    await slack.command("U0ANNA", "C0TEAM", "/wiki", "reindex")
    await slack.wait_for_message("C0TEAM", lambda message: "Reindexed" in message.text)
    slack.people["U0BEN"].is_admin = False
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex")

    assert (await slack.wait_for_ephemeral("U0BEN")).text.startswith("Only admins")
    assert bot.syncs.started == [None]


@BOTH_WAYS
async def test_one_message_shows_progress_and_ends_with_the_report(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.syncs.open.clear()
    bot.syncs.report.failed.append(Failed("secret/plans.md", "not readable"))
    await bot.start()
    delivery = await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex handbook")
    message = await slack.wait_for_message(
        "C0TEAM", lambda message: "120 of 242 pages" in message.text
    )
    acked = delivery.acked  # while it runs
    bot.syncs.open.set()
    await slack.wait_for(lambda: "Reindexed" in message.text)

    assert acked
    assert len(slack.from_app("C0TEAM")) == 1
    assert bot.syncs.started == ["handbook"]
    assert words(message) == (
        "Reindexed handbook; 1 page failed.\n"
        "*handbook*: 3 added, 1 changed, 0 moved or with other readers, 0 removed, 238 unchanged, "
        "1 failed\n"
        "0 passages embedded, 4.2 s"
    )


async def test_a_database_that_is_away_for_a_moment_costs_no_job(
    bot: Bot, slack: LocalSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unfinished job belongs to nobody, and would block every other one."""
    ready, away = DatabaseJobs.ready, [StateUnavailable("away"), StateUnavailable("away")]

    def falters(jobs: DatabaseJobs, job: int) -> None:
        if away:
            raise away.pop()
        ready(jobs, job)

    monkeypatch.setattr(DatabaseJobs, "ready", falters)
    bot.change(adopt_every=0.02)
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex")
    await slack.wait_for_message("C0TEAM", lambda message: "Reindexed" in message.text)

    assert bot.syncs.started == [None]


async def test_which_pages_failed_is_told_to_the_admin_alone(bot: Bot, slack: LocalSlack) -> None:
    """A path may contain more than the members of the channel may read."""
    bot.syncs.report.failed.append(Failed("secret/plans.md", "not <!here> readable"))
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex handbook")
    notice = await slack.wait_for_message(slack.im("U0BEN").id)

    assert words(notice) == (
        "What went wrong in the reindex:\n"
        "*handbook*\n\u2022 secret/plans.md: not &lt;!here&gt; readable"
    )
    assert slack.live_pings(notice) == []
    assert not any("plans" in words(message) for message in slack.from_app("C0TEAM"))


async def test_a_second_one_while_it_runs_says_so(bot: Bot, slack: LocalSlack) -> None:
    bot.syncs.open.clear()
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex")
    await slack.wait_for_message("C0TEAM", lambda message: "120 of" in message.text)
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex")
    reply = await slack.wait_for_ephemeral("U0BEN")

    assert "already running" in reply.text
    assert len(bot.syncs.started) == 1


async def test_while_someone_else_syncs_it_waits_and_then_begins(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    with bot.syncs._running:
        await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex")
        await slack.wait_for_message("C0TEAM", lambda message: "starts when" in words(message))
    await slack.wait_for_message("C0TEAM", lambda message: "Reindexed" in message.text)

    assert len(slack.from_app("C0TEAM")) == 1


async def test_a_refused_removal_is_told_in_its_own_words(bot: Bot, slack: LocalSlack) -> None:
    bot.syncs.error = MassRemoval("90 of 100 pages would go. Allow it with --allow-mass-removal.")
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex")
    await slack.wait_for_message("C0TEAM", lambda message: "ended early" in message.text)
    notice = await slack.wait_for_message(slack.im("U0BEN").id)

    assert "90 of 100 pages would go." in notice.text


async def test_a_wiki_that_ended_early_is_told_among_the_others(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.syncs.report.error = MassRemoval("90 of 100 pages would go <!here>.")
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex")
    message = await slack.wait_for_message("C0TEAM", lambda message: "ended early" in message.text)

    notice = await slack.wait_for_message(slack.im("U0BEN").id)

    assert message.text == "Reindexed nothing; handbook ended early."
    assert "It ended early. 90 of 100 pages would go &lt;!here&gt;." in words(notice)


async def test_any_other_failure_is_a_number(bot: Bot, slack: LocalSlack) -> None:
    bot.syncs.error = KeyError("inner matters")
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex")
    message = await slack.wait_for_message("C0TEAM", lambda message: "wrong" in message.text)

    assert "abc123" in words(message)
    assert "inner matters" not in words(message)


async def test_an_unknown_wiki_names_the_known_ones(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex handbok")
    reply = await slack.wait_for_ephemeral("U0BEN")

    assert reply.text == "There is no wiki called handbok. I know: handbook, space."


async def test_only_the_admin_is_told_where_the_bot_is_no_member(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await slack.command("U0BEN", "C0NOBOT", "/wiki", "reindex")
    reply = await slack.wait_for_ephemeral("U0BEN")
    message = await slack.wait_for_message(
        slack.im("U0BEN").id, lambda message: "Reindexed" in message.text
    )

    assert reply.text == "I am not in this channel, so I sent it to you directly."
    assert message.text.startswith("Reindexed handbook")
    assert len(slack.from_app(slack.im("U0BEN").id)) == 1


async def test_a_reindex_runs_although_its_admin_cannot_be_shown_its_start(
    bot: Bot, slack: LocalSlack
) -> None:
    async def unreachable(_: Message) -> None:
        raise ClientConnectionError

    await bot.start()
    with pytest.raises(ClientConnectionError):
        await bot.app.reindexer.start(Order(), "C0NOBOT", "U0BEN", unreachable)
    message = await slack.wait_for_message(
        slack.im("U0BEN").id, lambda message: "Reindexed" in message.text
    )

    assert message.text.startswith("Reindexed handbook")


@pytest.mark.parametrize("text", ["", "help", "nonsense"])
async def test_help_is_there_for_everyone(bot: Bot, slack: LocalSlack, text: str) -> None:
    await bot.start()
    delivery = await slack.command("U0ANNA", "C0TEAM", "/wiki", text)
    reply = await slack.wait_for_ephemeral("U0ANNA")

    assert delivery.acked
    assert "wiki" in reply.text


async def test_a_stop_says_so_where_progress_is_shown(bot: Bot, slack: LocalSlack) -> None:
    bot.syncs.open.clear()
    bot.syncs.pages = [Progress("handbook", 7, 242)]
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex")
    message = await slack.wait_for_message("C0TEAM", lambda message: "7 of 242" in message.text)
    await bot.stop()

    assert message.text.startswith("Stopped")


@BOTH_WAYS
async def test_after_a_restart_it_goes_on_in_the_same_message(bot: Bot, slack: LocalSlack) -> None:
    bot.syncs.open.clear()
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex handbook --full")
    message = await slack.wait_for_message("C0TEAM", lambda message: "120 of 242" in message.text)
    await bot.stop()
    stopped = message.text
    bot.syncs.open.set()
    await bot.start()
    await slack.wait_for(lambda: "Reindexed handbook" in message.text)

    assert stopped.startswith("Stopped")
    assert len(slack.from_app("C0TEAM")) == 1
    assert [(order.part, order.full) for order in bot.syncs.orders] == [
        (SyncScope("handbook"), True),
        (SyncScope("handbook"), True),
    ]


async def test_what_was_done_is_not_done_again_after_a_restart(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex")
    await slack.wait_for_message("C0TEAM", lambda message: "Reindexed" in message.text)
    assert bot.app.reindexer._working
    await bot.app.reindexer._working
    await bot.stop()
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex space")
    await slack.wait_for(
        lambda: sum("Reindexed" in message.text for message in slack.from_app("C0TEAM")) == 2
    )

    assert bot.syncs.started == [None, "space"]


async def press(slack: LocalSlack, user: str, message: Any, action: str) -> None:
    await slack.click(user, message, action)
    await slack.settled()


@BOTH_WAYS
async def test_an_admin_cancels_it_with_a_button(bot: Bot, slack: LocalSlack) -> None:
    bot.syncs.open.clear()
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex --full")
    message = await slack.wait_for_message("C0TEAM", lambda message: "120 of 242" in message.text)
    await press(slack, "U0BEN", message, "reindex_cancel")
    await slack.wait_for(lambda: message.text.startswith("Cancelled"))

    assert words(message) == "Cancelled all wikis; The index is unchanged."
    assert bot.syncs.stopped.is_set()
    assert bot.syncs.abandoned == 1


async def test_nobody_else_cancels_it(bot: Bot, slack: LocalSlack) -> None:
    bot.syncs.open.clear()
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex")
    message = await slack.wait_for_message("C0TEAM", lambda message: "120 of 242" in message.text)
    await press(slack, "U0ANNA", message, "reindex_cancel")
    reply = await slack.wait_for_ephemeral("U0ANNA")

    assert reply.text == "Only admins may cancel a reindex."
    assert not bot.syncs.stopped.is_set()


async def test_another_wiki_waits_for_its_turn(bot: Bot, slack: LocalSlack) -> None:
    bot.syncs.open.clear()
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex handbook")
    await slack.wait_for_message("C0TEAM", lambda message: "120 of" in message.text)
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex space")
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM")) == 2)
    before = list(bot.syncs.started)
    bot.syncs.open.set()
    await slack.wait_for(lambda: len(bot.syncs.started) == 2)

    assert (before, bot.syncs.started) == (["handbook"], ["handbook", "space"])


@BOTH_WAYS
async def test_a_dry_run_tells_the_pages_to_the_admin_alone(bot: Bot, slack: LocalSlack) -> None:
    bot.syncs.report.planned += ["add secret/plans.md", "remove old.md"]
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex handbook \u2014dry-run")
    message = await slack.wait_for_message("C0TEAM", lambda message: "Nothing" in message.text)
    notice = await slack.wait_for_message(slack.im("U0BEN").id)

    assert bot.syncs.orders[0].dry_run
    assert message.text == "Nothing was changed; this would be done in handbook."
    assert "plans" not in words(message)
    assert "add secret/plans.md" in words(notice)


async def test_a_page_is_named_by_its_link_and_not_in_the_channel(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    link = "<https://wiki.example.com/leave>"
    await slack.command("U0BEN", "C0TEAM", "/wiki", f"reindex {link}")
    await slack.wait_for_message("C0TEAM", lambda message: "Reindexed" in message.text)

    assert bot.syncs.orders[0].part == SyncScope("handbook", page="leave.md")
    assert not any("leave" in words(message) for message in slack.from_app("C0TEAM"))


@BOTH_WAYS
async def test_a_refused_index_is_told_in_the_channel_and_why_to_the_admin(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.syncs.report.error = RebuildRefused("25 of the 30 pages of handbook would be gone at once.")
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex --full")
    message = await slack.wait_for_message("C0TEAM", lambda message: "refused" in message.text)
    notice = await slack.wait_for_message(slack.im("U0BEN").id)

    assert message.text == "The new index was refused, and the old one is kept."
    assert "25 of the 30 pages" in words(notice)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("reindex --fast", "I do not know --fast."),
        ("reindex --full --full", "--full is given twice."),
        ("reindex handbook space", "Name one wiki"),
        ("reindex <https://wiki.example.com/leave> --full", "--full is for a wiki"),
    ],
)
async def test_a_wrong_argument_is_reported_with_the_right_ones(
    bot: Bot, slack: LocalSlack, typed: str, why: str
) -> None:
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", typed)
    reply = await slack.wait_for_ephemeral("U0BEN")

    assert reply.text.startswith(why)
    assert "/wiki reindex [wiki | space | page link] [--full] [--dry-run]" in words(reply)
    assert bot.syncs.orders == []


async def test_the_end_is_told_once_slack_is_back(
    bot: Bot, slack: LocalSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reindexer, "growing_pauses", lambda *_: itertools.repeat(0.01))
    slack.fail_next("chat.update", status=503, times=3)
    bot.syncs.pages = []
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex")
    await slack.wait_for_message("C0TEAM", lambda message: "Reindexed" in message.text)


async def test_members_of_a_named_group_are_admins_as_long_as_they_are_in_it(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.change(admins=frozenset({"@hr"}))
    await bot.start()
    await slack.command("U0ANNA", "C0TEAM", "/wiki", "reindex")
    await slack.wait_for_message("C0TEAM", lambda message: "Reindexed" in message.text)
    slack.add_usergroup("S0HR", handle="hr", users=[])
    await slack.command("U0ANNA", "C0TEAM", "/wiki", "reindex")

    assert (await slack.wait_for_ephemeral("U0ANNA")).text.startswith("Only admins")
    assert bot.syncs.started == [None]
