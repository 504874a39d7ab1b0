"""Messages that are for the bot although they do not mention it."""

from __future__ import annotations

import pytest

from footnote_bot.bot.conversation.addressing import (
    ThreadCommand,
    is_for_me,
    looks_like_question,
    thread_command,
)
from footnote_bot.bot.model import Role


@pytest.mark.parametrize(
    "words",
    ["And for contractors?", "what about part-time staff", "ok, how long does it take",
     "Is it paid? Thanks!", "can I carry it over", "tell me more",
     "\u6709\u7d66\u306f\u4f55\u65e5\u3067\u3059\u304b\uff1f", "so who approves it *exactly?*"],
)  # fmt: skip
def test_questions_are_told_by_their_mark_or_their_beginning(words: str) -> None:
    assert looks_like_question(words)


@pytest.mark.parametrize(
    "words",
    ["I will try that", "perfect, that works", "see https://x.example/?q=1 for more",
     "When I am back, I book it", "how nice", "done", "What a day"],
)  # fmt: skip
def test_all_else_asks_nothing(words: str) -> None:
    assert not looks_like_question(words)


@pytest.mark.parametrize("before", [Role.BOT, Role.ASKER])
def test_the_asker_s_next_question_is_for_the_bot(before: Role) -> None:
    assert is_for_me("And abroad?", "footnote", from_asker=True, before=before)


@pytest.mark.parametrize("before", [Role.OTHER, None])
def test_after_another_person_spoke_it_is_for_them(before: Role | None) -> None:
    assert not is_for_me("And abroad?", "footnote", from_asker=True, before=before)


def test_others_call_the_bot_by_its_name() -> None:
    assert is_for_me("Footnote, and abroad?", "footnote", from_asker=False, before=Role.OTHER)
    assert not is_for_me("And abroad?", "footnote", from_asker=False, before=Role.BOT)
    assert not is_for_me("Is the footnote wrong?", "footnote", from_asker=False, before=Role.BOT)


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ("stop following", ThreadCommand.STOP),
        ("Please stop following this thread.", ThreadCommand.STOP),
        ("unfollow", ThreadCommand.STOP),
        ("stop answering here", ThreadCommand.STOP),
        ("follow this thread", ThreadCommand.START),
        ("start following", ThreadCommand.START),
        ("Who can stop following orders?", None),
        ("stop", None),
        ("I follow", None),
    ],
)
def test_a_thread_command_is_the_whole_message(words: str, command: ThreadCommand | None) -> None:
    assert thread_command(words) is command
