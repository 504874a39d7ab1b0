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
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.foreign import on_one_line
from bot.model import EARLY, Answer, Clarify, NoAnswer, Result, Source, Tone, Why, named
from bot.moments import in_words
from bot.operations.model import AccessNow
from bot.operations.passes import shown_span
from bot.screen import encoding, err, out, safe, write
from indexers.findings import Finding, Level
from indexers.model import ReadAs, Section, SyncReport
from indexers.text.counting import counted

_BOLD = re.compile(r"\*\*([^\s*](?:[^*\n]*[^\s*])?)\*\*")


def _with_bold(text: str) -> Text:
    """Return an answer's text with the words between ``**`` in bold."""
    parts = _BOLD.split(text)
    return Text.assemble(*(safe(part, "bold" if at % 2 else "") for at, part in enumerate(parts)))


def _assembled(*parts: str | tuple[str, str]) -> Text:
    return Text.assemble(*(safe(p) if isinstance(p, str) else safe(*p) for p in parts))


def say(words: str, style: str = "") -> None:
    """Print to standard output, as it is."""
    out().print(safe(words, style), soft_wrap=True)


def print_json(value: object) -> None:
    """Print JSON alone on standard output, whole even when it goes through a pipe."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    try:
        text.encode(encoding())
    except UnicodeEncodeError:  # an old locale, or command-line bytes that are not valid text
        text = json.dumps(value, indent=2)
    write(f"{text}\n")


def answer_json(result: Result) -> dict[str, Any]:
    timings, unchecked = result.timings, result.unchecked
    last_check = unchecked.last_check if unchecked else None
    common = {
        "text": result.text,
        "confidence": round(result.confidence, 4),
        "sources": [],
        "timings_ms": {
            "embed": round(timings.embed, 2),
            "search": round(timings.search, 2),
            "compose": round(timings.compose, 2),
            "check": round(timings.check, 2),
            "total": round(timings.total, 2),
        },
        "unchecked": unchecked is not None,
        "last_check": last_check.isoformat() if last_check else None,
        "linked": [
            {"wiki": one.wiki, "page": one.page, "url": one.url, "why": one.doubt.value}
            for one in result.linked
        ],
        "rights_unknown": list(result.narrowed.sites) if result.narrowed else [],
    }
    if isinstance(result, Answer):
        nearest = [_source_json(source) for source in result.nearest]
        return {
            "kind": "answer",
            **common,
            "sources": [_source_json(s) for s in result.sources],
            "composed": result.composed,
            "fallback": result.fallback.value if result.fallback else None,
            "left_out": result.left_out,
            "unclear": list(result.unclear),
            "denial": result.denial,
            "cut": result.cut,
            "tone": result.tone.value,
            **({"nearest": nearest} if nearest else {}),
        }
    if isinstance(result, Clarify):
        readings = [
            {"label": one.label, "question": one.question, "source": _source_json(one.source)}
            for one in result.readings
        ]
        sources = [reading["source"] for reading in readings]
        return {"kind": "clarify", **common, "sources": sources, "readings": readings}
    nearest = [_source_json(source) for source in result.nearest]
    reason, tone = result.reason.value, Tone.SILENCE.value
    return {"kind": "no_answer", **common, "reason": reason, "tone": tone, "nearest": nearest}


def _source_json(source: Source) -> dict[str, Any]:
    return {
        "title": source.title,
        "heading": source.heading,
        "url": source.url,
        "quote": source.quote,
        "page": source.page,
        "wiki": source.wiki,
        "updated": source.updated.isoformat() if source.updated else None,
        "outdated": source.outdated,
        "old": source.old,
        **({"owner": source.keeper} if source.keeper and not source.quote else {}),
    }


def print_answer(result: Result, *, chatting: bool = False) -> None:
    """Print a result. ``chatting``: the next step is typed in the same conversation."""
    out().print(Padding(_with_bold(result.text), (0, 0, 0, 2)))
    out().print()
    _print_sources(result)
    if isinstance(result, Clarify):
        again = f'Ask again, for example: "{result.readings[0].question}"'
        out().print(safe(f"  {'Reply with its number.' if chatting else again}"))
    if isinstance(result, Answer):
        early = [EARLY] if result.early else []
        fallback = [result.fallback.words] if result.fallback else []
        quotes = "/quotes" if chatting else "footnote ask --quotes"
        hint = [f"The pages' own words: {quotes}"] if result.check_notes else []
        for note in (*early, *fallback, *result.check_notes, *hint):
            out().print(Padding(safe(note, style="yellow"), (0, 0, 0, 2)))
    if result.narrowed and not isinstance(result, NoAnswer):
        out().print(Padding(safe(f"{result.narrowed.words}.", style="yellow"), (0, 0, 0, 2)))
    if result.unchecked:
        out().print(Padding(safe(result.unchecked.words, style="yellow"), (0, 0, 0, 2)))
    for linked in result.linked:
        out().print(safe(f"  {linked.name}. {linked.doubt.words}", style="yellow"), soft_wrap=True)
        out().print(safe(f"      {linked.url}", style="blue"), soft_wrap=True)
    if named(result) or result.linked:
        out().print()


def _marked(result: Result, number: int) -> str:
    if isinstance(result, Clarify):
        return f" {number}. {result.readings[number - 1].label}: "
    return f"[{number}] "


def _print_sources(result: Result) -> None:
    sources = () if isinstance(result, NoAnswer) else result.sources
    nearest = () if isinstance(result, Clarify) else result.nearest
    for number, source in enumerate(sources, start=1):
        _print_source(_marked(result, number), source)
    if nearest:
        out().print("  The nearest pages:" if isinstance(result, NoAnswer) else "  Close to it:")
    for source in nearest:
        _print_source(" -  ", source)


def _print_source(mark: str, source: Source) -> None:
    keeper = f", kept by {on_one_line(source.keeper)}" if source.keeper and not source.quote else ""
    out().print(safe(f"  {mark}{where(source)}{keeper}", style="bold"), soft_wrap=True)
    out().print(safe(f"      {source.url}", style="blue"), soft_wrap=True)


def print_why(why: Why) -> None:
    for name, value in why.seen.items():
        out().print(f"  {name:9} {value:6.3f}  weighs {why.weighs[name]:g}")
    out().print(f"  {'bias':9} {'':6}  {why.weighs['bias']:g}")
    out().print(Padding(safe(why.rule), (0, 0, 0, 2)))
    if why.rights:
        out().print(Padding(safe(f"{why.rights}.", style="yellow"), (0, 0, 0, 2)))
    if why.asking_back:
        out().print(Padding(safe(why.asking_back), (0, 0, 0, 2)))


def where(source: Source) -> str:
    """Return title > section, and a note on the page's age."""
    place = f"{source.title} > {source.heading}" if source.heading else source.title
    notes = ["outdated"] * source.outdated + ["old"] * source.old
    if source.updated:
        notes.append(f"of {source.updated.isoformat()}")
    return f"{on_one_line(place)} ({', '.join(notes)})" if notes else on_one_line(place)


def report_json(reports: Sequence[SyncReport]) -> dict[str, Any]:
    """Return the sums over the wikis, and each wiki by itself."""
    counts = ("added", "changed", "relabelled", "removed", "unchanged")
    rest = ("passages_embedded", "requests")

    def one(reports: Sequence[SyncReport]) -> dict[str, Any]:
        return {
            **{name: sum(getattr(r, name) for r in reports) for name in counts},
            "failed": [{"page": f.key, "reason": f.reason} for r in reports for f in r.failed],
            "skipped": [{"page": s.key, "reason": s.reason} for r in reports for s in r.skipped],
            "warnings": [warning for r in reports for warning in r.warnings],
            "errors": [str(r.error) for r in reports if r.error],
            **{name: sum(getattr(r, name) for r in reports) for name in rest},
            "seconds": round(sum(r.seconds for r in reports), 3),
        }

    wikis = {r.wiki: {**one([r]), "read_as": read_as_json(r.read_as)} for r in reports}
    return {**one(reports), "wikis": wikis}


def read_as_json(read_as: ReadAs | None) -> dict[str, Any] | None:
    return asdict(read_as) if read_as else None


def print_report(report: SyncReport, *, dry_run: bool = False) -> None:
    """Print what a sync did, or would do."""
    reasons = Counter(skipped.reason.partition(":")[0] for skipped in report.skipped)
    why = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    number = counted(report.passages_embedded, "passage")
    embedded = f"would embed {number}; read" if dry_run else f"{number} embedded"
    skipped = f", {len(report.skipped)} skipped ({why})" if why else ""
    err().print(
        f"[bold]{report.wiki}[/]: {report.added} added, {report.changed} changed, "
        f"{report.relabelled} relabelled, {report.removed} removed, "
        f"{report.unchanged} unchanged, {len(report.failed)} failed{escape(skipped)}; "
        f"{embedded} in {report.seconds:.1f} s",
        soft_wrap=True,
    )
    if report.read_as:
        err().print(safe(f"  read as {report.read_as}"), soft_wrap=True)
    for style, title, items in (
        ("red", "failed", [f"{f.key}: {f.reason}" for f in report.failed]),
        ("yellow", "warning", report.warnings),
        ("dim", "skipped", [f"{s.key}: {s.reason}" for s in report.skipped]),
    ):
        for item in items[:_LISTED]:
            err().print(_assembled((f"  {title} ", style), item), soft_wrap=True)
        if len(items) > _LISTED:
            err().print(f"  [{style}]{title}[/] and {len(items) - _LISTED} more (see --json)")
    if report.error:
        complain(str(report.error))


_LISTED = 20


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


def print_access(now: AccessNow) -> None:
    """Print yes or no, and each gate on the way."""
    access = now.access
    page = f'"{access.title}"' if access.title else access.url
    verdict = {True: ("Yes", "green"), False: ("No", "red"), None: ("Cannot be told", "yellow")}
    word, style = verdict[access.may_read]
    said = {True: "may read", False: "may not read", None: "and"}[access.may_read]
    out().print(
        _assembled((word, f"bold {style}"), f": {access.person} {said} {page} of {access.wiki}"),
        soft_wrap=True,
    )
    for gate in access.gates:
        mark = ("  pass  ", "green") if gate.passed else ("  stop  ", "red")
        out().print(_assembled(mark, f"{gate.where}: {gate.why}"), soft_wrap=True)
    for sentence in filter(None, (access.why, now.answers)):
        out().print(safe(f"  {sentence}"), soft_wrap=True)


def complain(text: str) -> None:
    with suppress(OSError):  # there is no other place to report it
        err().print(safe(text, style="red"), soft_wrap=True)


def print_status(rows: dict[str, Any]) -> None:
    """Print a line for each wiki and, below it, for each of its spaces. Lags are p50 / p95 from a
    change in the wiki to its answer."""
    table = Table(
        "wiki", "pages", "passages", "closed", "as of", "edits after", "other changes after",
        box=None, pad_edge=False,
    )  # fmt: skip
    for name, row in rows["wikis"].items():
        as_of = (
            in_words(datetime.fromisoformat(row["as_of"]).astimezone()) if row["as_of"] else "never"
        )
        table.add_row(
            safe(name), f"{row['pages']:,}", f"{row['passages']:,}", f"{row['closed']:,}",
            as_of, *_lags(row["lag_seconds"]),
        )  # fmt: skip
        for key, space in row["spaces"].items():
            table.add_row(
                safe(f"  {key}"), f"{space['pages']:,}", "", f"{space['closed']:,}", "",
                *_lags(space["lag_seconds"]),
            )  # fmt: skip
    out().print(table)
    if rows["trouble"]:
        out().print(safe(rows["trouble"], style="yellow"), soft_wrap=True)
    for name, row in rows["wikis"].items():
        if row["read_as"]:
            out().print(_assembled((f"{name}: ", "bold"), f"read as {ReadAs(**row['read_as'])}"))
        if row["error"]:
            out().print(_assembled((f"{name}: ", "bold"), row["error"]), soft_wrap=True)
        for warning in row["warnings"][:_LISTED]:
            out().print(_assembled((f"{name} warning ", "yellow"), warning), soft_wrap=True)
        for page, reason in list(row["failed"].items())[:_LISTED]:
            out().print(_assembled((f"{name} failed ", "red"), f"{page}: {reason}"), soft_wrap=True)
    for id_, row in rows.get("workspaces", {}).items():
        wikis = ", ".join(row["wikis"]) or "no wiki"
        words = f"workspace {id_} ({row['name']}) is answered from {wikis}"
        out().print(safe(words), soft_wrap=True)


def _lags(lags: dict[str, dict[str, Any]]) -> list[str]:
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
            by = f" by {step['person']}" if step["person"] else ""
            out().print(safe(f"  {when} {action}{by}"), soft_wrap=True)
    if not rows:
        out().print("No flags.")


def print_sections(sections: Sequence[Section]) -> None:
    for section in sections:
        path = " > ".join(section.headings) or "(top)"
        out().print(_assembled((path, "bold"), (f"  #{section.anchor}", "blue")), soft_wrap=True)
        out().print(safe(section.text), soft_wrap=True)
        out().print()
