"""The output of results on a terminal, and for scripts."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from rich.console import Console

from footnote_bot.bot import screen, terminal
from footnote_bot.bot.model import (
    Answer,
    Doubt,
    Fallback,
    Linked,
    NoAnswer,
    Reason,
    Source,
    Timings,
    Tone,
    Unchecked,
    Why,
)
from footnote_bot.bot.moments import in_words, time_of
from footnote_bot.bot.result_json import result_json
from footnote_bot.indexers.model import Failed, Progress, Section, Skipped, SyncReport

SOURCE = Source(
    title="Leave",
    heading="Paid > How long",
    url="https://handbook.example.com/leave/#how-long",
    quote="Leave is `long`.",
    wiki="handbook",
    page="leave.md",
    revision="1",
)


def test_a_source_is_its_place_and_what_to_know_of_its_age() -> None:
    old = replace(SOURCE, updated=date(2025, 11, 3))

    assert terminal.where(SOURCE) == "Leave > Paid > How long"
    assert terminal.where(replace(SOURCE, heading="")) == "Leave"
    assert terminal.where(old) == "Leave > Paid > How long (of 2025-11-03)"
    assert terminal.where(replace(old, heading="", outdated=True)) == (
        "Leave (outdated, of 2025-11-03)"
    )


def test_an_answer_for_scripts() -> None:
    source = replace(SOURCE, updated=date(2025, 11, 3), outdated=True)
    payload = result_json(Answer("Long. [1]", (source,), 0.87654, Timings(1.234, 2, 3, 4)))

    assert payload["kind"] == "answer"
    assert payload["confidence"] == 0.8765
    assert payload["timings_ms"] == {
        "embed": 1.23,
        "search": 2,
        "compose": 3,
        "check": 4,
        "total": 10.23,
    }
    assert (payload["unchecked"], payload["last_check"]) == (False, None)
    assert payload["sources"][0]["updated"] == "2025-11-03"
    assert payload["sources"][0]["quote"] == "Leave is `long`."
    assert "nearest" not in payload


def test_no_answer_for_scripts() -> None:
    near = replace(SOURCE, quote="")
    payload = result_json(NoAnswer(Reason.NOTHING_FITS, "Nothing.", (near,), 0.1))

    assert (payload["kind"], payload["reason"], payload["sources"]) == (
        "no_answer",
        "nothing_fits",
        [],
    )
    assert [source["title"] for source in payload["nearest"]] == ["Leave"]


def test_no_blanks_stand_behind_the_lines_of_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.print_answer(NoAnswer(Reason.NOTHING_FITS, f"First.\n\n{'Words and ' * 20}no more."))
    lines = capsys.readouterr().out.split("\n")

    assert lines[:2] == ["  First.", ""]
    assert len(lines[2]) <= 80
    assert [line for line in lines if line != line.rstrip()] == []


def test_no_answer_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    near = replace(SOURCE, quote="")
    terminal.print_answer(NoAnswer(Reason.NOTHING_FITS, "Nothing [here].", (near,)))

    lines = capsys.readouterr().out.split("\n")[:-1]
    first, *_, page, address, keepers, last = lines
    assert first == "  Nothing [here]."
    assert keepers == "  Ask the wiki's reviewers: /reviewers in footnote chat"
    assert page.endswith(" Leave > Paid > How long")
    assert (address.strip(), last) == (SOURCE.url, "")


def test_the_words_behind_a_footnote_of_a_model_stand_below_its_source(
    capsys: pytest.CaptureFixture[str],
) -> None:
    composed = Answer("Very. [1]", (SOURCE,), 0.9, composed=True)
    terminal.print_answer(composed)
    output = [line.strip() for line in capsys.readouterr().out.splitlines()]
    terminal.print_answer(replace(composed, composed=False))
    quoted = capsys.readouterr().out

    assert output[output.index(SOURCE.url) + 1] == "\u201cLeave is long.\u201d"
    assert "\u201c" not in quoted


def test_why_a_model_has_no_part_in_no_answer_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    nothing = NoAnswer(Reason.NOTHING_FITS, "Nothing.", fallback=Fallback.CAPPED)
    terminal.print_answer(nothing)

    output = " ".join(capsys.readouterr().out.split())
    assert "budget for today is used up, so I only looked for words to quote." in output
    assert result_json(nothing)["fallback"] == "capped"


NEAR = replace(SOURCE, quote="")


@pytest.mark.parametrize(("text", "lines"), [("Asked back: so.", 1), ("", 0)])
def test_it_is_told_why_a_question_came_back(
    text: str, lines: int, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.print_why(Why({}, {"bias": 1.0}, 0.5, "a rule", text))

    assert capsys.readouterr().out.count("Asked back: so.") == lines


LAST_CHECK = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("unchecked", "expected"),
    [(Unchecked(LAST_CHECK), "2026-11-24T14:02:00+00:00"), (Unchecked(), None)],
)
def test_scripts_are_told_of_an_answer_that_could_not_be_checked(
    unchecked: Unchecked, expected: str | None
) -> None:
    payload = result_json(Answer("Long. [1]", (SOURCE,), 0.9, unchecked=unchecked))

    assert (payload["unchecked"], payload["last_check"]) == (True, expected)


@pytest.mark.parametrize(
    "result",
    [Answer("Long. [1]", (SOURCE,), 0.9), NoAnswer(Reason.NOTHING_FITS, "Nothing.", (SOURCE,))],
)
def test_people_are_told_of_an_answer_that_could_not_be_checked(
    result: Answer | NoAnswer, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.print_answer(replace(result, unchecked=Unchecked(LAST_CHECK)))

    output = " ".join(capsys.readouterr().out.split())
    assert output.endswith(
        "The wiki did not answer in time, so these pages could not be checked again. "
        "They were last checked on 24 Nov 2026 at 14:02 UTC."
    )


def test_pages_that_could_not_be_checked_are_links(capsys: pytest.CaptureFixture[str]) -> None:
    result = NoAnswer(
        Reason.UNCHECKED,
        "I only link them.",
        linked=(Linked("wiki", "7", "https://w.example/7", Doubt.UNCONFIRMED),),
    )
    payload = result_json(result)
    terminal.print_answer(result)

    assert payload["linked"] == [
        {"wiki": "wiki", "page": "7", "url": "https://w.example/7", "why": "unconfirmed"}
    ]
    output = " ".join(capsys.readouterr().out.split())
    assert "A page of wiki. I could not confirm that you may read this now." in output
    assert output.endswith("https://w.example/7")


def test_reports_are_added_up_and_kept_apart() -> None:
    first = SyncReport("a", added=1, removed=2, passages_embedded=3, seconds=0.5)
    first.failed.append(Failed("x.md", "unreadable"))
    first.warnings.append("y.md: odd")
    two = SyncReport("b", added=4, unchanged=5, requests=6, seconds=0.25)
    two.skipped.append(Skipped("z.md", "draft"))
    payload = terminal.report_json([first, two])

    assert (payload["added"], payload["removed"], payload["unchanged"]) == (5, 2, 5)
    assert (payload["passages_embedded"], payload["requests"], payload["seconds"]) == (3, 6, 0.75)
    assert payload["failed"] == [{"page": "x.md", "reason": "unreadable"}]
    assert payload["skipped"] == [{"page": "z.md", "reason": "draft"}]
    assert payload["warnings"] == ["y.md: odd"]
    assert (payload["wikis"]["a"]["added"], payload["wikis"]["b"]["added"]) == (1, 4)
    assert payload["wikis"]["b"]["failed"] == []


def test_a_report_names_what_failed_but_not_for_ever(capsys: pytest.CaptureFixture[str]) -> None:
    report = SyncReport("handbook", added=1, seconds=1.26)
    report.failed += [Failed(f"p{n}.md", "[bold]odd[/] :smile: \x1b[2J") for n in range(90)]
    terminal.print_report(report)
    out, err = capsys.readouterr()
    lines = err.splitlines()

    assert out == ""
    assert lines[0].startswith(
        "handbook: 1 added, 0 changed, 0 moved or with other readers, 0 removed"
    )
    assert lines[0].endswith("90 failed; 0 passages embedded in 1.3 s")
    assert lines[1] == "  failed p0.md: [bold]odd[/] :smile: [2J"
    assert len(lines) < 60
    assert lines[-1].endswith("more (see --json)")


def test_a_wiki_that_cannot_be_read_is_not_counted_as_one_without_failures(
    capsys: pytest.CaptureFixture[str],
) -> None:
    terminal.print_report(SyncReport("handbook", error=OSError("there is no folder x")))

    assert capsys.readouterr().err == "handbook: nothing was read\nthere is no folder x\n"


def test_a_wiki_that_ended_early_is_told_what_was_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    terminal.print_report(SyncReport("handbook", added=2, error=OSError("it went away")))

    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("handbook: 2 added, ")
    assert lines[1] == "it went away"


def test_a_dry_run_says_what_would_be_embedded(capsys: pytest.CaptureFixture[str]) -> None:
    report = SyncReport("handbook", added=1, passages_embedded=3, seconds=0.2)
    terminal.print_report(report, dry_run=True)

    assert capsys.readouterr().err.endswith("0 failed; would embed 3 passages; read in 0.2 s\n")


def test_one_passage_is_no_plural(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.print_report(SyncReport("handbook", added=1, passages_embedded=1, seconds=0.2))

    assert capsys.readouterr().err.endswith("; 1 passage embedded in 0.2 s\n")


def test_progress_shows_how_many_the_rate_and_the_time_left() -> None:
    moments = iter(range(10_000))
    drawn = io.StringIO()
    console = Console(
        file=drawn,
        force_terminal=True,
        color_system=None,
        width=100,
        get_time=lambda: float(next(moments)),
        _environ={},
    )
    with screen.shown_on(screen.Screen(console, console)), screen.progress_bars() as draw:
        for number in range(0, 50, 10):
            draw(Progress("questions", number, 100), doing="Asking")

    assert re.search(r"Asking questions .* 40/100 \S+/s \d:\d\d:\d\d", drawn.getvalue())


def test_something_is_shown_before_anything_can_be_counted() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80, _environ={"TERM": "xterm"})
    with screen.shown_on(screen.Screen(console, console)), screen.progress_bars() as draw:
        begins = console.file.getvalue()  # type: ignore[attr-defined]
        draw(Progress("handbook", 1, 2))
        console.file.truncate(0)
        draw(Progress("handbook", 2, 2))
    goes_on = console.file.getvalue()  # type: ignore[attr-defined]

    assert "Starting" in begins
    assert "Starting" not in goes_on


def test_progress_is_not_drawn_where_nobody_sees_it(capsys: pytest.CaptureFixture[str]) -> None:
    with screen.progress_bars() as draw:
        draw(Progress("handbook", 0, 0))
        draw(Progress("handbook", 3, 10))

    assert capsys.readouterr() == ("", "")


def test_sections_are_shown_with_their_anchors(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.print_sections(
        [Section((), "", "Top [1]."), Section(("Paid", "Long"), "long", "- One\n- Two")]
    )

    assert capsys.readouterr().out == ("(top)  #\nTop [1].\n\nPaid > Long  #long\n- One\n- Two\n\n")


def test_a_complaint_is_one_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.complain("The index in /srv/[data] is locked. " * 8)
    out, err = capsys.readouterr()

    assert out == ""
    assert err.count("\n") == 1
    assert "/srv/[data]" in err


def test_a_moment_is_told_with_its_year_and_zone() -> None:
    moment = datetime(2026, 11, 24, 14, 2, tzinfo=timezone(timedelta(hours=1), "CET"))

    assert in_words(moment) == "24 Nov 2026 14:02 CET"
    assert time_of(moment) == "14:02 CET"


def test_the_closest_names_its_tone_and_the_nearest_pages_with_who_keeps_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    near = replace(SOURCE, quote="", title="Holidays", owner="ann@example.com")
    handle = replace(SOURCE, quote="", title="Trips", owner="confluence-user:site:123")
    closest = Answer("Long. [1]", (SOURCE,), 0.3, tone=Tone.CLOSEST, nearest=(near, handle))
    payload = result_json(closest)
    terminal.print_answer(closest)
    printed = capsys.readouterr().out

    assert (payload["kind"], payload["tone"]) == ("no_answer", "closest")
    assert [page.get("owner") for page in payload["nearest"]] == [None, "ann@example.com", None]
    assert "This may add something:" in printed
    assert "owner: ann@example.com" in printed
    assert "confluence-user" not in printed


def test_a_result_that_is_not_sure_is_no_answer_for_scripts() -> None:
    """Scripts that take every answer for one would pass on a guess."""
    near = replace(SOURCE, quote="", title="Holidays")
    closest = Answer("Long. [1]", (SOURCE,), 0.3, tone=Tone.CLOSEST, nearest=(near,))
    unsure = NoAnswer(Reason.NOTHING_FITS, "Not sure.", (SOURCE, near), 0.3)
    payloads = [result_json(closest), result_json(unsure)]

    for payload in payloads:
        assert (payload["kind"], payload["reason"], payload["sources"]) == (
            "no_answer",
            "nothing_fits",
            [],
        )
        assert [
            (page["title"], page["heading"], page["line"], page["quote"])
            for page in payload["nearest"]
        ] == [("Leave", "Paid > How long", "Leave is long.", ""), ("Holidays", *_NO_LINE)]
        assert payload["nearest"][0]["url"] == SOURCE.url


_NO_LINE = ("Paid > How long", "", "")
