"""Progress and reports of syncs, as Slack messages. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from footnote_bot.bot.operations.model import Job, Order
from footnote_bot.bot.slack.rendering.blocks import joined
from footnote_bot.bot.slack.rendering.message import Message, actions, button, context, say, section
from footnote_bot.bot.slack.rendering.mrkdwn import literal
from footnote_bot.bot.slack.rendering.sections import LIMIT, MESSAGE
from footnote_bot.bot.slack.texts import reindexing as texts
from footnote_bot.indexers.errors import RebuildRefused
from footnote_bot.indexers.model import Progress, SyncReport

_FAILURES_SHOWN = 10
_ERROR_SHOWN = 500
_ROOM = 50
"""Characters that "and n more" takes at most."""
_PLANS_SHOWN = 30
_WIKIS_SHOWN = 15


CANCEL = "reindex_cancel"
"""The action id of the button; its value is the job's id."""


def progress(job: Job, latest: Progress | None, note: str = "") -> Message:
    """Return the progress message with its Cancel button. Before any progress (``latest`` is None)
    it names what was ordered, with the ``note``."""
    if latest is None:
        message = say(texts.begun(_doing(job.order, job.order.what)), *filter(None, [note]))
    else:
        message = say(_doing(job.order, texts.done(latest)))
    cancel = button(CANCEL, texts.CANCEL, str(job.id), aloud=texts.CANCEL_ALOUD)
    return Message(message.text, [*message.blocks, actions(cancel)])


def cancelling(order: Order) -> Message:
    return say(texts.cancelling(_doing(order, order.what)))


def report(order: Order, reports: Sequence[SyncReport], *, cancelled: bool = False) -> Message:
    """Return the report in numbers alone: everybody in the channel sees it, and a page's name or
    its failure may be more than they may read."""
    text = "; ".join(_outcome(order, reports, cancelled=cancelled)) + "."
    blocks = [section(literal(text))]
    if cancelled and (order.full or order.dry_run):  # then nothing was changed
        return Message(literal(text), blocks)
    for sync in reports[:_WIKIS_SHOWN]:
        blocks.append(section(texts.counts(literal(sync.wiki), sync)))
        embedded = texts.would_embed if order.dry_run else texts.embedded
        blocks.append(context(embedded(sync.passages_embedded, sync.seconds)))
    return Message(literal(text), blocks)


def _outcome(order: Order, reports: Sequence[SyncReport], *, cancelled: bool) -> list[str]:
    """Return sentences that say what became of the job."""
    if cancelled:
        unchanged = order.full or order.dry_run
        state = texts.INDEX_UNCHANGED if unchanged else texts.DONE_IS_KEPT
        return [texts.cancelled(order.what), state]
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


def _doing(order: Order, scope: str) -> str:
    """Return what the job does with ``scope``: it looks through, rebuilds or reindexes it."""
    if order.dry_run:
        return texts.looking_through(scope)
    return texts.rebuilding(scope) if order.full else texts.reindexing(scope)


def details(order: Order, reports: Sequence[SyncReport]) -> Message | None:
    """Return the failures by page, or the plan of a dry run, for the admin alone; None if there is
    nothing to report."""
    planned = [sync for sync in reports if sync.planned]
    if order.dry_run and planned:
        text = texts.WOULD_BE_DONE
        blocks = [section(text)]
        shown = planned[:_WIKIS_SHOWN]
        blocks += [section(_plans(sync, _room_of(shown))) for sync in shown]
        return Message(text, blocks)
    troubled = [sync for sync in reports if sync.error or sync.failed]
    if not troubled:
        return None
    text = texts.WENT_WRONG
    blocks = [section(text)]
    shown = troubled[:_WIKIS_SHOWN]
    for sync in shown:
        failed = [(page.key, page.reason) for page in sync.failed]
        trouble = troubles(sync.wiki, str(sync.error or ""), failed, limit=_room_of(shown))
        blocks.append(section(trouble))
    return Message(text, blocks)


def _room_of(shown: Sequence[SyncReport]) -> int:
    """Return how many characters each wiki may take: a section, or its share of a message."""
    return min(LIMIT, MESSAGE // len(shown))


def _plans(report: SyncReport, limit: int) -> str:
    """Return what a dry run would do in a wiki, as far as it fits into ``limit`` characters."""
    items = [literal(plan) for plan in report.planned[:_PLANS_SHOWN]]
    return _listed([f"*{literal(report.wiki)}*"], items, len(report.planned), limit)


def troubles(
    wiki: str, error: str, failed: Sequence[tuple[str, str]], *, limit: int = LIMIT
) -> str:
    """Return the failures of a wiki, for admins alone: the error that ended its sync early, if any,
    and failed pages, by key and reason; as many as fit into ``limit`` characters."""
    lines = [f"*{literal(wiki)}*"]
    if error:
        lines.append(literal(texts.it_ended_early(error[:_ERROR_SHOWN])))
    items = [f"{literal(key)}: {literal(reason[:300])}" for key, reason in failed[:_FAILURES_SHOWN]]
    return _listed(lines, items, len(failed), limit)


def _listed(lines: list[str], items: Sequence[str], total: int, limit: int) -> str:
    """Return the lines, and below them as many items as fit; the rest of the ``total`` items is
    counted."""
    number = 0
    for item in items:
        longer = [*lines, f"\u2022 {item}"]
        if len("\n".join(longer)) > limit - _ROOM:
            break
        lines, number = longer, number + 1
    if hidden := total - number:
        lines = [*lines, texts.and_more(hidden)]
    return joined(lines, limit)
