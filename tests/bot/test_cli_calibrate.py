"""``footnote calibrate``: as people run it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from bot.answering.calibration import Calibration, load
from bot.answering.confidence import Confidence, Curve
from bot.evaluation import aligning, calibrating, fitting
from indexers.index.embedding import LocalEmbedder
from indexers.index.reranking import LocalReranker
from tests.bot.kept_folders import KeptFolders
from tests.bot.shell import Shell

NEVER = Confidence(bias=-50.0, closest=0.0, words=0.0, pairs=0.0, read=Curve(-50.0, 0.0, 0.0, 0.0))


@pytest.fixture
def handbook(shell: Shell) -> Shell:
    """A folder with settings and a wiki of two pages, not yet synced."""
    shell.write(
        "footnote.toml",
        '[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "pages"\n'
        'site_url = "https://handbook.example.com"\n',
    )
    shell.write("pages/leave.md", "# Leave\n\n## How long\n\nLeave is thirty days long.\n")
    shell.write("pages/travel.md", "# Travel\n\nTravel is booked by train, never by plane.\n")
    return shell


def curve_of(handbook: Shell) -> Path:
    return handbook.folder / "data" / "confidence.json"


def made(embedder: str) -> Calibration:
    return Calibration(NEVER, embedder, LocalReranker().identity, 50, False, "2026-11-26")


def test_a_small_wiki_keeps_the_curve_and_is_told_so(handbook: Shell) -> None:
    handbook.footnote("sync")
    ran = handbook.footnote("calibrate", "--json")

    assert ran.code == 0
    assert ran.json["calibrated"] is False
    assert "The curve that comes with Footnote is kept." in ran.json["why"]
    assert not curve_of(handbook).exists()


def test_too_few_questions_keep_the_curve_and_are_told_so(handbook: Shell) -> None:
    handbook.footnote("sync")
    questions = handbook.write(
        "questions.jsonl",
        json.dumps({"question": "How long is leave?", "answers": ["thirty days"]}) + "\n",
    )
    ran = handbook.footnote("calibrate", str(questions))

    assert ran.code == 0
    assert "1 of 1 question answered right: a curve takes 40" in ran.out
    assert not curve_of(handbook).exists()


def test_a_curve_is_fitted_to_questions_and_used_from_then_on(
    handbook: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "FEWEST", 8)
    handbook.footnote("sync")
    right = {"question": "How long is leave?", "answers": ["thirty days"]}
    wrong = {"question": "How long is leave at Christmas?", "answerable": False}
    rows = [right, right, wrong, wrong, wrong] * 8
    questions = handbook.write("questions.jsonl", "\n".join(map(json.dumps, rows)) + "\n")
    before = handbook.footnote("ask", "How long is leave?", "--json").json["confidence"]
    ran = handbook.footnote("calibrate", str(questions), "--json")
    after = handbook.footnote("ask", "How long is leave?", "--json").json["confidence"]

    assert (ran.code, ran.json["questions"], ran.json["right"]) == (0, 40, 16)
    assert ran.json["calibrated"] is True
    assert curve_of(handbook).exists()
    assert after != before


PAGES = Path(__file__).parents[2] / "bot" / "playground" / "handbook" / "pages"
HELD = ("tools", "travel-and-leave")
"""Sixty pages."""
MISSING = (
    "general-information-and-resources", "hiring-staying-or-changing-jobs",
    "performance-management", "training-and-development",
)  # fmt: skip
ASKED = "How does Airtable work?"
FOREIGN = "Who won the football world cup in 1998?"
"""Nothing is quoted, so the curve of passages decides."""


@pytest.fixture
def demo(shell: Shell, kept_folders: KeptFolders) -> Shell:
    """A quarter of the demo's handbook, synced."""

    def make() -> None:
        include = ", ".join(f'"{folder}/**"' for folder in HELD)
        shell.write(
            "footnote.toml",
            f'[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "{PAGES}"\n'
            f'site_url = "https://handbook.example.com"\ninclude = [{include}]\n',
        )
        assert shell.footnote("sync").code == 0

    kept_folders.fill("demo", shell.folder, make)
    return shell


def titled(folders: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every other page that has a title, and the title."""
    pages = sorted(page for folder in folders for page in (PAGES / folder).rglob("*.md"))
    for page in pages[::2]:
        found = re.search(r'^title: *"?([^"\n]+?)"? *$', page.read_text("utf-8"), re.MULTILINE)
        if found:
            yield str(page.relative_to(PAGES)), found[1]


def questions_of_the_demo() -> str:
    """What the pages answer, and what those that the wiki does not hold would answer. Of three that
    are answered with their page one wanted another: the curve that comes with Footnote is too
    sure here."""
    held = [
        {"question": f"How does {title} work?", "relevant": {page if at % 3 else "other.md": 1}}
        for at, (page, title) in enumerate(titled(HELD))
    ]
    missing = [
        {"question": f"How does {title} work?", "answerable": False} for _, title in titled(MISSING)
    ]
    return "\n".join(map(json.dumps, [*held, *missing])) + "\n"


def weights(demo: Shell, question: str = ASKED) -> tuple[float, dict[str, float]]:
    """How sure the next answer is, and the curve that decided it."""
    told = demo.footnote("ask", question, "--why", "--json").json
    return told["confidence"], told["why"]["weighs"]


def curve_in(demo: Shell, name: str = "shown") -> dict[str, float]:
    """The curve of quotations in the written file, or that of passages, which is called "read"."""
    kept = json.loads(curve_of(demo).read_text("utf-8"))
    curve: dict[str, float] = kept["confidence"][name]
    return curve


@pytest.mark.long
def test_a_real_wiki_s_questions_fit_a_curve_that_the_next_ask_uses(demo: Shell) -> None:
    decided_by = {"shown": ASKED, "read": FOREIGN}
    questions = demo.write("questions.jsonl", questions_of_the_demo())
    before = {name: weights(demo, asked) for name, asked in decided_by.items()}
    ran = demo.footnote("calibrate", str(questions), "--json")
    after = {name: weights(demo, asked) for name, asked in decided_by.items()}

    assert (ran.code, ran.json["calibrated"]) == (0, True)
    assert ran.json["why"] == f"Fitted to {ran.json['questions']} questions."
    assert ran.json["log_loss"]["after"] < ran.json["log_loss"]["before"]
    for name, (_, fitted) in after.items():
        assert fitted == pytest.approx(curve_in(demo, name))
    # A curve that is no better by more than chance stays as it was.
    assert json.loads(curve_of(demo).read_text("utf-8"))["confidence"] != asdict(Confidence())
    changed = [name for name in decided_by if after[name][1] != before[name][1]]
    assert all(after[name][0] != before[name][0] for name in changed)

    demo.footnote("calibrate", "--reset")
    assert {name: weights(demo, asked) for name, asked in decided_by.items()} == before


@pytest.mark.long
def test_a_real_wiki_s_own_pages_scale_the_curve_that_the_next_ask_uses(demo: Shell) -> None:
    before, default = weights(demo)
    ran = demo.footnote("calibrate", "--json")
    after, scaled = weights(demo)

    assert (ran.code, ran.json["calibrated"]) == (0, True)
    assert "made of the pages" in ran.json["why"]
    assert ran.json["questions"] >= ran.json["found"] >= aligning.FEWEST
    assert json.loads(curve_of(demo).read_text("utf-8"))["generated"] is True
    assert scaled == pytest.approx({name: curve_in(demo)[name] for name in scaled})
    assert scaled != default
    assert after != before


def test_what_was_calibrated_counts_until_it_is_reset(handbook: Shell) -> None:
    handbook.footnote("sync")
    made(LocalEmbedder().identity).save(curve_of(handbook))
    silent = handbook.footnote("ask", "How long is leave?", "--json").json
    ran = handbook.footnote("calibrate", "--reset")
    again = handbook.footnote("calibrate", "--reset", "--json")

    assert (silent["kind"], silent["tone"]) == ("no_answer", "silence")
    assert (ran.code, ran.out.strip()) == (0, "The curve that comes with Footnote is used.")
    assert again.json == {"calibrated": False, "why": "There was no other curve."}
    assert handbook.footnote("ask", "How long is leave?", "--json").json["kind"] == "answer"


def test_a_curve_of_another_model_is_ignored_with_a_clear_word(handbook: Shell) -> None:
    handbook.footnote("sync")
    made("another-model").save(curve_of(handbook))
    ran = handbook.footnote("ask", "How long is leave?", "--json")

    assert ran.json["kind"] == "answer"
    assert "made for other models" in ran.err
    assert load(curve_of(handbook), "another-model", LocalReranker().identity) is not None


def test_interrupted_the_curve_stays_as_it_was(
    handbook: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(calibrating.Calibrating, "by_pages", interrupted)
    handbook.footnote("sync")
    ran = handbook.footnote("calibrate")

    assert ran.code == 130
    assert "Interrupted; the curve stays as it was." in ran.err
    assert not curve_of(handbook).exists()


def test_reset_takes_nothing_else(handbook: Shell) -> None:
    questions = handbook.write("questions.jsonl", "{}\n")

    assert handbook.footnote("calibrate", str(questions), "--reset").code == 2


def test_a_set_that_cannot_be_read_is_told(handbook: Shell) -> None:
    handbook.footnote("sync")
    ran = handbook.footnote("calibrate", str(handbook.write("questions.jsonl", "{")))

    assert ran.code == 1
    assert "questions.jsonl, line 1" in ran.err
