"""Progress and reports of syncs, as Slack messages. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.operations.model import Job, Order
from bot.slack.rendering.blocks import joined
from bot.slack.rendering.message import (
    Block,
    Message,
    actions,
    button,
    context,
    say,
    section,
)
from bot.slack.rendering.mrkdwn import literal
from bot.slack.rendering.sections import LIMIT, MESSAGE
from bot.slack.texts import reindexing as texts
from indexers.errors import RebuildRefused
from indexers.model import Progress, SyncReport

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
    if now is None:
        doing = _doing(job.order, job.order.what)
        message = say(texts.begun(doing), *filter(None, [note]))
    else:
        message = say(_doing(job.order, done(now)), *filter(None, [_pace(now, seconds)]))
    return Message(message.text, [*message.blocks, _button(job.id)])


def done(now: Progress) -> str:
    """Return how much of which wiki is done."""
    if now.embedding:
        return texts.passages_embedded(now.wiki, now.done, now.total)
    if now.total:
        return texts.pages_of(now.wiki, now.done, now.total)
    return texts.pages(now.wiki, now.done)


def cancelling(order: Order) -> Message:
    return say(texts.cancelling(_doing(order, order.what)))


def report(order: Order, reports: Sequence[SyncReport], *, cancelled: bool = False) -> Message:
    """Return the report in numbers alone: everybody in the channel sees it, and a page's name or
    its failure may be more than they may read."""
    text = "; ".join(_outcome(order, reports, cancelled=cancelled)) + "."
    blocks = [section(literal(text))]
    undone = cancelled and (order.full or order.dry_run)
    for one in () if undone else reports[:_WIKIS_SHOWN]:
        blocks.append(section(_counts(one)))
        embedded = texts.would_embed if order.dry_run else texts.embedded
        blocks.append(context(embedded(one.passages_embedded, one.seconds)))
    return Message(literal(text), blocks)


def _outcome(order: Order, reports: Sequence[SyncReport], *, cancelled: bool) -> list[str]:
    if cancelled:
        unchanged = order.full or order.dry_run
        kept = texts.INDEX_UNCHANGED if unchanged else texts.DONE_IS_KEPT
        return [texts.cancelled(order.what), kept]
    names = ", ".join(report.wiki for report in reports if not report.error) or texts.NOTHING
    if any(isinstance(report.error, RebuildRefused) for report in reports):
        sentences = [texts.REFUSED]
    elif order.dry_run:
        sentences = [texts.would_be_done(names)]
    else:
        sentences = [texts.reindexed(names)]
    sentences += [
        texts.wiki_ended_early(report.wiki)
        for report in reports
        if report.error and not isinstance(report.error, RebuildRefused)
    ]
    if failed := sum(len(report.failed) for report in reports):
        sentences.append(texts.pages_failed(failed))
    return sentences


def _doing(order: Order, what: str) -> str:
    if order.dry_run:
        return texts.looking_through(what)
    return texts.rebuilding(what) if order.full else texts.reindexing(what)


def _pace(now: Progress, seconds: float) -> str:
    if not now.done or seconds < 1:
        return ""
    rate = now.done / seconds
    if rate >= 1:
        a_second = texts.passages_a_second if now.embedding else texts.pages_a_second
        pace = a_second(rate)
    else:
        a_minute = texts.passages_a_minute if now.embedding else texts.pages_a_minute
        pace = a_minute(60 * rate)
    left = (now.total - now.done) / rate
    return texts.left(pace, _span(left)) if now.total > now.done else pace


def _span(seconds: float) -> str:
    if seconds < 90:
        return texts.about_seconds(max(seconds, 1))
    if seconds < 5400:
        return texts.about_minutes(seconds / 60)
    return texts.about_hours(seconds / 3600)


def _button(job: int) -> Block:
    return actions(button(CANCEL, texts.CANCEL, str(job), aloud=texts.CANCEL_ALOUD))


def details(order: Order, reports: Sequence[SyncReport]) -> Message | None:
    """Return what went wrong with which pages, or what would be done, for the admin alone; None if
    there is nothing to report."""
    planned = [one for one in reports if one.planned]
    if order.dry_run and planned:
        text = texts.WOULD_BE_DONE
        blocks = [section(text)]
        shown = planned[:_WIKIS_SHOWN]
        blocks += [section(_plans(one, _room_of(shown))) for one in shown]
        return Message(text, blocks)
    troubled = [one for one in reports if one.error or one.failed]
    if not troubled:
        return None
    text = texts.WENT_WRONG
    blocks = [section(text)]
    shown = troubled[:_WIKIS_SHOWN]
    for one in shown:
        failed = [(page.key, page.reason) for page in one.failed]
        told = troubles(one.wiki, str(one.error or ""), failed, limit=_room_of(shown))
        blocks.append(section(told))
    return Message(text, blocks)


def _counts(report: SyncReport) -> str:
    return texts.counts(
        literal(report.wiki),
        added=report.added,
        changed=report.changed,
        relabelled=report.relabelled,
        removed=report.removed,
        unchanged=report.unchanged,
        failed=len(report.failed),
    )


def _room_of(shown: Sequence[SyncReport]) -> int:
    """Return how many characters each of the wikis may take: a section, or its share of a
    message."""
    return min(LIMIT, MESSAGE // len(shown))


def _plans(report: SyncReport, limit: int) -> str:
    items = [literal(one) for one in report.planned[:_PLANS_SHOWN]]
    return _listed([f"*{literal(report.wiki)}*"], items, len(report.planned), limit)


def troubles(
    wiki: str, error: str, failed: Sequence[tuple[str, str]], *, limit: int = LIMIT
) -> str:
    """Return what went wrong with a wiki, for admins alone: the error that ended its sync early, if
    any, and failed pages, by key and reason; as many as fit into ``limit`` characters."""
    lines = [f"*{literal(wiki)}*"]
    if error:
        lines.append(literal(texts.it_ended_early(error[:_ERROR_SHOWN])))
    items = [f"{literal(key)}: {literal(reason[:300])}" for key, reason in failed[:_FAILURES_SHOWN]]
    return _listed(lines, items, len(failed), limit)


def _listed(lines: list[str], items: Sequence[str], total: int, limit: int) -> str:
    """Return the lines, and below them as many items as fit; of ``total`` items, the rest is
    counted."""
    shown = 0
    for item in items:
        longer = [*lines, f"\u2022 {item}"]
        if len("\n".join(longer)) > limit - _ROOM:
            break
        lines, shown = longer, shown + 1
    if more := total - shown:
        lines = [*lines, texts.and_more(more)]
    return joined(lines, limit)
