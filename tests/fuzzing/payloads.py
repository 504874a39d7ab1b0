"""What people write in Slack: messages and commands."""

from __future__ import annotations

import re
from contextlib import suppress

from hypothesis import strategies as st

from footnote_bot.bot.slack.commands.call import Misused, options, person, words_of
from footnote_bot.bot.slack.events.parsing import Identity, SlackText, parse_event

from .model import Target

ME = Identity(team="T0", user="U0BOT", bot="B0")
TEXT = SlackText(ME)
_MARKUP = st.lists(
    st.sampled_from(
        [
            "<@U0BOT>", "<@U0BOT|x>", "<@U1>", "<#C1|a>", "<!here>", "<!subteam^S1|x>",
            "<https://a.b|c>",
            "<", ">", "|", "&lt;", "&amp;", "&", " ", "\n", "\x00", "\ud800", "\u202e", "this",
            "leave?",
            "@", "!", "^", "--x", "\u2014x", "\u2014", "-", "```", "`", "*", "  \t ", "é",
        ]
    ),
    max_size=60,
).map("".join)  # fmt: skip


def read_message(text: str) -> int:
    event = {
        "type": "message",
        "channel_type": "im",
        "channel": "D1",
        "user": "U1",
        "ts": "1764000000.000100",
        "text": text,
        "attachments": [{"is_share": True, "text": text}],
    }
    message = parse_event({"event_id": "Ev1", "event": event}, ME)
    assert message is not None
    message.text.encode()
    return len(TEXT.plain(message.text, {})) + len("".join(TEXT.people_named(message.text)))


def read_command(text: str) -> int:
    words = words_of(text)
    with suppress(Misused):
        options(words, {"--full"})
    for word in words:
        with suppress(Misused):
            assert re.fullmatch("[UW][A-Z0-9]+", person(word))
    return sum(map(len, words))


PAYLOADS = (
    Target("Slack messages", _MARKUP, read_message, lambda text: 40 * len(text) + 1_000),
    Target("Slack commands", _MARKUP, read_command, len),
)
