"""The command `/wiki status`: the indexed wikis, as of when, and for admins how syncs went."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from footnote_bot.bot.moments import in_words
from footnote_bot.bot.operations.passes import shown_span
from footnote_bot.bot.operations.ports import Operating
from footnote_bot.bot.slack.commands.call import Call
from footnote_bot.bot.slack.rendering.blocks import joined
from footnote_bot.bot.slack.rendering.message import Block, Message, context, section
from footnote_bot.bot.slack.rendering.mrkdwn import literal
from footnote_bot.bot.slack.rights.people import SlackPeople
from footnote_bot.bot.slack.texts import commands as texts

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Status:
    people: SlackPeople
    operating: Operating

    async def run(self, call: Call) -> None:
        rows = await asyncio.to_thread(self.operating.status)
        await call.respond(overview(rows, whole=await self.people.is_admin(call.person)))


def overview(rows: Mapping[str, Any], *, whole: bool) -> Message:
    """Return the status message. ``rows`` are those of `footnote status --json`; ``whole``: with
    the details for admins, but without the reasons for failed pages, which may be more than an
    admin may read."""
    text = texts.BUILDING if rows["building"] else texts.WHAT_I_READ
    trouble = rows.get("trouble", "") if whole else ""
    why = [context(literal(trouble))] if trouble else []
    return Message(text, [section(text), *why, *wikis(rows, whole=whole)])


def wikis(rows: Mapping[str, Any], *, whole: bool) -> list[Block]:
    """Return the status of each wiki. ``rows`` and ``whole`` as in `overview`."""
    blocks = []
    for name, row in list(rows["wikis"].items())[:_SHOWN]:
        as_of = datetime.fromisoformat(row["as_of"]).astimezone() if row["as_of"] else None
        when = texts.as_of(in_words(as_of)) if as_of else texts.NEVER_READ
        blocks.append(section(texts.wiki_read(literal(name), row["pages"], when)))
        if whole and (lines := list(_health(row))):
            blocks.append(context(joined(map(literal, lines))))
    if (hidden := len(rows["wikis"]) - _SHOWN) > 0:
        blocks.append(context(texts.more_wikis(hidden)))
    return blocks


def _health(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield lines for admins about a wiki: its size, how soon changes count, and failures."""
    yield texts.passages_and_closed_pages(row["passages"], row["closed"])
    edits, others = row["lag_seconds"]["edits"], row["lag_seconds"]["everything_else"]
    lags = []
    if edits["count"]:
        lags.append(texts.edits_reach_answers(*_median_and_p95(edits)))
    if others["count"]:
        lags.append(texts.other_changes_reach_answers(*_median_and_p95(others)))
    if lags:
        yield ". ".join(lags)
    if row["pages_failed"]:
        yield texts.pages_failed(row["pages_failed"])
    if row["warnings"]:
        yield texts.warnings(len(row["warnings"]))
    if row["error"]:
        yield texts.ended_early(row["error"])


def _median_and_p95(lag: Mapping[str, Any]) -> tuple[str, str]:
    """Return the median and the 95th percentile of a lag, in words."""
    return shown_span(lag["p50"]), shown_span(lag["p95"])
