"""The texts of a reindex: its progress, its report, and why it cannot begin or ended."""

from __future__ import annotations

from footnote_bot.indexers.model import Progress, SyncReport
from footnote_bot.indexers.text.counting import counted

# Beginning and ending

ALREADY_RUNNING = "A reindex of this is already running. Try again when it is done."
WAITING = "Another sync is running. This one starts when it is done."
STOPPED = "Stopped, because Footnote is being stopped. It continues after the next start."
GIVEN_UP = "Given up: it did not finish in several attempts."
ENDED_EARLY = "The reindex ended early."
ADMINS_ONLY = "Only admins may cancel a reindex."
ASK_AN_ADMIN = "Ask one of them."
OVER = "This reindex is over."
SENT_DIRECTLY = "I am not in this channel, so I sent it to you directly."
CANCEL = "Cancel"
CANCEL_ALOUD = "Cancel this reindex"


def ended_early_because(error: str) -> str:
    return f"The reindex ended early. {error}"


# Progress


def looking_through(what: str) -> str:
    return f"Looking through {what}"


def rebuilding(what: str) -> str:
    return f"Building a new index of {what}"


def reindexing(what: str) -> str:
    return f"Reindexing {what}"


def begun(doing: str) -> str:
    return f"{doing}\u2026"


def cancelling(doing: str) -> str:
    return f"{doing}: cancelling\u2026"


def done(latest: Progress) -> str:
    """Return the wiki, and how many of its pages or passages are done."""
    if latest.embedding:
        return f"{latest.wiki}: {latest.done:,} of {counted(latest.total, 'passage')} embedded"
    if latest.total:
        return f"{latest.wiki}: {latest.done:,} of {counted(latest.total, 'page')}"
    return f"{latest.wiki}: {counted(latest.done, 'page')}"


# The report, of such sentences with a semicolon between them

INDEX_UNCHANGED = "The index is unchanged"
DONE_IS_KEPT = "What is done is kept"
REFUSED = "The new index was refused, and the old one is kept"
NOTHING = "nothing"


def cancelled(what: str) -> str:
    return f"Cancelled {what}"


def would_be_done(wikis: str) -> str:
    return f"Nothing was changed; this would be done in {wikis}"


def reindexed(wikis: str) -> str:
    return f"Reindexed {wikis}"


def wiki_ended_early(wiki: str) -> str:
    return f"{wiki} ended early"


def pages_failed(number: int) -> str:
    return f"{counted(number, 'page')} failed"


def counts(wiki: str, report: SyncReport) -> str:
    return (
        f"*{wiki}*: {report.added:,} added, {report.changed:,} changed,"
        f" {report.relabelled:,} moved or with other readers, {report.removed:,} removed,"
        f" {report.unchanged:,} unchanged, {len(report.failed):,} failed"
    )


def would_embed(passages: int, seconds: float) -> str:
    return f"would embed {counted(passages, 'passage')}, {seconds:,.1f} s"


def embedded(passages: int, seconds: float) -> str:
    return f"{counted(passages, 'passage')} embedded, {seconds:,.1f} s"


# Details, for the admin alone

WOULD_BE_DONE = "What would be done:"
WENT_WRONG = "What went wrong in the reindex:"


def it_ended_early(error: str) -> str:
    return f"It ended early. {error}"


def and_more(more: int) -> str:
    return f"\u2022 and {more:,} more"
