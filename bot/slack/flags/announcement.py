"""The announcement of a written answer in the operator's review channel. Pure."""

from __future__ import annotations

from collections.abc import Container
from datetime import date

from bot.flags.content import announcement_name
from bot.flags.model import Announcement, End
from bot.slack.rendering.blocks import joined, quoted, source_line
from bot.slack.rendering.message import Block, Message, context, plain_text, section
from bot.slack.rendering.mrkdwn import literal, render
from bot.slack.rendering.sections import sections
from indexers.text.prose import plain

WITHDRAW = "withdraw_answer"
"""The button's action id; its value is the written answer's id."""
_QUESTION_SHOWN = 1000
_ANSWER_SHOWN = 2500


def announcement(
    announced: Announcement, by: str, origins: Container[str], today: date, *, in_full: bool
) -> Message:
    """Return the announcement: who published what, with a button to withdraw it, or who ended it
    (``by``, a name). ``in_full``: with the answer and its pages, which everyone may read."""
    one = announced.written
    question = plain(one.question)
    asked = quoted(question[:_QUESTION_SHOWN])
    blocks = [section(_head(announced, by)), section(f"*Question*\n{asked}")]
    if in_full:
        notes = [source.url for source in one.sources]
        shown = sections(render(one.text, origins, notes), _ANSWER_SHOWN)[:1]
        blocks += [section(f"*Answer*\n{text}") for text in shown]
        lines = [f"\u2022 {source_line(source, origins, today)}" for source in one.sources]
        blocks.append(context(joined(["It is based on:", *lines])))
    else:
        blocks.append(context("The answer is not shown here: not everybody here may read it."))
    if announced.ended is None:
        blocks.append(_button(one.id))
    text = literal(f"Published answer: {question}"[:300])
    return Message(text, blocks).marked(announcement_name(announced))


def _head(announced: Announcement, by: str) -> str:
    one = announced.written
    # A mention by id: a name in words could be anybody's.
    author = f"<@{one.author}>" if one.author else "Somebody whose data was deleted"
    until = f"{one.expires.day} {one.expires:%b %Y}"
    if announced.ended is None:
        return f"{author} published an answer. I give it to everybody who asks this, until {until}."
    ended = {
        End.WITHDRAWN: f"was withdrawn{f' by {literal(by)}' if by else ''}",
        End.REPLACED: "was replaced by another one",
        End.LAPSED: "has ended: its time is up, or a page that it is based on was changed",
    }[announced.ended]
    return f"An answer that {author} published {ended}. I no longer give it."


def _button(id_: int) -> Block:
    button = {
        "type": "button",
        "action_id": WITHDRAW,
        "style": "danger",
        "text": plain_text("Withdraw"),
        "value": str(id_),
        "accessibility_label": (
            "Withdraw: stop giving this answer, and retract it where I gave it"
        ),
    }
    return {"type": "actions", "elements": [button]}
