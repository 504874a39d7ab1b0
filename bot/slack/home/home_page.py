"""The page in the bot's Home tab, part by part. Pure."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from footnote_bot.bot.flags.insights import Gap
from footnote_bot.bot.flags.model import Flag, FlagState, Often, Volume
from footnote_bot.bot.slack.commands import status
from footnote_bot.bot.slack.reindexing import reports
from footnote_bot.bot.slack.rendering.blocks import ago, joined
from footnote_bot.bot.slack.rendering.figures import asked, question, stale, volume
from footnote_bot.bot.slack.rendering.links import origins as origins_of
from footnote_bot.bot.slack.rendering.message import Block, context, plain_text, section
from footnote_bot.bot.slack.rendering.mrkdwn import link, literal
from footnote_bot.bot.slack.texts import commands as command_texts
from footnote_bot.bot.slack.texts import home as texts

FLAGS_SHOWN = 10
_FAILING_SHOWN = 10
_MOST_BLOCKS = 100
_MOST_BYTES = 200_000
"""Slack takes 250 kB, and counts more than the blocks."""


@dataclass(frozen=True, slots=True)
class HomeSection:
    """A part of the page, below its ``heading`` (at most 150 characters), if it has one."""

    heading: str
    blocks: Sequence[Block]


def view(parts: Iterable[HomeSection]) -> Block:
    """Return the parts that fit on one page, with a line that says so if some do not."""
    blocks: list[Block] = []
    for part in parts:
        if part.heading:
            blocks.append({"type": "header", "text": plain_text(part.heading)})
        blocks += part.blocks
    if not _fits(blocks):
        while not _fits([*blocks, context(texts.CUT)]):
            blocks.pop()
        blocks.append(context(texts.CUT))
    return {"type": "home", "blocks": blocks}


def _fits(blocks: Sequence[Block]) -> bool:
    return len(blocks) <= _MOST_BLOCKS and len(json.dumps(blocks)) <= _MOST_BYTES


def asking(examples: Sequence[str]) -> list[Block]:
    """Return how to ask. ``examples`` are questions that the wikis answer; there may be none."""
    lines = [f"\u2022 {question(example)}" for example in examples]
    return [
        section(command_texts.INTRODUCTION),
        *([context(joined([texts.FOR_EXAMPLE, *lines]))] if lines else []),
        context(texts.SEE_HELP),
    ]


def wikis(rows: Mapping[str, Any], *, whole: bool) -> list[Block]:
    """Return the wikis. ``rows`` are those of `footnote status --json`; ``whole``: with the details
    for admins."""
    building = [context(command_texts.BUILDING)] if rows["building"] else []
    troubles = _troubles(rows) if whole else []
    return [*building, *status.wikis(rows, whole=whole), *troubles]


def _troubles(rows: Mapping[str, Any]) -> list[Block]:
    """Return what went wrong in the last syncs; nothing if all went well."""
    failing = {name: row for name, row in rows["wikis"].items() if row["error"] or row["failed"]}
    blocks = [section(texts.WENT_WRONG)] if failing else []
    for name, row in list(failing.items())[:_FAILING_SHOWN]:
        blocks.append(section(reports.troubles(name, row["error"], list(row["failed"].items()))))
    if (more := len(failing) - _FAILING_SHOWN) > 0:
        blocks.append(context(texts.more_failing(more)))
    return blocks


def flags(
    open_flags: Sequence[Flag], questions: Sequence[str], addresses: Sequence[str], today: date
) -> list[Block]:
    """Return the person's open flags. The first `FLAGS_SHOWN` have their ``questions``, and
    ``addresses`` that lead to their answers; an empty one makes no link."""
    blocks: list[Block] = []
    for flag, words, address in zip(open_flags[:FLAGS_SHOWN], questions, addresses, strict=True):
        state = texts.SOMEBODY_IS_ON_IT if flag.state is FlagState.TAKEN else texts.OPEN
        when = texts.flagged(ago(flag.raised.date(), today))
        parts = [f"*{state}*", literal(flag.complaint.words), when]
        if address:
            parts.append(link(address, texts.OPEN_ANSWER, origins_of([address])))
        blocks.append(section(question(words)))
        blocks.append(context(" \u00b7 ".join(parts)))
    if (more := len(open_flags) - FLAGS_SHOWN) > 0:
        blocks.append(context(texts.more_flags(more)))
    return blocks or [context(texts.NO_FLAGS)]


def volumes(by_days: Mapping[int, Volume]) -> list[Block]:
    """Return the statistics for admins, by the number of days they cover."""
    lines = [texts.last_days(days, volume(figures)) for days, figures in by_days.items()]
    return [section(joined(lines))]


def unanswered(gaps: Sequence[Gap], private: int, today: date) -> list[Block]:
    """Return unanswered questions for admins; ``private`` more are shown to nobody."""
    blocks: list[Block] = []
    for gap in gaps:
        blocks.append(section(question(gap.latest.asked.question)))
        blocks.append(context(asked(gap, today)))
    if private:
        blocks.append(context(texts.kept_private(private)))
    return blocks or [context(texts.NO_GAPS)]


def stale_pages(pages: Sequence[Often], origins: Container[str], today: date) -> list[Block]:
    """Return stale pages for an admin who may read them all."""
    lines = [section(stale(page, origins, today)) for page in pages]
    return lines or [context(texts.NO_STALE_PAGES)]
