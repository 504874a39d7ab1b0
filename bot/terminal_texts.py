"""The texts on a terminal: around results, and in reports."""

from __future__ import annotations

from datetime import date

from footnote_bot.indexers.model import ReadAs, SyncReport
from footnote_bot.indexers.text.counting import counted

# Around an answer.

NEAREST_PAGES = "The nearest sections:"
CLOSE_TO_IT = "This may add something:"
OUTDATED = "outdated"
OLD = "old"


def ask_the_reviewers(*, chatting: bool) -> str:
    if chatting:
        return "Ask the wiki's reviewers: /reviewers"
    return "Ask the wiki's reviewers: /reviewers in footnote chat"


def own_words(*, chatting: bool) -> str:
    """Return how to see the quotations behind an answer."""
    command = "/quotes" if chatting else "footnote ask --quotes"
    return f"The pages' own words: {command}"


def owned_by(section: str, owner: str) -> str:
    return f"{section}, owner: {owner}"


def of_day(day: date) -> str:
    return f"of {day.isoformat()}"


def feature(name: str, value: float, weight: float) -> str:
    """Return the line about a feature that decided whether to answer."""
    return f"{name:9} {value:6.3f}  weighs {weight:g}"


# What a sync did, or would do.


def embedded(passages: int, *, dry_run: bool) -> str:
    number = counted(passages, "passage")
    return f"would embed {number}; read" if dry_run else f"{number} embedded"


def synced(report: SyncReport, why_skipped: str, *, dry_run: bool) -> str:
    """Return the line of a wiki, after its name."""
    pages = report.added + report.changed + report.relabelled + report.removed + report.unchanged
    if report.error and not (pages or report.failed or report.skipped):
        return "nothing was read"
    skipped = f", {len(report.skipped)} skipped ({why_skipped})" if report.skipped else ""
    return (
        f"{report.added} added, {report.changed} changed, {report.relabelled} moved or"
        f" with other readers, {report.removed} removed, {report.unchanged} unchanged,"
        f" {len(report.failed)} failed{skipped};"
        f" {embedded(report.passages_embedded, dry_run=dry_run)} in {report.seconds:.1f} s"
    )


def read_as(form: ReadAs) -> str:
    return f"read as {form}"


def no_page_in(wikis: str) -> str:
    return f"There is nothing to answer from: no page was found in {wikis}."


def and_more(many: int) -> str:
    return f"and {many} more (see --json)"


# Whether a person may read a page.

YES = "Yes"
NO = "No"
UNKNOWN = "Cannot be told"


def access_to(person: str, page: str, wiki: str, *, may_read: bool | None) -> str:
    """Return the words after "yes", "no" or "unknown"."""
    if may_read is None:
        return f"{person} and {page} of {wiki}"
    return f"{person} {'may read' if may_read else 'may not read'} {page} of {wiki}"


# The state of the index.

COLUMNS = (
    "wiki", "pages", "passages", "nobody can read", "as of", "edits after", "other changes after"
)  # fmt: skip
NEVER = "never"


def never_synced(wikis: str) -> str:
    return f"Not synced yet: {wikis}. Run `footnote sync`."


NO_WIKI = "no wiki"


def answered_from(workspace: str, name: str, wikis: str) -> str:
    return f"workspace {workspace} ({name}) is answered from {wikis}"


# Flags.

NO_FLAGS = "No flags."


def step(when: str, action: str, person: str) -> str:
    """Return a step of a flag's history."""
    return f"{when} {action} by {person}" if person else f"{when} {action}"


TOP_OF_PAGE = "(top)"

FULL_SYNC_UNFINISHED = (
    "A full sync is not finished. If none is running, run `footnote sync --full` again: what it has"
    " read is kept."
)
SYNC_INTERRUPTED = "Interrupted; what is done is kept, and the next sync does the rest."
FULL_SYNC_INTERRUPTED = (
    "Interrupted; what is done is kept, and the old index is read meanwhile. Run `footnote sync"
    " --full` again: it does the rest."
)
