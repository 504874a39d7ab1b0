"""A question asked with `/wiki` is not a message, so the bot repeats it in one of its own. Pure."""

from __future__ import annotations

from footnote_bot.bot.foreign import clean
from footnote_bot.bot.slack.rendering.blocks import quoted
from footnote_bot.bot.slack.rendering.message import Message, section
from footnote_bot.bot.slack.rendering.mrkdwn import LOOKS_LIKE_A_TICK
from footnote_bot.bot.slack.texts import commands as texts

_SHOWN = 1000
"""Characters of the question that are repeated."""
_MARK = "&gt; "


def repeated(question: str) -> Message:
    """Return the message. The person's words are only in its blocks: markup in ``text`` would be
    live in Slack."""
    shown = section(texts.you_asked(quoted(question[:_SHOWN])))
    return Message(texts.YOU_ASKED_WITH_WIKI, [shown])


def question_in(text: str, shown: str) -> str:
    """Return the question that a message of the bot's repeats, as Slack escapes it; empty if it is
    another message. ``text`` is its text, and ``shown`` the text of its sections."""
    if text != texts.YOU_ASKED_WITH_WIKI:
        return ""
    _, *lines = shown.splitlines()
    words = "\n".join(line.removeprefix(_MARK) for line in lines)
    return clean(words).replace(LOOKS_LIKE_A_TICK, "`")
