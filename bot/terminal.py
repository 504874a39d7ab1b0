"""Results on a terminal, and as JSON for scripts."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rich.markup import escape
from rich.text import Text

from footnote_bot.bot import terminal_texts as texts
from footnote_bot.bot.foreign import excerpt, on_one_line, words_behind
from footnote_bot.bot.model import (
    LONGEST_LINE,
    Answer,
    NoAnswer,
    Result,
    Source,
    Why,
    is_unsure,
    named,
    why_no_model,
)
from footnote_bot.bot.moments import in_words
from footnote_bot.bot.operations.model import AccessNow
from footnote_bot.bot.operations.passes import shown_span
from footnote_bot.bot.screen import (
    encoding,
    err,
    out,
    print_columns,
    print_indented,
    print_within,
    safe,
    write,
)
from footnote_bot.bot.texts import EARLY
from footnote_bot.indexers.findings import Finding, Level
from footnote_bot.indexers.model import ReadAs, Section, SyncReport

_BOLD = re.compile(r"\*\*([^\s*](?:[^*\n]*[^\s*])?)\*\*")


def _with_bold(text: str) -> Text:
    """Return an answer's text with the words between ``**`` in bold."""
    parts = _BOLD.split(text)
    return Text.assemble(
        *(safe(part, "bold" if number % 2 else "") for number, part in enumerate(parts))
    )


def _assembled(*parts: str | tuple[str, str]) -> Text:
    """Return the parts as one inert text; a part may be words with their style."""
    return Text.assemble(*(safe(p) if isinstance(p, str) else safe(*p) for p in parts))


def say(words: str, style: str = "") -> None:
    """Print the words to standard output as they are: neither wrapped nor as markup."""
    out().print(safe(words, style), soft_wrap=True)


def print_json(value: object) -> None:
    """Print JSON alone on standard output, whole even when it goes through a pipe."""
    write(f"{json_of(value)}\n")


def json_of(value: object) -> str:
    """Return JSON that standard output can encode."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    try:
        text.encode(encoding())
    except UnicodeEncodeError:  # an old locale, or command-line bytes that are not valid text
        text = json.dumps(value, indent=2)
    return text


def print_answer(result: Result, *, chatting: bool = False) -> None:
    """Print a result. ``chatting``: the next step is typed in the same conversation."""
    print_indented(_with_bold(result.text), 2)
    out().print()
    _print_sources(result)
    if is_unsure(result):
        out().print(f"  {texts.ask_the_reviewers(chatting=chatting)}")
    for note in _notes(result, chatting=chatting):
        print_indented(safe(note, style="yellow"), 2)
    if result.narrowed and not isinstance(result, NoAnswer):
        print_indented(safe(f"{result.narrowed.words}.", style="yellow"), 2)
    if result.unchecked:
        print_indented(safe(result.unchecked.words, style="yellow"), 2)
    for linked in result.linked:
        out().print(safe(f"  {linked.name}. {linked.doubt.words}", style="yellow"), soft_wrap=True)
        out().print(safe(f"      {linked.url}", style="blue"), soft_wrap=True)
    if named(result) or result.linked or is_unsure(result):
        out().print()


def _notes(result: Result, *, chatting: bool) -> list[str]:
    """Return why no language model wrote the answer, and what the check of its words found."""
    why = [words] if (words := why_no_model(result)) else []
    if not isinstance(result, Answer):
        return why
    hint = [texts.own_words(chatting=chatting)] if result.check_notes else []
    return [*([EARLY] if result.early else []), *why, *result.check_notes, *hint]


def _print_sources(result: Result) -> None:
    """Print the sources, each with an excerpt of its words, and the nearest sections."""
    sources = () if isinstance(result, NoAnswer) else result.sources
    excerpts = words_behind(result) if isinstance(result, Answer) else ("",) * len(sources)
    for number, (source, words) in enumerate(zip(sources, excerpts, strict=True), start=1):
        _print_source(f"[{number}] ", source)
        if words:
            print_indented(safe(f"\u201c{words}\u201d", style="dim"), 6)
    if result.nearest:
        is_silent = isinstance(result, NoAnswer)
        out().print(f"  {texts.NEAREST_PAGES if is_silent else texts.CLOSE_TO_IT}")
    for source in result.nearest:
        _print_source(" -  ", source)
        if source.quote:
            print_indented(safe(f"\u201c{excerpt(source.quote, LONGEST_LINE)}\u201d", "dim"), 6)


def _print_source(mark: str, source: Source) -> None:
    """Print a source's section and address; ``mark`` is its number or a dash."""
    section = where(source)
    if source.owner_named and not source.quote:
        section = texts.owned_by(section, on_one_line(source.owner_named))
    out().print(safe(f"  {mark}{section}", style="bold"), soft_wrap=True)
    out().print(safe(f"      {source.url}", style="blue"), soft_wrap=True)


def print_why(why: Why) -> None:
    """Print the features that decided whether to answer, their weights and the rule."""
    for name, value in why.seen.items():
        out().print(f"  {texts.feature(name, value, why.weighs[name])}")
    out().print(f"  {'bias':9} {'':6}  {why.weighs['bias']:g}")
    print_indented(safe(why.rule), 2)
    if why.rights:
        print_indented(safe(f"{why.rights}.", style="yellow"), 2)


def where(source: Source) -> str:
    """Return title > section, and a note on the page's age."""
    place = f"{source.title} > {source.heading}" if source.heading else source.title
    notes = [texts.OUTDATED] * source.outdated + [texts.OLD] * source.old
    if source.updated:
        notes.append(texts.of_day(source.updated))
    return f"{on_one_line(place)} ({', '.join(notes)})" if notes else on_one_line(place)


def report_json(reports: Sequence[SyncReport]) -> dict[str, Any]:
    """Return the sums over all wikis, and the figures of each wiki."""
    counts = ("added", "changed", "relabelled", "removed", "unchanged")
    costs = ("passages_embedded", "requests")

    def sums(reports: Sequence[SyncReport]) -> dict[str, Any]:
        return {
            **{name: sum(getattr(r, name) for r in reports) for name in counts},
            "failed": [{"page": f.key, "reason": f.reason} for r in reports for f in r.failed],
            "skipped": [{"page": s.key, "reason": s.reason} for r in reports for s in r.skipped],
            "warnings": [warning for r in reports for warning in r.warnings],
            "errors": [str(r.error) for r in reports if r.error],
            **{name: sum(getattr(r, name) for r in reports) for name in costs},
            "seconds": round(sum(r.seconds for r in reports), 3),
        }

    wikis = {r.wiki: {**sums([r]), "read_as": read_as_json(r.read_as)} for r in reports}
    return {**sums(reports), "wikis": wikis}


def read_as_json(read_as: ReadAs | None) -> dict[str, Any] | None:
    return asdict(read_as) if read_as else None


def print_report(report: SyncReport, *, dry_run: bool = False) -> None:
    """Print what a sync did, or would do."""
    reasons = Counter(skipped.reason.partition(":")[0] for skipped in report.skipped)
    why = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    what = escape(texts.synced(report, why, dry_run=dry_run))
    err().print(f"[bold]{report.wiki}[/]: {what}", soft_wrap=True)
    if report.read_as:
        err().print(safe(f"  {texts.read_as(report.read_as)}"), soft_wrap=True)
    counts = Counter(skipped.reason for skipped in report.skipped)
    few = [skipped for skipped in report.skipped if counts[skipped.reason] <= _OF_A_REASON]
    for style, title, items in (
        ("red", "failed", [f"{f.key}: {f.reason}" for f in report.failed]),
        ("yellow", "warning", report.warnings),
        ("dim", "skipped", [f"{s.key}: {s.reason}" for s in few]),
    ):
        for item in items[:_LISTED]:
            err().print(_assembled((f"  {title} ", style), item), soft_wrap=True)
        if len(items) > _LISTED:
            err().print(f"  [{style}]{title}[/] {texts.and_more(len(items) - _LISTED)}")
    if report.error:
        complain(str(report.error))


_LISTED = 20
_OF_A_REASON = 3
"""Skipped pages that are listed for one reason; more than that are only counted."""


_MARKS = {
    Level.OK: ("  ok       ", "green"),
    Level.WARNING: ("  warning  ", "yellow"),
    Level.FAILURE: ("  failure  ", "red"),
}


def print_finding(finding: Finding) -> None:
    """Print a finding, and below it what to do."""
    out().print(
        _assembled(_MARKS[finding.level], (f"{finding.about}: ", "bold"), finding.says),
        soft_wrap=True,
    )
    if finding.todo:
        out().print(safe(f"           > {finding.todo}"), soft_wrap=True)


_VERDICTS = {True: (texts.YES, "green"), False: (texts.NO, "red"), None: (texts.UNKNOWN, "yellow")}


def print_access(result: AccessNow) -> None:
    """Print yes or no, each gate on the way, and whether answers use the page."""
    access = result.access
    page = f'"{access.title}"' if access.title else access.url
    word, style = _VERDICTS[access.may_read]
    what = texts.access_to(access.person, page, access.wiki, may_read=access.may_read)
    out().print(_assembled((word, f"bold {style}"), f": {what}"), soft_wrap=True)
    for gate in access.gates:
        mark = ("  pass  ", "green") if gate.passed else ("  stop  ", "red")
        out().print(_assembled(mark, f"{gate.where}: {gate.why}"), soft_wrap=True)
    for sentence in filter(None, (access.why, result.answers)):
        out().print(safe(f"  {sentence}"), soft_wrap=True)


def complain(text: str) -> None:
    """Print an error to standard error."""
    with suppress(OSError):  # there is no other place to report it
        err().print(safe(text, style="red"), soft_wrap=True)


def print_status(rows: dict[str, Any]) -> None:
    """Print a line for each wiki and, below it, for each of its spaces. Lags are p50 / p95 from a
    change in the wiki to its answer."""
    lines = [list(texts.COLUMNS)]
    for name, row in rows["wikis"].items():
        passages, as_of = f"{row['passages']:,}", _as_of(row) or texts.NEVER
        lines.append(_status_cells(name, row, passages, as_of))
        lines += [_status_cells(f"  {key}", space) for key, space in row["spaces"].items()]
    if out().is_terminal:
        print_within(lines)
    else:
        print_columns(lines)
    unread = [name for name, row in rows["wikis"].items() if not row["as_of"]]
    for trouble in (
        texts.never_synced(", ".join(unread)) if unread else "",
        rows["trouble"],
        texts.FULL_SYNC_UNFINISHED if rows["unfinished"] else "",
    ):
        if trouble:
            out().print(safe(trouble, style="yellow"), soft_wrap=True)
    for name, row in rows["wikis"].items():
        _print_wiki_notes(name, row)
    for id_, row in rows.get("workspaces", {}).items():
        wikis = ", ".join(row["wikis"]) or texts.NO_WIKI
        out().print(safe(texts.answered_from(id_, row["name"], wikis)), soft_wrap=True)


def _status_cells(
    name: str, counts: dict[str, Any], passages: str = "", as_of: str = ""
) -> list[str]:
    """Return the cells of a wiki or of one of its spaces."""
    pages, closed = f"{counts['pages']:,}", f"{counts['closed']:,}"
    return [name, pages, passages, closed, as_of, *_lags(counts["lag_seconds"])]


def _as_of(row: dict[str, Any]) -> str:
    """Return up to when the wiki was read, in words; empty if it never was."""
    return in_words(datetime.fromisoformat(row["as_of"]).astimezone()) if row["as_of"] else ""


def _print_wiki_notes(name: str, row: dict[str, Any]) -> None:
    """Print how the wiki was read, and what went wrong in its last passes."""
    about, failed = (f"{name}: ", "bold"), list(row["failed"].items())
    read_as = [texts.read_as(ReadAs(**row["read_as"]))] if row["read_as"] else []
    for head, notes in (
        (about, read_as),
        (about, [row["error"]] if row["error"] else []),
        ((f"{name} warning ", "yellow"), row["warnings"]),
        ((f"{name} failed ", "red"), [f"{page}: {reason}" for page, reason in failed]),
    ):
        for note in notes[:_LISTED]:
            out().print(_assembled(head, note), soft_wrap=True)


def _lags(lags: dict[str, dict[str, Any]]) -> list[str]:
    """Return the cells of the lags: p50 / p95 of edits, and of everything else."""
    return [
        f"{shown_span(lags[kind]['p50'])} / {shown_span(lags[kind]['p95'])}"
        if lags[kind]["count"]
        else "-"
        for kind in ("edits", "everything_else")
    ]


def print_flags(rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        out().print(_assembled((f"#{row['id']} {row['reason']}", "bold"), f" ({row['state']})"))
        out().print(safe(f"  {row['question']}"), soft_wrap=True)
        if row["comment"]:
            out().print(safe(f"  “{row['comment']}”"), soft_wrap=True)
        for url in row["sources"]:
            out().print(safe(f"  {url}", style="blue"), soft_wrap=True)
        for step in row["history"]:
            when = in_words(datetime.fromisoformat(step["at"]).astimezone())
            action = step["deed"].replace("_", " ")
            line = texts.step(when, action, step["person"])
            out().print(safe(f"  {line}"), soft_wrap=True)
    if not rows:
        out().print(texts.NO_FLAGS)


def print_sections(sections: Sequence[Section]) -> None:
    for section in sections:
        path = " > ".join(section.headings) or texts.TOP_OF_PAGE
        out().print(_assembled((path, "bold"), (f"  #{section.anchor}", "blue")), soft_wrap=True)
        out().print(safe(section.text), soft_wrap=True)
        out().print()
