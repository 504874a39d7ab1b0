"""The forms of feedback: a complaint about an answer, and the right answer. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from footnote_bot.bot.flags.content import AnswerForm, ComplaintForm, page_name
from footnote_bot.bot.flags.model import Complaint
from footnote_bot.bot.foreign import clean
from footnote_bot.bot.model import Source
from footnote_bot.bot.slack.rendering.blocks import quoted
from footnote_bot.bot.slack.rendering.message import (
    Block,
    context,
    entry,
    form,
    modal,
    plain_text,
    section,
)
from footnote_bot.bot.slack.rendering.mrkdwn import LOOKED_AT, literal
from footnote_bot.bot.slack.texts import flags as texts
from footnote_bot.indexers.text.prose import plain

COMPLAINT = "complaint"
WRITING = "writing"
_LONGEST_COMMENT = 1000
_LONGEST_ANSWER = 2500
_LONGEST_QUESTION = 1000
_MOST_PAGES = 10
_CHOICES = {
    Complaint.WRONG: texts.IT_IS_WRONG,
    Complaint.OUTDATED: texts.IT_IS_OUTDATED,
    Complaint.INCOMPLETE: texts.SOMETHING_IS_MISSING,
    Complaint.WRONG_PAGE: texts.FROM_WRONG_PAGE,
}


def complaint(answer: int) -> Block:
    """Return the form of a complaint. Only the answer's id passes through Slack, never the
    question."""
    options = [{"text": plain_text(text), "value": kind.value} for kind, text in _CHOICES.items()]
    choice: Block = {"type": "radio_buttons", "action_id": "choice", "options": options}
    comment = _text_field(_LONGEST_COMMENT)
    blocks = [
        entry("complaint", texts.WHAT_IS_WRONG, choice),
        entry("comment", texts.WHAT_SHOULD_IT_SAY, comment, optional=True),
        context(texts.REVIEWERS_SEE),
    ]
    return _form(COMPLAINT, {"answer": answer}, texts.FLAG_ANSWER, blocks)


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
    return modal(texts.WRITE_ANSWER, [section(texts.ONE_MOMENT)])


def refusal(words: str) -> Block:
    """Return a form that only says why no answer can be written."""
    return modal(texts.WRITE_ANSWER, [section(literal(words))])


def writing(flag: int, question: str, pages: Sequence[Source], until: date) -> Block:
    """Return the form for an answer to ``question``, the flagged one, that cites some of ``pages``
    (at least one) and is valid ``until`` a day."""
    options = [
        {
            "text": plain_text(clean(page.title[:LOOKED_AT])[:75] or texts.PAGE),
            "value": page_name(page),
        }
        for page in pages[:_MOST_PAGES]
    ]
    chosen: Block = {"type": "checkboxes", "action_id": "chosen", "options": options}
    day: Block = {"type": "datepicker", "action_id": "day", "initial_date": until.isoformat()}
    blocks = [
        section(f"*{texts.TO_QUESTION}*\n{quoted(plain(question)[:_LONGEST_QUESTION])}"),
        entry("answer", texts.THE_ANSWER, _text_field(_LONGEST_ANSWER)),
        entry("pages", texts.WHICH_PAGES, chosen, hint=texts.WHO_GETS_IT),
        entry("until", texts.UNTIL_WHEN, day),
    ]
    return _form(WRITING, {"flag": flag}, texts.WRITE_ANSWER, blocks)


def wrote(view: Mapping[str, Any]) -> AnswerForm:
    """Return a reviewer's entries in the form."""
    values = view["state"]["values"]
    return AnswerForm(
        flag=int(json.loads(view["private_metadata"])["flag"]),
        answer=_entered(values["answer"]["words"]),
        pages=frozenset(
            option["value"] for option in values["pages"]["chosen"]["selected_options"]
        ),
        until=date.fromisoformat(values["until"]["day"]["selected_date"]),
    )


def _entered(field: Mapping[str, Any]) -> str:
    """Return the visible text of an entry; empty if there is none."""
    return clean(field.get("value") or "").strip()


def _form(name: str, subject: Mapping[str, int], title: str, blocks: Sequence[Block]) -> Block:
    return form(name, subject, title, blocks, submit=texts.SEND, close=texts.CANCEL)


def _text_field(longest: int) -> Block:
    text: Block = {"type": "plain_text_input", "action_id": "words"}
    return text | {"multiline": True, "max_length": longest}
