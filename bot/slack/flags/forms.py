"""The forms of feedback: what is wrong with an answer, and what the right one is. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.flags.content import AnswerForm, ComplaintForm, page_name
from bot.flags.model import Complaint
from bot.foreign import clean
from bot.model import Source
from bot.slack.rendering.blocks import quoted
from bot.slack.rendering.message import Block, context, plain_text, section
from bot.slack.rendering.mrkdwn import LOOKED_AT, literal
from indexers.text.prose import plain

COMPLAINT = "complaint"
WRITING = "writing"
_LONGEST_COMMENT = 1000
_LONGEST_ANSWER = 2500
_LONGEST_QUESTION = 1000
_MOST_PAGES = 10
_CHOICES = {
    Complaint.WRONG: "It is wrong",
    Complaint.OUTDATED: "It is outdated",
    Complaint.INCOMPLETE: "Something is missing",
    Complaint.WRONG_PAGE: "It is from the wrong page",
}


def complaint(answer: int) -> Block:
    """Return the form of a complaint. Only the answer's id passes through Slack, never the
    question."""
    options = [{"text": plain_text(text), "value": c.value} for c, text in _CHOICES.items()]
    return _modal(
        COMPLAINT,
        {"answer": answer},
        "Flag this answer",
        [
            {
                "type": "input",
                "block_id": "complaint",
                "label": plain_text("What is wrong with it?"),
                "element": {"type": "radio_buttons", "action_id": "choice", "options": options},
            },
            _text("comment", "What should it say?", "", _LONGEST_COMMENT, optional=True),
            context("The question, this answer and your words go to the people who keep the wiki."),
        ],
    )


def complained(view: Mapping[str, Any]) -> ComplaintForm:
    """Return a person's entries in the form."""
    values = view["state"]["values"]
    return ComplaintForm(
        answer=int(json.loads(view["private_metadata"])["answer"]),
        complaint=Complaint(values["complaint"]["choice"]["selected_option"]["value"]),
        comment=_entered(values["comment"]["words"]),
    )


def please_wait() -> Block:
    """Return a placeholder: a form must open within three seconds, but its content may take
    longer."""
    blocks = [section("One moment\u2026")]
    return {"type": "modal", "title": plain_text("Write the answer"), "blocks": blocks}


def refusal(words: str) -> Block:
    blocks = [section(literal(words))]
    return {"type": "modal", "title": plain_text("Write the answer"), "blocks": blocks}


def writing(flag: int, question: str, pages: Sequence[Source], until: date) -> Block:
    """Return the form for an answer to ``question``, the flagged one, that cites some of ``pages``
    (at least one) and is valid ``until`` a day."""
    options = [
        {"text": plain_text(clean(page.title[:LOOKED_AT])[:75] or "Page"), "value": page_name(page)}
        for page in pages[:_MOST_PAGES]
    ]
    return _modal(
        WRITING,
        {"flag": flag},
        "Write the answer",
        [
            section(f"*To the question*\n{quoted(plain(question)[:_LONGEST_QUESTION])}"),
            _text("answer", "The answer", "", _LONGEST_ANSWER),
            {
                "type": "input",
                "block_id": "pages",
                "label": plain_text("Which pages is it based on?"),
                "hint": plain_text(
                    "People who may read all of them get it. Once one of them changes, nobody does."
                ),
                "element": {"type": "checkboxes", "action_id": "chosen", "options": options},
            },
            {
                "type": "input",
                "block_id": "until",
                "label": plain_text("Until when is it valid?"),
                "element": {
                    "type": "datepicker",
                    "action_id": "day",
                    "initial_date": until.isoformat(),
                },
            },
        ],
    )


def wrote(view: Mapping[str, Any]) -> AnswerForm:
    """Return a reviewer's entries in the form."""
    values = view["state"]["values"]
    return AnswerForm(
        flag=int(json.loads(view["private_metadata"])["flag"]),
        answer=_entered(values["answer"]["words"]),
        pages=frozenset(one["value"] for one in values["pages"]["chosen"]["selected_options"]),
        until=date.fromisoformat(values["until"]["day"]["selected_date"]),
    )


def _entered(field: Mapping[str, Any]) -> str:
    """Return the visible text of an entry; empty if there is none."""
    return clean(field.get("value") or "").strip()


def _modal(name: str, subject: Mapping[str, int], title: str, blocks: Sequence[Block]) -> Block:
    return {
        "type": "modal",
        "callback_id": name,
        "private_metadata": json.dumps(subject),
        "title": plain_text(title),
        "submit": plain_text("Send"),
        "close": plain_text("Cancel"),
        "blocks": list(blocks),
    }


def _text(block: str, label: str, value: str, longest: int, *, optional: bool = False) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": "words",
        "multiline": True,
        "max_length": longest,
    }
    if value:
        element["initial_value"] = value[:longest]
    return {
        "type": "input",
        "block_id": block,
        "optional": optional,
        "label": plain_text(label),
        "element": element,
    }
