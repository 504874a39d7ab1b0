"""The card that shows reviewers a flag and its state. Pure."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date

from bot.flags.content import (
    Circumstances,
    FlagCard,
    HistoryLine,
    OpenParts,
    OwnerNote,
    Reminder,
    card_name,
)
from bot.flags.model import Complaint, Flag, FlagAction, FlagState
from bot.model import Answer, Result, Source
from bot.moments import in_words
from bot.slack.rendering.blocks import joined, quoted, source_line
from bot.slack.rendering.links import origins as origins_of
from bot.slack.rendering.message import Block, Message, context, plain_text, section
from bot.slack.rendering.mrkdwn import link, literal, render
from bot.slack.rendering.sections import LIMIT, sections
from indexers.text.prose import plain

TAKE, FIXED, NOT_WRONG, ANSWER, REOPEN = (
    "flag_take", "flag_fixed", "flag_not_wrong", "flag_answer", "flag_reopen",
)  # fmt: skip
"""The buttons' action ids; their value is the flag's id."""

_QUESTION_SHOWN = 1000
_ANSWER_SHOWN = 2_500
_STEPS_SHOWN = 12
_HEADS = {
    FlagState.OPEN: "Flagged",
    FlagState.TAKEN: "Flagged",
    FlagState.FIXED: "Fixed",
    FlagState.NOT_WRONG: "Not wrong",
    FlagState.ANSWERED: "Answered",
    FlagState.WITHDRAWN: "Flag withdrawn",
}


@dataclass(frozen=True, slots=True)
class Allowed:
    """The allowed origins of links: of wikis, and of places where pages are edited."""

    links: frozenset[str]
    edits: frozenset[str]


def card(content: FlagCard, allowed: Allowed, *, today: date) -> Message:
    """Return the card for the review channel."""
    flag, around = content.flag, content.around
    head = f"{_head(flag)}: {flag.complaint.words}"
    asked = plain(flag.recorded.asked.question)[:_QUESTION_SHOWN]
    blocks = [section(f"*{literal(head)}*"), section(f"*Question*\n{quoted(asked)}")]
    title = "Answer" if around.again is None else "Old answer"
    blocks += _answer(title, flag.recorded.answer, around.shown, allowed.links)
    lines = _sources(around, allowed, today)
    if lines:
        blocks.append(context(joined(lines)))
    if flag.again is not None and around.again is not None:
        blocks += _answer("New answer", flag.again, around.again, allowed.links)
        newer = [source_line(one, allowed.links, today) for one in around.again.sources]
        if newer:
            blocks.append(context(joined(newer)))
    if flag.comment:
        blocks.append(section(f"*Comment*\n{quoted(flag.comment)}"))
    blocks.append(context(_by(flag, around)))
    if around.history:
        steps = around.history[-_STEPS_SHOWN:]
        blocks.append(context(joined([_step(one, around.person) for one in steps])))
    if actions := _actions(flag):
        blocks.append({"type": "actions", "block_id": "flag", "elements": actions})
    return Message(literal(f"{head}: {asked}"[:300]), blocks).marked(card_name(flag))


def word_to_owner(content: OwnerNote, allowed: Allowed, *, today: date) -> Message:
    """Return the note to the owner of a page, who may not see the card. It quotes no other page,
    because this message is not updated later."""
    flag = content.flag
    head = f"A page of yours was flagged: {flag.complaint.words}"
    if flag.complaint is Complaint.UNANSWERED:
        head = "Somebody asks what the wiki does not say. A page of yours is close to it"
    asked = plain(flag.recorded.asked.question)[:_QUESTION_SHOWN]
    blocks = [section(f"*{literal(head)}*"), section(f"*Question*\n{quoted(asked)}")]
    blocks.append(context(_source(content.source, content.edit, allowed, today)))
    if flag.comment:
        blocks.append(section(f"*Comment*\n{quoted(flag.comment)}"))
    asked_by = "Asked" if flag.complaint is Complaint.UNANSWERED else "Flagged"
    blocks.append(context(f"{asked_by} by {literal(content.person)}"))
    return Message(literal(f"{head}: {asked}"[:300]), blocks)


def _head(flag: Flag) -> str:
    if flag.complaint is Complaint.UNANSWERED and not flag.state.settled:
        return "A question for you"
    return _HEADS[flag.state]


def _sources(around: Circumstances, allowed: Allowed, today: date) -> list[str]:
    edits = zip(around.shown.sources, around.edits, strict=True)
    lines = [_source(source, edit, allowed, today) for source, edit in edits]
    if not around.shown.whole:
        hidden = "The rest" if lines else "What was answered"
        lines.append(f"{hidden} is not open to everyone and is not shown here.")
    return lines


def _source(source: Source, edit: str, allowed: Allowed, today: date) -> str:
    line = source_line(source, allowed.links, today)
    edited = link(edit, "Edit page", allowed.edits)
    longer = f"{line} \u00b7 {edited}"
    # Two long addresses exceed Slack's limit, and it would refuse the whole card.
    return longer if edited.startswith("<") and len(longer) <= LIMIT else line


def _by(flag: Flag, around: Circumstances) -> str:
    asked = flag.complaint is Complaint.UNANSWERED
    parts = [f"{'Asked' if asked else 'Flagged'} by {literal(around.person)}"]
    if around.owner:
        # The only mention on it: of somebody whom Slack found by their address.
        parts.append(f"Page of <@{around.owner}>")
    elif around.owner_words:
        parts.append(f"Page of {literal(around.owner_words[:100])}")
    if around.holder and flag.state is FlagState.TAKEN:
        parts.append(f"{literal(around.holder)} is on it")
    if around.address:
        parts.append(link(around.address, "Open the answer", origins_of([around.address])))
    return " \u00b7 ".join(parts)


def _step(one: HistoryLine, flagger: str) -> str:
    """Return a step as a line. The card has named the flagger already, so that step need not."""
    is_known = one.name == flagger and one.words == FlagAction.RAISED.words
    by = f" by {literal(one.name)}" if one.name and not is_known else ""
    return f"{in_words(one.when)} \u00b7 {literal(one.words)}{by}"


def _actions(flag: Flag) -> list[Block]:
    if flag.state is FlagState.WITHDRAWN:
        return []
    if flag.state.settled:
        return [_button(flag, REOPEN, "Open again")]
    return [
        *([_button(flag, TAKE, "Take")] if flag.state is FlagState.OPEN else []),
        _button(flag, FIXED, "Fixed", style="primary"),
        _button(flag, NOT_WRONG, "Not wrong"),
        _button(flag, ANSWER, "Write the answer"),
    ]


def _button(flag: Flag, action: str, text: str, *, style: str = "") -> Block:
    button: Block = {
        "type": "button",
        "action_id": action,
        "text": plain_text(text),
        "value": str(flag.id),
    }
    return button | {"style": style} if style else button


def _answer(title: str, result: Result, shown: OpenParts, origins: Container[str]) -> list[Block]:
    """Return the beginning of the answer: a card is read at a glance, and the answer is a click
    away."""
    if not shown.whole:
        return []
    notes = [source.url for source in result.sources] if isinstance(result, Answer) else []
    texts = sections(render(result.text, origins, notes), _ANSWER_SHOWN)
    cut = ["\u2026"] if len(texts) > 1 else []
    return [section(text) for text in [f"*{title}*\n{texts[0]}", *cut]] if texts else []


def reminder(content: Reminder) -> Message:
    waiting = content.waiting
    many = len(waiting) > 1
    text = f"{len(waiting)} flags are waiting." if many else "A flag is waiting."
    lines = []
    for one in waiting[:10]:
        words = f"{one.complaint.words}: {plain(one.question)}"
        lines.append(f"\u2022 {link(one.address, words, origins_of([one.address]))}")
    return Message(text, [section(text), context(joined(lines))])
