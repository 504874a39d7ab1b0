"""The search goes away under the running bot, and comes back: questions wait."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from footnote_bot.bot.conversation import search_outage
from footnote_bot.bot.conversation.replies import GIVE_UP, WAITS
from footnote_bot.bot.conversation.search_outage import SearchOutage
from footnote_bot.bot.conversation.texts import NO_SEARCH
from footnote_bot.bot.model import NoAnswer, Question, Reason, Result
from footnote_bot.bot.ports import OnText
from footnote_bot.indexers.errors import IndexUnavailable
from footnote_bot.indexers.model import EVERYONE, Principal
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import Bot, quiet, until

AWAY = IndexUnavailable("The Qdrant server at http://qdrant:6333 does not answer.")


@pytest.fixture
async def away(bot: Bot) -> Bot:
    """The running bot, whose index is away."""
    bot.env = replace(
        bot.env, adopt_every=0.02, checks={"index": lambda: str(bot.handbook.error or "")}
    )
    await bot.start()
    bot.handbook.error = AWAY
    return bot


def said(slack: LocalSlack, question: Message) -> list[str]:
    return [reply.text for reply in slack.from_app("C0TEAM") if reply.thread_ts == question.ts]


async def waiting(slack: LocalSlack, words: str = "leave?") -> Message:
    question = await slack.mention("U0ANNA", "C0TEAM", words)
    await slack.wait_for(lambda: said(slack, question) == [WAITS.text])
    return question


async def answered(slack: LocalSlack, question: Message) -> None:
    await slack.wait_for(lambda: any("calendar" in text for text in said(slack, question)))


async def test_a_question_is_told_that_it_waits_and_then_answered_once_in_the_same_message(
    away: Bot, slack: LocalSlack
) -> None:
    question = await waiting(slack)
    (notice,) = slack.from_app("C0TEAM")
    away.handbook.error = None
    await answered(slack, question)
    await quiet(away)

    (answer,) = slack.from_app("C0TEAM")
    assert answer.ts == notice.ts
    assert answer.text.startswith("Book leave")


async def test_no_question_is_lost_or_answered_twice_though_the_search_goes_away_again(
    away: Bot, slack: LocalSlack
) -> None:
    questions = [await waiting(slack, f"leave {number}?") for number in range(6)]
    away.handbook.error = None
    await answered(slack, questions[0])
    away.handbook.error = AWAY
    questions += [await slack.mention("U0ANNA", "C0TEAM", f"leave {n}?") for n in range(6, 12)]
    await slack.settled()
    away.handbook.error = None
    for question in questions:
        await answered(slack, question)
    await quiet(away)

    assert Counter(len(said(slack, question)) for question in questions) == {1: 12}


async def test_while_it_is_away_the_index_is_not_asked_for_each_question(
    away: Bot, slack: LocalSlack
) -> None:
    """A server that hangs would keep a worker for each."""
    await waiting(slack)
    asked = len(away.handbook.asked)
    for number in range(5):
        await waiting(slack, f"leave {number}?")

    assert len(away.handbook.asked) == asked == 1


def test_only_one_question_tries_whether_the_search_is_back() -> None:
    class Answers:
        is_away = True

        def answer(self, question: Question, on_text: OnText | None = None) -> Result:
            if self.is_away:
                raise IndexUnavailable("The server is away.")
            return NoAnswer(Reason.NOTHING_FITS, "")

    answers, problems = Answers(), ["away", "", ""]
    search = SearchOutage(answers, lambda: problems.pop(0), lambda: 0.0)
    question = Question("leave?", Principal.of(EVERYONE))
    with pytest.raises(IndexUnavailable):
        search.answer(question)
    tried = [search.retries(), search.retries()]
    answers.is_away = False
    search.answer(question)

    assert tried == [0, 1]
    assert search.retries() > 100


async def test_a_waiting_question_outlives_the_bot(away: Bot, slack: LocalSlack) -> None:
    question = await waiting(slack)
    await away.kill()
    await away.start()
    await until(lambda: len(away.handbook.asked) == 2)
    await quiet(away)
    told = said(slack, question)
    away.handbook.error = None
    await answered(slack, question)
    await quiet(away)

    assert told == [WAITS.text]
    assert len(slack.from_app("C0TEAM")) == 1


async def test_a_waiting_question_that_is_edited_is_answered_as_it_reads_then(
    away: Bot, slack: LocalSlack
) -> None:
    question = await waiting(slack, "lunch?")
    await slack.edit(question, f"<@{slack.bot_user_id}> leave?")
    await slack.settled()
    await quiet(away)
    away.handbook.error = None
    await answered(slack, question)
    await quiet(away)

    assert len(slack.from_app("C0TEAM")) == 1


async def test_a_waiting_question_that_is_deleted_loses_its_notice(
    away: Bot, slack: LocalSlack
) -> None:
    question = await waiting(slack)
    await slack.delete(question)
    await slack.wait_for(lambda: not slack.from_app("C0TEAM"))
    away.handbook.error = None
    await quiet(away)

    assert not slack.from_app("C0TEAM")


async def test_a_question_that_waits_for_too_long_is_told_so(away: Bot, slack: LocalSlack) -> None:
    question = await waiting(slack)
    away.now += timedelta(seconds=GIVE_UP)
    await slack.wait_for(lambda: any(NO_SEARCH in text for text in said(slack, question)))
    away.handbook.error = None
    await quiet(away)

    assert len(said(slack, question)) == 1
    assert len(away.handbook.asked) == 1


async def test_the_log_says_once_that_it_is_away_and_once_that_it_is_back(
    away: Bot, slack: LocalSlack, caplog: pytest.LogCaptureFixture
) -> None:
    question = [await waiting(slack, f"leave {number}?") for number in range(3)][-1]
    away.handbook.error = None
    await answered(slack, question)
    await quiet(away)

    loud = [record for record in caplog.records if record.name == search_outage.__name__]
    assert [record.levelname for record in loud] == ["ERROR", "WARNING"]
    assert "Questions wait" in loud[0].getMessage()
    assert "work again" in loud[1].getMessage()
