"""How far a sync is and what it did, as Slack messages. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.slack.blocks import joined
from bot.slack.message import Message, context, say, section
from bot.slack.mrkdwn import literal
from indexers.model import Progress, SyncReport

_FAILURES_SHOWN = 10
_WIKIS_SHOWN = 15


def progress(wiki: str | None, now: Progress | None, seconds: float) -> Message:
    """``seconds`` since the wiki of ``now`` began."""
    if now is None:
        return say(f"Reindexing {wiki or 'all wikis'}\u2026")
    pages = f"{now.done:,} of {now.total:,} pages" if now.total else f"{now.done:,} pages"
    rate = f"{now.done / seconds:,.0f} pages a second" if now.done and seconds >= 1 else ""
    return say(f"Reindexing {now.wiki}: {pages}", *filter(None, [rate]))


def report(reports: Sequence[SyncReport]) -> Message:
    """In numbers alone: whoever is in the channel may see it, and a page's name or what
    was the matter with it may be more than they may read."""
    names = ", ".join(report.wiki for report in reports if not report.error) or "nothing"
    troubles = [f"{report.wiki} ended early" for report in reports if report.error]
    if failed := sum(len(report.failed) for report in reports):
        troubles.append(f"{failed} page{'s' if failed > 1 else ''} failed")
    text = "; ".join([f"Reindexed {names}", *troubles]) + "."
    blocks = [section(literal(text))]
    for one in reports[:_WIKIS_SHOWN]:
        blocks.append(section(_counts(one)))
        blocks.append(context(f"{one.passages_embedded:,} passages embedded, {one.seconds:,.1f} s"))
    return Message(literal(text), blocks)


def details(reports: Sequence[SyncReport]) -> Message | None:
    """What went wrong and with which pages, for the admin alone; None if nothing did."""
    troubled = [one for one in reports if one.error or one.failed]
    if not troubled:
        return None
    text = "What went wrong in the reindex:"
    blocks = [section(text)]
    blocks += [section(joined(_troubles(one))) for one in troubled[:_WIKIS_SHOWN]]
    return Message(text, blocks)


def _counts(report: SyncReport) -> str:
    counts = {
        "added": report.added,
        "changed": report.changed,
        "relabelled": report.relabelled,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "failed": len(report.failed),
    }
    told = ", ".join(f"{number:,} {name}" for name, number in counts.items())
    return f"*{literal(report.wiki)}*: {told}"


def _troubles(report: SyncReport) -> list[str]:
    lines = [f"*{literal(report.wiki)}*"]
    if report.error:
        lines.append(literal(f"It ended early. {report.error}"))
    lines += [
        f"\u2022 {literal(one.key)}: {literal(one.reason[:300])}"
        for one in report.failed[:_FAILURES_SHOWN]
    ]
    if (more := len(report.failed) - _FAILURES_SHOWN) > 0:
        lines.append(f"\u2022 and {more:,} more")
    return lines
