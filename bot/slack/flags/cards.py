"""The card that shows reviewers a flag and its state. Pure."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date

from footnote_bot.bot.flags.content import (
    Circumstances,
    FlagCard,
    HistoryLine,
    OpenParts,
    OwnerNote,
    Reminder,
    card_name,
)
from footnote_bot.bot.flags.model import Complaint, Flag, FlagAction, FlagState
from footnote_bot.bot.model import Answer, Result, Source
from footnote_bot.bot.moments import in_words
from footnote_bot.bot.slack.rendering.blocks import joined, quoted, source_line
from footnote_bot.bot.slack.rendering.links import origins as origins_of
from footnote_bot.bot.slack.rendering.message import (
    Block,
    Message,
    actions,
    button,
    context,
    section,
)
from footnote_bot.bot.slack.rendering.mrkdwn import link, literal, render
from footnote_bot.bot.slack.rendering.sections import LIMIT, sections
from footnote_bot.bot.slack.texts import flags as texts
from footnote_bot.indexers.text.prose import plain

TAKE, FIXED, NOT_WRONG, ANSWER, REOPEN = (
    "flag_take", "flag_fixed", "flag_not_wrong", "flag_answer", "flag_reopen",
)  # fmt: skip
"""The buttons' action ids; their value is the flag's id."""

_QUESTION_SHOWN = 1000
_ANSWER_SHOWN = 2_500
_SOURCES_OF_TWO = 1_500
"""Characters of the sources of each answer, if there are two: Slack takes 13,200 in all."""
_STEPS_SHOWN = 12
_HEADS = {
    FlagState.OPEN: texts.FLAGGED,
    FlagState.TAKEN: texts.FLAGGED,
    FlagState.FIXED: texts.FIXED,
    FlagState.NOT_WRONG: texts.NOT_WRONG,
    FlagState.ANSWERED: texts.ANSWERED,
    FlagState.WITHDRAWN: texts.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Allowed:
    """The allowed origins of links: of wikis, and of places where pages are edited."""

    links: frozenset[str]
    edits: frozenset[str]


def card(content: FlagCard, allowed: Allowed, *, today: date) -> Message:
    """Return the card for the review channel."""
    flag, around = content.flag, content.around
    head = texts.heading(_head(flag), flag.complaint.words)
    question = plain(around.question)[:_QUESTION_SHOWN]
    blocks = [section(f"*{literal(head)}*"), section(texts.question(quoted(question)))]
    title = texts.ANSWER if around.again is None else texts.OLD_ANSWER
    blocks += _answer(title, flag.recorded.answer, around.shown, allowed.links)
    lines = _sources(around, allowed, today)
    if lines:
        blocks.append(context(joined(lines, LIMIT if around.again is None else _SOURCES_OF_TWO)))
    if flag.again is not None and around.again is not None:
        blocks += _answer(texts.NEW_ANSWER, flag.again, around.again, allowed.links)
        newer = [source_line(source, allowed.links, today) for source in around.again.sources]
        if newer:
            blocks.append(context(joined(newer, _SOURCES_OF_TWO)))
    if flag.comment:
        blocks.append(section(texts.comment(quoted(flag.comment))))
    blocks.append(context(_by(flag, around)))
    if around.history:
        steps = around.history[-_STEPS_SHOWN:]
        blocks.append(context(joined([_step(step, around.person) for step in steps])))
    if buttons := _buttons(flag):
        blocks.append(actions(*buttons, id_="flag"))
    return Message(literal(f"{head}: {question}"[:300]), blocks).marked(card_name(flag))


def word_to_owner(content: OwnerNote, allowed: Allowed, *, today: date) -> Message:
    """Return the note to the owner of a page, who may not see the card. It quotes no other page,
    because this message is not updated later."""
    flag = content.flag
    head = texts.your_page_was_flagged(flag.complaint.words)
    if flag.complaint is Complaint.UNANSWERED:
        head = texts.YOU_ARE_ASKED
    question = plain(content.question)[:_QUESTION_SHOWN]
    blocks = [section(f"*{literal(head)}*"), section(texts.question(quoted(question)))]
    blocks.append(context(_source(content.source, content.edit, allowed, today)))
    if flag.comment:
        blocks.append(section(texts.comment(quoted(flag.comment))))
    blocks.append(context(_raised_by(flag, content.person)))
    return Message(literal(f"{head}: {question}"[:300]), blocks)


def _raised_by(flag: Flag, person: str) -> str:
    asks = flag.complaint is Complaint.UNANSWERED
    return texts.asked_by(literal(person)) if asks else texts.flagged_by(literal(person))


def _head(flag: Flag) -> str:
    if flag.complaint is Complaint.UNANSWERED and not flag.state.settled:
        return texts.QUESTION_FOR_YOU
    return _HEADS[flag.state]


def _sources(around: Circumstances, allowed: Allowed, today: date) -> list[str]:
    edits = zip(around.shown.sources, around.edits, strict=True)
    lines = [_source(source, edit, allowed, today) for source, edit in edits]
    if not around.shown.whole:
        lines.append(texts.REST_NOT_SHOWN if lines else texts.ANSWER_NOT_SHOWN)
    return lines


def _source(source: Source, edit: str, allowed: Allowed, today: date) -> str:
    line = source_line(source, allowed.links, today)
    edited = link(edit, texts.EDIT_PAGE, allowed.edits)
    longer = f"{line} \u00b7 {edited}"
    # Two long addresses exceed Slack's limit, and it would refuse the whole card.
    return longer if edited.startswith("<") and len(longer) <= LIMIT else line


def _by(flag: Flag, around: Circumstances) -> str:
    parts = [_raised_by(flag, around.person)]
    if around.owner:
        # The card's only mention: of somebody whom Slack found by their address.
        parts.append(texts.page_of(f"<@{around.owner}>"))
    elif around.owner_words:
        parts.append(texts.page_of(literal(around.owner_words[:100])))
    if around.holder and flag.state is FlagState.TAKEN:
        parts.append(texts.is_on_it(literal(around.holder)))
    if around.address:
        parts.append(link(around.address, texts.OPEN_ANSWER, origins_of([around.address])))
    return " \u00b7 ".join(parts)


def _step(step: HistoryLine, flagger: str) -> str:
    """Return a step as a line. The card already names the flagger, so their step need not."""
    is_known = step.name == flagger and step.words == FlagAction.RAISED.words
    when, what = in_words(step.when), literal(step.words)
    if step.name and not is_known:
        return texts.step_by(when, what, literal(step.name))
    return texts.step(when, what)


def _buttons(flag: Flag) -> list[Block]:
    if flag.state is FlagState.WITHDRAWN:
        return []
    if flag.state.settled:
        return [_button(flag, REOPEN, texts.OPEN_AGAIN)]
    return [
        *([_button(flag, TAKE, texts.TAKE)] if flag.state is FlagState.OPEN else []),
        _button(flag, FIXED, texts.FIXED, style="primary"),
        _button(flag, NOT_WRONG, texts.NOT_WRONG),
        _button(flag, ANSWER, texts.WRITE_ANSWER),
    ]


def _button(flag: Flag, action: str, text: str, *, style: str = "") -> Block:
    return button(action, text, str(flag.id), style=style)


def _answer(title: str, result: Result, shown: OpenParts, origins: Container[str]) -> list[Block]:
    """Return the beginning of the answer: a card is read at a glance, and the answer is a click
    away."""
    if not shown.whole:
        return []
    notes = [source.url for source in result.sources] if isinstance(result, Answer) else []
    parts = sections(render(result.text, origins, notes), _ANSWER_SHOWN)
    cut = ["\u2026"] if len(parts) > 1 else []
    return [section(text) for text in [texts.answer(title, parts[0]), *cut]] if parts else []


def reminder(content: Reminder) -> Message:
    waiting = content.waiting
    text = texts.waiting(len(waiting))
    lines = []
    for flag in waiting[:10]:
        words = texts.heading(flag.complaint.words, plain(flag.question))
        lines.append(f"\u2022 {link(flag.address, words, origins_of([flag.address]))}")
    return Message(text, [section(text), context(joined(lines))])
