"""The command `/wiki status`: what is indexed, as of when, and for admins how syncs went."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.moments import in_words
from bot.operations.passes import shown_span
from bot.operations.ports import Operating
from bot.slack.commands.call import Call, For, Misused, Subcommand
from bot.slack.rendering.blocks import joined
from bot.slack.rendering.message import Block, Message, context, section
from bot.slack.rendering.mrkdwn import literal
from bot.slack.rights.people import SlackPeople
from indexers.text.counting import counted

BUILDING = "A new index is being built; until it is ready I may miss pages."
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Status:
    people: SlackPeople
    operating: Operating

    @property
    def subcommand(self) -> Subcommand:
        says = "which wikis I read, and as of when"
        return Subcommand("status", says, self.run, For.MEMBERS)

    async def run(self, call: Call) -> None:
        if call.words:
            raise Misused("This command takes no arguments.")
        rows = await asyncio.to_thread(self.operating.status)
        await call.respond(overview(rows, whole=await self.people.is_admin(call.person)))


def overview(rows: Mapping[str, Any], *, whole: bool) -> Message:
    """Return the status message. ``rows`` are those of `footnote status --json`; ``whole``: with
    the details for admins, but without the reasons for failed pages, which may be more than an
    admin may read."""
    text = BUILDING if rows["building"] else "What I read:"
    trouble = rows.get("trouble", "") if whole else ""
    why = [context(literal(trouble))] if trouble else []
    return Message(text, [section(text), *why, *wikis(rows, whole=whole)])


def wikis(rows: Mapping[str, Any], *, whole: bool) -> list[Block]:
    """Return the same without its heading."""
    blocks = []
    for name, row in list(rows["wikis"].items())[:_SHOWN]:
        as_of = datetime.fromisoformat(row["as_of"]).astimezone() if row["as_of"] else None
        when = f"as of {in_words(as_of)}" if as_of else "never read to its end yet"
        blocks.append(section(f"*{literal(name)}*: {counted(row['pages'], 'page')}, {when}"))
        if whole and (lines := list(_health(row))):
            blocks.append(context(joined(map(literal, lines))))
    if (more := len(rows["wikis"]) - _SHOWN) > 0:
        blocks.append(context(f"And {more:,} more; `footnote status` has all."))
    return blocks


def _health(row: Mapping[str, Any]) -> Iterator[str]:
    yield f"{counted(row['passages'], 'passage')}, {counted(row['closed'], 'page')} nobody can read"
    lags = {"edits": "edits", "everything_else": "all else"}
    shown = [
        f"{words} after {shown_span(lag['p50'])} (p95 {shown_span(lag['p95'])})"
        for kind, words in lags.items()
        if (lag := row["lag_seconds"][kind])["count"]
    ]
    if shown:
        yield f"In answers: {', '.join(shown)}"
    if row["failed"]:
        yield f"{counted(len(row['failed']), 'page')} failed; `footnote status` says which"
    if row["warnings"]:
        yield f"{counted(len(row['warnings']), 'warning')}; `footnote status` says which"
    if row["error"]:
        yield f"The last sync ended early: {row['error']}"
