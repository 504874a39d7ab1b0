"""Progress and reports of syncs, as Slack messages. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.operations.model import Job, Order
from bot.slack.rendering.blocks import joined
from bot.slack.rendering.message import Block, Message, context, plain_text, say, section
from bot.slack.rendering.mrkdwn import literal
from bot.slack.rendering.sections import LIMIT
from indexers.errors import RebuildRefused
from indexers.model import Progress, SyncReport
from indexers.text.counting import counted

_FAILURES_SHOWN = 10
_ERROR_SHOWN = 500
_ROOM = 50
"""Characters that "and n more" takes at most."""
_PLANS_SHOWN = 30
_WIKIS_SHOWN = 15


CANCEL = "reindex_cancel"
"""The action id of the button; its value is the job's id."""


def progress(job: Job, now: Progress | None, seconds: float, note: str = "") -> Message:
    """Return the progress message. ``seconds`` since the wiki of ``now`` began."""
    doing = _doing(job.order)
    if now is None:
        message = say(f"{doing} {job.order.what}\u2026", *filter(None, [note]))
    else:
        message = say(f"{doing} {done(now)}", *filter(None, [_pace(now, seconds)]))
    return Message(message.text, [*message.blocks, _button(job.id)])


def done(now: Progress) -> str:
    """Return how much of which wiki is done."""
    if now.embedding:
        return f"{now.wiki}: {now.done:,} of {counted(now.total, 'passage')} embedded"
    of = f"{now.done:,} of {counted(now.total, 'page')}" if now.total else counted(now.done, "page")
    return f"{now.wiki}: {of}"


def cancelling(order: Order) -> Message:
    return say(f"{_doing(order)} {order.what}: cancelling\u2026")


def report(order: Order, reports: Sequence[SyncReport], *, cancelled: bool = False) -> Message:
    """Return the report in numbers alone: everybody in the channel sees it, and a page's name or
    its failure may be more than they may read."""
    text = "; ".join(_outcome(order, reports, cancelled=cancelled)) + "."
    blocks = [section(literal(text))]
    undone = cancelled and (order.full or order.dry_run)
    for one in () if undone else reports[:_WIKIS_SHOWN]:
        blocks.append(section(_counts(one)))
        number = counted(one.passages_embedded, "passage")
        embedded = f"would embed {number}" if order.dry_run else f"{number} embedded"
        blocks.append(context(f"{embedded}, {one.seconds:,.1f} s"))
    return Message(literal(text), blocks)


def _outcome(order: Order, reports: Sequence[SyncReport], *, cancelled: bool) -> list[str]:
    if cancelled:
        kept = "The index is unchanged" if order.full or order.dry_run else "What is done is kept"
        return [f"Cancelled {order.what}", kept]
    names = ", ".join(report.wiki for report in reports if not report.error) or "nothing"
    if any(isinstance(report.error, RebuildRefused) for report in reports):
        sentences = ["The new index was refused, and the old one is kept"]
    elif order.dry_run:
        sentences = [f"Nothing was changed; this would be done in {names}"]
    else:
        sentences = [f"Reindexed {names}"]
    sentences += [
        f"{report.wiki} ended early"
        for report in reports
        if report.error and not isinstance(report.error, RebuildRefused)
    ]
    if failed := sum(len(report.failed) for report in reports):
        sentences.append(f"{counted(failed, 'page')} failed")
    return sentences


def _doing(order: Order) -> str:
    if order.dry_run:
        return "Looking through"
    return "Building a new index of" if order.full else "Reindexing"


def _pace(now: Progress, seconds: float) -> str:
    if not now.done or seconds < 1:
        return ""
    rate, what = now.done / seconds, "passages" if now.embedding else "pages"
    pace = f"{rate:,.0f} {what} a second" if rate >= 1 else f"{60 * rate:,.0f} {what} a minute"
    left = (now.total - now.done) / rate
    return f"{pace}, {_span(left)} left" if now.total > now.done else pace


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"about {max(seconds, 1):.0f} s"
    return f"about {seconds / 60:.0f} min" if seconds < 5400 else f"about {seconds / 3600:.1f} h"


def _button(job: int) -> Block:
    return {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": CANCEL,
                "value": str(job),
                "text": plain_text("Cancel"),
                "accessibility_label": "Cancel this reindex",
            }
        ],
    }


def details(order: Order, reports: Sequence[SyncReport]) -> Message | None:
    """Return what went wrong with which pages, or what would be done, for the admin alone; None if
    there is nothing to report."""
    planned = [one for one in reports if one.planned]
    if order.dry_run and planned:
        text = "What would be done:"
        blocks = [section(text)]
        blocks += [section(joined(_plans(one))) for one in planned[:_WIKIS_SHOWN]]
        return Message(text, blocks)
    troubled = [one for one in reports if one.error or one.failed]
    if not troubled:
        return None
    text = "What went wrong in the reindex:"
    blocks = [section(text)]
    for one in troubled[:_WIKIS_SHOWN]:
        failed = [(page.key, page.reason) for page in one.failed]
        blocks.append(section(troubles(one.wiki, str(one.error or ""), failed)))
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
    numbers = ", ".join(f"{number:,} {name}" for name, number in counts.items())
    return f"*{literal(report.wiki)}*: {numbers}"


def _plans(report: SyncReport) -> list[str]:
    lines = [f"*{literal(report.wiki)}*"]
    lines += [f"\u2022 {literal(one)}" for one in report.planned[:_PLANS_SHOWN]]
    if (more := len(report.planned) - _PLANS_SHOWN) > 0:
        lines.append(f"\u2022 and {more:,} more")
    return lines


def troubles(wiki: str, error: str, failed: Sequence[tuple[str, str]]) -> str:
    """Return what went wrong with a wiki, for admins alone: the error that ended its sync early, if
    any, and failed pages, by key and reason; as many as fit into a section."""
    lines = [f"*{literal(wiki)}*"]
    if error:
        lines.append(literal(f"It ended early. {error[:_ERROR_SHOWN]}"))
    shown = 0
    for key, reason in failed[:_FAILURES_SHOWN]:
        longer = [*lines, f"\u2022 {literal(key)}: {literal(reason[:300])}"]
        if len("\n".join(longer)) > LIMIT - _ROOM:
            break
        lines, shown = longer, shown + 1
    if more := len(failed) - shown:
        lines.append(f"\u2022 and {more:,} more")
    return joined(lines)
