"""A flag: the form in which a person says what is wrong, the card that reviewers see. Pure."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.feedback.model import Complaint, Flag, FlagState
from bot.model import Answer, Source
from bot.slack.blocks import joined, source_line
from bot.slack.links import origins as origins_of
from bot.slack.message import Block, Message, context, plain_text, section
from bot.slack.mrkdwn import Piece, link, literal, render
from bot.slack.sections import sections
from indexers.prose import plain

FORM = "complaint"
_LONGEST_COMMENT = 1000
_QUESTION_SHOWN = 1000
_CHOICES = {
    Complaint.WRONG: "It is wrong",
    Complaint.OUTDATED: "It is outdated",
    Complaint.INCOMPLETE: "Something is missing",
    Complaint.WRONG_PAGE: "It is from the wrong page",
}


def form(given: int) -> Block:
    """Only the answer's id travels, never what was asked."""
    options = [{"text": plain_text(text), "value": c.value} for c, text in _CHOICES.items()]
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": json.dumps({"answer": given}),
        "title": plain_text("Flag this answer"),
        "submit": plain_text("Send"),
        "close": plain_text("Cancel"),
        "blocks": [
            {
                "type": "input",
                "block_id": "complaint",
                "label": plain_text("What is the matter with it?"),
                "element": {"type": "radio_buttons", "action_id": "choice", "options": options},
            },
            {
                "type": "input",
                "block_id": "comment",
                "optional": True,
                "label": plain_text("What should it say?"),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "words",
                    "multiline": True,
                    "max_length": _LONGEST_COMMENT,
                },
            },
            context("The question, this answer and your words go to the people who keep the wiki."),
        ],
    }


@dataclass(frozen=True, slots=True)
class Filled:
    given: int
    complaint: Complaint
    comment: str


def filled(view: Mapping[str, Any]) -> Filled:
    """What a person entered into the form."""
    values = view["state"]["values"]
    return Filled(
        given=int(json.loads(view["private_metadata"])["answer"]),
        complaint=Complaint(values["complaint"]["choice"]["selected_option"]["value"]),
        comment=values["comment"]["words"].get("value") or "",
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """What a card may show: ``sources`` are those that everyone may read, ``whole``
    that these are all, so that the answer's text may be shown with them. ``person``
    raised it; ``address`` leads to the answer, if there is a way to it."""

    person: str
    sources: tuple[Source, ...]
    whole: bool
    address: str = ""


def card(flag: Flag, shown: Shown, origins: Container[str], *, today: date) -> Message:
    """For the review channel."""
    withdrawn = flag.state is FlagState.WITHDRAWN
    head = (
        f"Flag taken back: {flag.complaint.words}"
        if withdrawn
        else f"Flagged: {flag.complaint.words}"
    )
    asked = plain(flag.given.asked.question)[:_QUESTION_SHOWN]
    blocks = [section(f"*{literal(head)}*"), section(f"*Question*\n{_quoted(asked)}")]
    blocks += [section(text) for text in _answer(flag, shown, origins)]
    lines = [source_line(source, origins, today) for source in shown.sources]
    if not shown.whole:
        hidden = "The rest" if shown.sources else "What was answered"
        lines.append(f"{hidden} is not open to everyone and is not shown here.")
    if lines:
        blocks.append(context(joined(lines)))
    if flag.comment:
        blocks.append(section(f"*{literal(shown.person)}*\n{_quoted(flag.comment)}"))
    by = f"Flagged by {literal(shown.person)}"
    if shown.address:
        by += f" \u00b7 {link(shown.address, 'Open the answer', origins_of([shown.address]))}"
    blocks.append(context(by))
    return Message(literal(f"{head}: {asked}"[:300]), blocks)


def _answer(flag: Flag, shown: Shown, origins: Container[str]) -> list[str]:
    """Its beginning: a card is to be read at a glance, the answer itself is a click away."""
    if not shown.whole:
        return []
    said = flag.given.answer
    notes = [source.url for source in said.sources] if isinstance(said, Answer) else []
    texts = sections(render(said.text, origins, notes), 2_500)
    return [f"*Answer*\n{texts[0]}", *(["\u2026"] if len(texts) > 1 else [])] if texts else []


def _quoted(text: str) -> str:
    """As much of it as one section takes, beside its heading."""
    lines = literal(text).splitlines() or [""]
    quoted = "\n".join(f"&gt; {line}" for line in lines)
    return next(iter(sections([Piece(quoted)], 2_500)), "")
