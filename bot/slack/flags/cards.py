"""The card that shows reviewers a flag, and the announcement of a written answer. Pure."""

from __future__ import annotations

import json
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from footnote_bot.bot.flags.content import (
    Circumstances,
    FlagCard,
    HistoryLine,
    OwnerNote,
    Reminder,
    announcement_name,
    card_name,
)
from footnote_bot.bot.flags.model import Announcement, Complaint, End, Flag, FlagAction, FlagState
from footnote_bot.bot.model import Answer, Result, Source
from footnote_bot.bot.moments import in_words
from footnote_bot.bot.slack.rendering.blocks import joined, quoted, source_line
from footnote_bot.bot.slack.rendering.changes import mark_changes
from footnote_bot.bot.slack.rendering.links import origins as origins_of
from footnote_bot.bot.slack.rendering.message import (
    Block,
    Message,
    actions,
    button,
    context,
    section,
)
from footnote_bot.bot.slack.rendering.mrkdwn import Piece, link, literal, render
from footnote_bot.bot.slack.rendering.sections import LIMIT, MESSAGE, sections
from footnote_bot.bot.slack.texts import flags as texts
from footnote_bot.indexers.text.prose import plain

TAKE, FIXED, NOT_WRONG, ANSWER, REOPEN = (
    "flag_take", "flag_fixed", "flag_not_wrong", "flag_answer", "flag_reopen",
)  # fmt: skip
"""The buttons' action ids; their value is the flag's id."""

_QUESTION_SHOWN = 1000
_LEAST_SHOWN = 500
"""Characters of an answer that are shown however long the rest of the card is."""
_HEADING = 100
"""Characters kept free in a section for a heading."""
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
WITHDRAW = "withdraw_answer"
"""The button's action id; its value is the written answer's id."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """The allowed origins of links: of wikis, and of places where pages are edited."""

    links: frozenset[str]
    edits: frozenset[str]


def card(content: FlagCard, allowed: Allowed, *, today: date) -> Message:
    """Return the card for the review channel."""
    flag, circumstances = content.flag, content.around
    head = texts.heading(_head(flag), flag.complaint.words)
    question = plain(circumstances.question)[:_QUESTION_SHOWN]
    above = [section(f"*{literal(head)}*"), _titled(texts.QUESTION, quoted(question))]
    below = [_titled(texts.COMMENT, quoted(flag.comment))] if flag.comment else []
    below.append(context(_people_line(flag, circumstances)))
    if circumstances.history:
        steps = circumstances.history[-_STEPS_SHOWN:]
        below.append(context(joined([_step(step, circumstances.person) for step in steps])))
    if buttons := _buttons(flag):
        below.append(actions(*buttons, id_="flag"))
    old_sources, new_sources = _source_blocks(circumstances, allowed, today)
    room = _room_left([*above, *old_sources, *new_sources, *below])
    old, new = _answers(flag, circumstances, allowed.links, room)
    blocks = [*above, *old, *old_sources, *new, *new_sources, *below]
    return Message(literal(f"{head}: {question}"[:300]), blocks).marked(card_name(flag))


def _source_blocks(
    circumstances: Circumstances, allowed: Allowed, today: date
) -> tuple[list[Block], list[Block]]:
    """Return blocks with the sources of the old answer, and those with the new answer's."""
    old_lines = _sources(circumstances, allowed, today)
    new_sources = circumstances.again.sources if circumstances.again else ()
    new_lines = [source_line(source, allowed.links, today) for source in new_sources]
    limit = LIMIT if circumstances.again is None else _SOURCES_OF_TWO
    return _small_print(old_lines, limit), _small_print(new_lines, limit)


def _small_print(lines: Sequence[str], limit: int) -> list[Block]:
    return [context(joined(lines, limit))] if lines else []


def _room_left(blocks: list[Block]) -> int:
    """Return how many characters a message with ``blocks`` has left for answers."""
    # The notification counts, too; punctuation of JSON does not, and is the reserve.
    return MESSAGE - len(json.dumps(blocks, ensure_ascii=False))


def _answers(
    flag: Flag, circumstances: Circumstances, origins: Container[str], room: int
) -> tuple[list[Block], list[Block]]:
    """Return the blocks of the old answer, and those of the new one if there is one, in ``room``
    characters. An answer that not everyone may read as a whole has none."""
    old = _rendered(flag.recorded.answer, origins) if circumstances.shown.whole else []
    if flag.again is None or circumstances.again is None:
        return _answer(texts.ANSWER, old, room), []
    new = _rendered(flag.again, origins) if circumstances.again.whole else []
    heads = texts.OLD_ANSWER, texts.NEW_ANSWER
    if old == new:
        heads = texts.OLD_ANSWER, texts.SAME_ANSWER
    elif (marked := mark_changes(old, new)) != (old, new):
        (old, new), heads = marked, (texts.OLD_ANSWER_MARKED, texts.NEW_ANSWER_MARKED)
    # Each gets half of the room, and what the other one leaves.
    old_room = max(room // 2, room - _length(new))
    new_room = max(room // 2, room - _length(old))
    return _answer(heads[0], old, old_room), _answer(heads[1], new, new_room)


def _length(pieces: Sequence[Piece]) -> int:
    return sum(len(piece.text) for piece in pieces)


def word_to_owner(content: OwnerNote, allowed: Allowed, *, today: date) -> Message:
    """Return the note to the owner of a page, who perhaps cannot see the flag's card. It quotes no
    other page, because this message is not updated later."""
    flag = content.flag
    head = texts.your_page_was_flagged(flag.complaint.words)
    if flag.complaint is Complaint.UNANSWERED:
        head = texts.YOU_ARE_ASKED
    question = plain(content.question)[:_QUESTION_SHOWN]
    blocks = [
        section(f"*{literal(head)}*"),
        _titled(texts.QUESTION, quoted(question)),
    ]
    blocks.append(context(_source(content.source, content.edit, allowed, today)))
    if flag.comment:
        blocks.append(_titled(texts.COMMENT, quoted(flag.comment)))
    blocks.append(context(_raised_by(flag, content.person)))
    return Message(literal(f"{head}: {question}"[:300]), blocks)


def _raised_by(flag: Flag, person: str) -> str:
    asks = flag.complaint is Complaint.UNANSWERED
    return texts.asked_by(literal(person)) if asks else texts.flagged_by(literal(person))


def _head(flag: Flag) -> str:
    """Return the state of the flag, which begins the card's heading."""
    if flag.complaint is Complaint.UNANSWERED and not flag.state.settled:
        return texts.QUESTION_FOR_YOU
    return _HEADS[flag.state]


def _sources(circumstances: Circumstances, allowed: Allowed, today: date) -> list[str]:
    """Return the old answer's sources that everyone may read, and a note if others are left out."""
    with_edit_urls = zip(circumstances.shown.sources, circumstances.edits, strict=True)
    lines = [_source(source, edit_url, allowed, today) for source, edit_url in with_edit_urls]
    if not circumstances.shown.whole:
        lines.append(texts.REST_NOT_SHOWN if lines else texts.ANSWER_NOT_SHOWN)
    return lines


def _source(source: Source, edit_url: str, allowed: Allowed, today: date) -> str:
    """Return the line of a source, with a link that edits its page, if there is an allowed one."""
    line = source_line(source, allowed.links, today)
    edit_link = link(edit_url, texts.EDIT_PAGE, allowed.edits)
    longer = f"{line} \u00b7 {edit_link}"
    # Two long addresses exceed Slack's limit, and it would refuse the whole card.
    return longer if edit_link.startswith("<") and len(longer) <= LIMIT else line


def _people_line(flag: Flag, circumstances: Circumstances) -> str:
    """Return who flagged, the page's owner and who took the flag, with a link to the answer."""
    parts = [_raised_by(flag, circumstances.person)]
    if circumstances.owner:
        # The card's only mention: of somebody whom Slack found by their address.
        parts.append(texts.page_of(f"<@{circumstances.owner}>"))
    elif circumstances.owner_words:
        parts.append(texts.page_of(literal(circumstances.owner_words[:100])))
    if circumstances.holder and flag.state is FlagState.TAKEN:
        parts.append(texts.is_on_it(literal(circumstances.holder)))
    if circumstances.address:
        parts.append(
            link(circumstances.address, texts.OPEN_ANSWER, origins_of([circumstances.address]))
        )
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


def _titled(title: str, text: str) -> Block:
    return section(f"*{title}*\n{text}")


def _rendered(result: Result, origins: Container[str]) -> Sequence[Piece]:
    """Return the text of an answer as mrkdwn, with its footnotes linked."""
    notes = [source.url for source in result.sources] if isinstance(result, Answer) else []
    return render(result.text, origins, notes)


def _answer(title: str, pieces: Sequence[Piece], room: int) -> list[Block]:
    """Return the answer's sections that fit into ``room`` characters; a note says if more was
    cut."""
    room = max(room, _LEAST_SHOWN)
    parts = sections(pieces, min(LIMIT - _HEADING, room))
    if not parts:
        return []
    ends = accumulate(map(len, parts))
    shown = [part for part, end in zip(parts, ends, strict=True) if end <= room]
    blocks = [_titled(title, shown[0]), *map(section, shown[1:])]
    return blocks if len(shown) == len(parts) else [*blocks, context(texts.REST_TOO_LONG)]


def reminder(content: Reminder) -> Message:
    waiting = content.waiting
    text = texts.waiting(len(waiting))
    lines = []
    for flag in waiting[:10]:
        words = texts.heading(flag.complaint.words, plain(flag.question))
        lines.append(f"\u2022 {link(flag.address, words, origins_of([flag.address]))}")
    return Message(text, [section(text), context(joined(lines))])


def announcement(
    announced: Announcement, by: str, origins: Container[str], today: date, *, in_full: bool
) -> Message:
    """Return the announcement: the answer and its author with a button to withdraw it, or who ended
    it (``by``, a name). ``in_full``: with the answer and its pages, which everyone may read."""
    written = announced.written
    question = plain(written.question)
    asked = _titled(texts.QUESTION, quoted(question[:_QUESTION_SHOWN]))
    blocks = [section(_head_of_announcement(announced, by)), asked]
    if in_full:
        notes = [source.url for source in written.sources]
        blocks += _answer(texts.ANSWER, render(written.text, origins, notes), MESSAGE // 2)
        lines = [f"\u2022 {source_line(source, origins, today)}" for source in written.sources]
        blocks.append(context(joined([texts.BASED_ON, *lines])))
    else:
        blocks.append(context(texts.PUBLISHED_NOT_SHOWN))
    if announced.ended is None:
        label, aloud = texts.WITHDRAW, texts.WITHDRAW_ALOUD
        blocks.append(
            actions(button(WITHDRAW, label, str(written.id), aloud=aloud, style="danger"))
        )
    text = literal(texts.published_answer(question)[:300])
    return Message(text, blocks).marked(announcement_name(announced))


def _head_of_announcement(announced: Announcement, by: str) -> str:
    """Return the sentence that says who published the answer, or how it ended (``by`` whom)."""
    written = announced.written
    # A mention by id: a name in words could be anybody's.
    author = f"<@{written.author}>" if written.author else texts.FORGOTTEN_AUTHOR
    match announced.ended:
        case None:
            return texts.published(author, texts.day(written.expires))
        case End.WITHDRAWN:
            return texts.withdrawn_by(author, literal(by)) if by else texts.withdrawn(author)
        case End.REPLACED:
            return texts.replaced(author)
        case End.LAPSED:
            return texts.lapsed(author)
