"""Whatever a wiki, a model or a person writes: nothing pings, and nothing leads elsewhere. The text
is a question, a model's answer, a page's title and a flag's comment; one checker judges all output
to Slack."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.model import (
    Answer,
    NoAnswer,
    Question,
    Reason,
    Result,
    Source,
)
from footnote_bot.bot.ports import OnText
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.bot.slack.conftest import (
    LEAVE,
    MANIFEST,
    QUICK,
    Bot,
    bot,
    free_port,
    furnished,
    listening,
    quiet,
    slack,
    transport,
    until,
    words,
)
from tests.long import tries

from .alive import alive
from .hostile import EXAMPLES, LONG, MAIL, TEXTS

__all__ = ["bot", "free_port", "listening", "slack", "transport"]  # fixtures of the Slack tests

HOSTS = frozenset({"wiki.example.com", "local.slack.com", "forge.example.com"})
"""The wiki, the place where its pages are edited, and Slack itself: a card links to its answer."""
SAID = {
    "chat.postMessage", "chat.postEphemeral", "chat.update", "chat.startStream",
    "chat.stopStream", "views.open", "views.update", "assistant.threads.setStatus",
    "assistant.threads.setTitle", "assistant.threads.setSuggestedPrompts",
}  # fmt: skip
"""The inputs for which all ways to answer are used."""


class Parrot:
    """Says ``text`` in each way in which a question can be answered, sentence by sentence."""

    def __init__(self) -> None:
        self.text = ""

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        source = self._source()
        if "nothing" in question.text[:20]:
            return NoAnswer(Reason.NOTHING_FITS, self.text, (replace(source, quote=""),))
        text = f"{self.text}\n\nWrite to {MAIL}. [1] [2]"
        if on_text is not None:
            for part in text.split("\n\n"):
                on_text(f"{part}\n\n")
        return Answer(text, (source, replace(source, url=self.text[:500])), 0.9, composed=True)

    def _source(self) -> Source:
        return replace(LEAVE, title=self.text, heading=self.text, owner=self.text[:60])


async def gone_through(bot: Bot, slack: LocalSlack, parrot: Parrot, text: str) -> Message:
    """Do everything that a person can do with an answer; return the answer in the channel."""
    parrot.text = text
    slack.people["U0ANNA"].name = text[:80] or "anna"
    question = await slack.mention("U0ANNA", "C0TEAM", f"leave: {text}")
    answer = await slack.wait_for_message("C0TEAM", _is_done, thread_ts=question.ts)
    await quiet(bot)
    *_, last = slack.from_app("C0TEAM", question.ts)
    await slack.click("U0BEN", last, "verdict", "negative")
    form = await slack.wait_for_view("U0BEN")
    await slack.submit("U0BEN", form, {"choice": "wrong", "words": text[:1000]})
    card = await slack.wait_for(lambda: next(iter(_new(slack, "C0REVIEW", question.ts)), None))
    await slack.click("U0ANNA", last, "verdict", "positive")
    await slack.dm("U0ANNA", f"leave: {text}")
    await slack.mention("U0ANNA", "C0TEAM", f"nothing: {text}")
    again = await slack.mention("U0ANNA", "C0TEAM", f"leave again: {text}")
    await slack.click("U0BEN", card, "flag_answer")
    writing = await slack.wait_for_view("U0BEN", lambda view: view.callback_id == "writing")
    await slack.close_view("U0BEN", writing)
    await slack.click("U0BEN", card, "flag_fixed")
    await slack.command("U0BEN", "C0TEAM", "/wiki", "flags")
    await slack.command("U0BEN", "C0TEAM", "/wiki", "gaps")
    await slack.command("U0BEN", "C0TEAM", "/wiki", text[:300] or "what?")
    await slack.open_home("U0ANNA", "messages")
    await until(lambda: not bot.app.failures._at_work)
    await slack.edit(again, f"<@{slack.bot_user_id}> leave: {text[::-1]}")
    await quiet(bot)
    return answer


def _is_done(message: Message) -> bool:
    return "Writing\u2026" not in words(message)


def _new(slack: LocalSlack, channel: str, since: str) -> list[Message]:
    return [message for message in slack.from_app(channel) if message.ts > since]


def parroting(bot: Bot) -> Parrot:
    """Make the bot answer with this text, and give its pages this title."""
    parrot = Parrot()
    bot.answering = parrot
    bot.env = replace(bot.env, samples=lambda: [parrot.text])
    bot.change(provider="compatible", model="small", url="http://localhost:1")
    return parrot


@pytest.fixture
def parrot(bot: Bot) -> Parrot:
    return parroting(bot)


@pytest.mark.parametrize("text", [*EXAMPLES.values(), *LONG], ids=lambda text: text[:12])
async def test_nothing_that_leaves_the_bot_is_alive(
    parrot: Parrot, listening: Bot, slack: LocalSlack, text: str
) -> None:
    answer = await gone_through(listening, slack, parrot, text)

    assert alive(slack, HOSTS) == []
    assert MAIL in _whole(slack, answer)
    assert {call.method for call in slack.calls if not call.error} >= SAID
    assert len(slack.ephemerals("U0BEN")) >= len(("flags", "gaps", "what?"))


async def test_code_stays_code(parrot: Parrot, bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    answer = await gone_through(bot, slack, parrot, "Run:\n\n```\n<!here> x@y\n  `id`\n```\n")

    assert "```\n&lt;!here&gt; x@y\n  `id`\n```" in words(answer)


@tries(5)
@given(st.lists(TEXTS, min_size=4, max_size=4))
def test_nor_is_any_mixture(texts: Sequence[str]) -> None:
    asyncio.run(_lived_through(texts))


async def _lived_through(texts: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with LocalSlack(MANIFEST, timing=QUICK) as workspace:
            bot = Bot(furnished(workspace), Path(folder))
            parrot = parroting(bot)
            await bot.start()
            try:
                for text in texts:
                    answer = await gone_through(bot, workspace, parrot, text)
                    assert MAIL in _whole(workspace, answer)
                    assert alive(workspace, HOSTS) == []
            finally:
                await bot.stop()


def _whole(slack: LocalSlack, answer: Message) -> str:
    """Return the answer with its further messages, if it takes more than one."""
    return "".join(map(words, slack.from_app(answer.channel, answer.root)))
