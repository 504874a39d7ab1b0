"""A question asked with `/wiki`, which is no message, repeated as one of the bot's. Pure."""

from __future__ import annotations

from bot.foreign import clean
from bot.slack.rendering.blocks import quoted
from bot.slack.rendering.message import Message, section
from bot.slack.rendering.mrkdwn import LOOKS_LIKE_A_TICK
from bot.slack.texts import commands as texts

_SHOWN = 1000
"""Characters of the question that are repeated."""
_MARK = "&gt; "


def repeated(question: str) -> Message:
    """Return the message. Its text is not the person's words: what is not in blocks would be live
    in Slack."""
    shown = section(texts.you_asked(quoted(question[:_SHOWN])))
    return Message(texts.YOU_ASKED_WITH_WIKI, [shown])


def question_in(text: str, shown: str) -> str:
    """Return the question that a message of the bot's repeats, as Slack escapes it; empty if it is
    another message. ``text`` is its text, and ``shown`` what its sections say."""
    if text != texts.YOU_ASKED_WITH_WIKI:
        return ""
    _, *lines = shown.splitlines()
    words = "\n".join(line.removeprefix(_MARK) for line in lines)
    return clean(words).replace(LOOKS_LIKE_A_TICK, "`")
