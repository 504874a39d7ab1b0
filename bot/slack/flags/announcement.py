"""The announcement of a written answer in the operator's review channel. Pure."""

from __future__ import annotations

from collections.abc import Container
from datetime import date

from footnote_bot.bot.flags.content import announcement_name
from footnote_bot.bot.flags.model import Announcement, End
from footnote_bot.bot.slack.rendering.blocks import joined, quoted, source_line
from footnote_bot.bot.slack.rendering.message import Message, actions, button, context, section
from footnote_bot.bot.slack.rendering.mrkdwn import literal, render
from footnote_bot.bot.slack.rendering.sections import sections
from footnote_bot.bot.slack.texts import flags as texts
from footnote_bot.indexers.text.prose import plain

WITHDRAW = "withdraw_answer"
"""The button's action id; its value is the written answer's id."""
_QUESTION_SHOWN = 1000
_ANSWER_SHOWN = 2500


def announcement(
    announced: Announcement, by: str, origins: Container[str], today: date, *, in_full: bool
) -> Message:
    """Return the announcement: the answer and its author with a button to withdraw it, or who ended
    it (``by``, a name). ``in_full``: with the answer and its pages, which everyone may read."""
    written = announced.written
    question = plain(written.question)
    quotation = quoted(question[:_QUESTION_SHOWN])
    blocks = [section(_head(announced, by)), section(texts.question(quotation))]
    if in_full:
        notes = [source.url for source in written.sources]
        shown = sections(render(written.text, origins, notes), _ANSWER_SHOWN)[:1]
        blocks += [section(texts.answer(texts.ANSWER, text)) for text in shown]
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


def _head(announced: Announcement, by: str) -> str:
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
