"""`/wiki reindex`, for admins alone."""

from __future__ import annotations

import pytest

from bot.playground.workspace import LocalSlack
from indexers.errors import MassRemoval
from indexers.model import Failed, Progress

from .conftest import Bot
from .test_answering_in_slack import words


async def test_others_are_told_no_in_private(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    await slack.command("U0ANNA", "C0TEAM", "/wiki", "reindex")
    told = await slack.wait_for_ephemeral("U0ANNA")

    assert told.text == "Only admins can start a reindex."
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
    bot.syncs.open.set()
    await slack.wait_for(lambda: "Reindexed" in message.text)

    assert delivery.acked
    assert delivery.attempts[0].seconds < 0.5
    assert len(slack.from_app("C0TEAM")) == 1
    assert bot.syncs.started == ["handbook"]
    assert words(message) == (
        "Reindexed handbook; 1 page failed.\n"
        "*handbook*: 3 added, 1 changed, 0 relabelled, 0 removed, 238 unchanged, 1 failed\n"
        "0 passages embedded, 4.2 s"
    )


async def test_which_pages_failed_is_told_to_the_admin_alone(bot: Bot, slack: LocalSlack) -> None:
    """A path may say more than those in the channel may read."""
    bot.syncs.report.failed.append(Failed("secret/plans.md", "not <!here> readable"))
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex handbook")
    told = await slack.wait_for_message(slack.im("U0BEN").id)

    assert words(told) == (
        "What went wrong in the reindex:\n"
        "*handbook*\n\u2022 secret/plans.md: not &lt;!here&gt; readable"
    )
    assert slack.live_pings(told) == []
    assert not any("plans" in words(message) for message in slack.from_app("C0TEAM"))


async def test_a_second_one_while_it_runs_says_so(bot: Bot, slack: LocalSlack) -> None:
    bot.syncs.open.clear()
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex")
    await slack.wait_for_message("C0TEAM", lambda message: "120 of" in message.text)
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex")
    told = await slack.wait_for_ephemeral("U0BEN")

    assert "running already" in told.text
    assert len(bot.syncs.started) == 1


async def test_a_sync_that_someone_else_runs_says_so(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    with bot.syncs._running:
        await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex")
        await slack.wait_for_message("C0TEAM", lambda message: "running already" in message.text)


async def test_a_refused_removal_is_told_in_its_own_words(bot: Bot, slack: LocalSlack) -> None:
    bot.syncs.error = MassRemoval("90 of 100 pages would go. Allow it with --allow-mass-removal.")
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex")
    await slack.wait_for_message("C0TEAM", lambda message: "ended early" in message.text)
    told = await slack.wait_for_message(slack.im("U0BEN").id)

    assert "90 of 100 pages would go." in told.text


async def test_a_wiki_that_ended_early_is_told_among_the_others(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.syncs.report.error = MassRemoval("90 of 100 pages would go <!here>.")
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex")
    message = await slack.wait_for_message("C0TEAM", lambda message: "ended early" in message.text)

    told = await slack.wait_for_message(slack.im("U0BEN").id)

    assert message.text == "Reindexed nothing; handbook ended early."
    assert "It ended early. 90 of 100 pages would go &lt;!here&gt;." in words(told)


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
    told = await slack.wait_for_ephemeral("U0BEN")

    assert told.text == "There is no wiki called handbok. I know: handbook, space."


async def test_where_the_bot_is_no_member_the_admin_alone_is_told(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await slack.command("U0BEN", "C0NOBOT", "/wiki", "reindex")
    first = await slack.wait_for_ephemeral("U0BEN")
    last = await slack.wait_for_message(slack.im("U0BEN").id)

    assert first.text.startswith("Reindexing all wikis")
    assert last.text.startswith("Reindexed handbook")


@pytest.mark.parametrize("text", ["", "help", "nonsense"])
async def test_help_is_there_for_everyone(bot: Bot, slack: LocalSlack, text: str) -> None:
    await bot.start()
    delivery = await slack.command("U0ANNA", "C0TEAM", "/wiki", text)
    told = await slack.wait_for_ephemeral("U0ANNA")

    assert delivery.acked
    assert "wiki" in told.text


async def test_a_stop_says_so_where_progress_is_shown(bot: Bot, slack: LocalSlack) -> None:
    bot.syncs.open.clear()
    bot.syncs.pages = [Progress("handbook", 7, 242)]
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex")
    message = await slack.wait_for_message("C0TEAM", lambda message: "7 of 242" in message.text)
    await bot.stop()

    assert message.text.startswith("Stopped")
