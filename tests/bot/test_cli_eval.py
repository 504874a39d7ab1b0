"""`footnote eval` and what feeds it, run as a script runs them."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.bot.answering.quoting.responding import Responder
from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef, RecordedAnswer
from footnote_bot.bot.evaluation import comparing
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import Complaint
from footnote_bot.bot.model import Answer, NoAnswer, Question, Source
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.in_threads import AsyncAnswers
from tests.bot.kept_folders import KeptFolders
from tests.bot.shell import Shell


@pytest.fixture
def handbook(shell: Shell, kept_folders: KeptFolders) -> Shell:
    """A folder with settings and a wiki of two pages, synced."""

    def make() -> None:
        wiki = '[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "pages"\n'
        shell.write("footnote.toml", wiki)
        shell.write("pages/leave.md", "# Leave\n\nLeave is thirty days long.\n")
        shell.write("pages/travel.md", "# Travel\n\nTravel is booked by train, never by plane.\n")
        assert shell.footnote("sync").code == 0

    kept_folders.fill("eval", shell.folder, make)
    return shell


QUESTIONS: list[dict[str, Any]] = [
    {
        "id": "q1",
        "question": "How long is leave?",
        "relevant": {"a": 1},
        "answers": ["thirty days"],
    },
    {"question": "How is travel booked?", "relevant": {"b": 1}, "answers": ["train"]},
    {"question": "Which gluon decays in quantum chromodynamics?", "answerable": False},
]
CORPUS: list[dict[str, Any]] = [
    {"id": "a", "title": "Leave", "text": "Leave is thirty days long."},
    {"id": "b", "title": "Travel", "text": "Travel is booked by train."},
]


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def test_a_corpus_is_scored_by_the_contract_and_indexed_once(shell: Shell) -> None:
    shell.write("q.jsonl", lines(QUESTIONS))
    shell.write("c.jsonl", lines(CORPUS))
    result = shell.footnote("eval", "q.jsonl", "--corpus", "c.jsonl", "--json")

    assert result.code == 0
    assert result.json["questions"] == 3
    assert result.json["hit@1"] == result.json["recall@5"] == result.json["recall@10"] == 1.0
    assert result.json["mrr@10"] == result.json["ndcg@10"] == result.json["containment"] == 1.0
    assert result.json["refusal"]["precision"] == result.json["refusal"]["recall"] == 1.0
    assert result.json["refusal"]["auroc"] == 1.0
    assert result.json["verbatim_quotes"] == result.json["links_in_shown"] == 1.0
    assert result.json["answered"] == pytest.approx(2 / 3)
    assert result.json["latency_ms"].keys() == {"retrieve_p50", "retrieve_p95"}
    assert len(result.json["intervals"]["hit@1"]) == 2
    (before,) = shell.folder.glob("data/scratch/*")
    again = shell.footnote("eval", "q.jsonl", "--corpus", "c.jsonl")
    assert again.code == 0
    assert "hit@1            1.000  (1.000 to 1.000)" in again.out
    assert list(shell.folder.glob("data/scratch/*")) == [before]


def test_the_wikis_themselves_are_scored_by_page(handbook: Shell) -> None:
    handbook.write("q.jsonl", lines([{"question": "Leave?", "relevant": {"leave.md": 1}}]))

    assert handbook.footnote("eval", "q.jsonl", "--json").json["hit@1"] == 1.0


def test_a_broken_question_set_says_which_line(shell: Shell) -> None:
    shell.write("q.jsonl", '{"question": "Fine?"}\n{"question": \n')
    shell.write("c.jsonl", lines(CORPUS))
    result = shell.footnote("eval", "q.jsonl", "--corpus", "c.jsonl", "--json")

    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("q.jsonl, line 2: not JSON")


def evaluated(shell: Shell, *options: str) -> Any:
    """Return the JSON of a run over the questions and the corpus."""
    shell.write("q.jsonl", lines(QUESTIONS))
    shell.write("c.jsonl", lines(CORPUS))
    result = shell.footnote("eval", "q.jsonl", "--corpus", "c.jsonl", "--json", *options)

    assert result.code == 0, result.err
    return result.json


def timeless(scores: Any) -> Any:
    return {name: value for name, value in scores.items() if not name.endswith("_ms")}


def test_the_same_run_twice_has_the_same_figures(shell: Shell) -> None:
    first = evaluated(shell, "--answers", "--out", "1.json")
    again = evaluated(shell, "--answers", "--out", "2.json", "--against", "1.json")
    first_run, kept_again = (json.loads(Path(name).read_text()) for name in ("1.json", "2.json"))
    against = again.pop("against")

    assert timeless(first) == timeless(again)
    assert first_run["questions"] == kept_again["questions"]
    assert timeless(first_run["report"]) == timeless(kept_again["report"])
    assert against["better"] == against["worse"] == against["answers_changed"] == []
    assert {measure["p"] for measure in against["measures"].values()} == {1.0}


def test_what_was_measured_is_told_although_it_cannot_be_kept(shell: Shell) -> None:
    shell.write("q.jsonl", lines(QUESTIONS))
    shell.write("c.jsonl", lines(CORPUS))
    shell.write("run.json.part/a.txt", "in the way")
    result = shell.footnote("eval", "q.jsonl", "--corpus", "c.jsonl", "--json", "--out", "run.json")

    assert result.code == 1
    assert result.json["questions"] == 3
    assert "run.json: cannot be written" in result.err


def test_a_run_is_written_to_a_link_or_a_pipe_and_takes_the_place_of_neither(shell: Shell) -> None:
    """Otherwise root would lose its /dev/null."""
    os.mkfifo("pipe")
    Path("link.json").symlink_to("run.json")
    reader = os.open("pipe", os.O_RDWR)  # keeps the output until it is read
    evaluated(shell, "--out", "link.json")
    try:
        comparing.save(Path("pipe"), {}, [])
        output = os.read(reader, 1000)
    finally:
        os.close(reader)

    assert Path("link.json").is_symlink()
    assert len(json.loads(Path("run.json").read_text())["questions"]) == 3
    assert Path("pipe").is_fifo()
    assert json.loads(output)["questions"] == []


def test_questions_that_got_worse_are_listed(shell: Shell) -> None:
    evaluated(shell, "--out", "before.json")
    corpus = [CORPUS[0] | {"text": "Leave is forty days long."}, CORPUS[1]]
    shell.write("changed.jsonl", lines(corpus))
    arguments = ("eval", "q.jsonl", "--corpus", "changed.jsonl", "--against", "before.json")
    result = shell.footnote(*arguments)
    output = shell.footnote(*arguments, "--json").json["against"]

    assert [change["id"] for change in output["worse"]] == ["q1"]
    assert output["worse"][0]["scores"] == {"containment": [1.0, 0.0]}
    assert output["measures"]["containment"]["difference"] == -0.5
    assert "\n1 worse:\n  q1: How long is leave? (containment 1.00 > 0.00)\n" in result.out
    assert "In both runs: 3 questions;" in result.out


def test_answers_are_accounted_for_and_failing_ones_listed(shell: Shell) -> None:
    answers = evaluated(shell, "--answers")["answers"]

    assert answers == {
        "composed": 0.0, "fallbacks": {},
        "sentences": 2, "cited_sentences": 1.0, "faithful": None, "relevant": None, "failures": {}
    }  # fmt: skip
    shell.write("q.jsonl", lines([QUESTIONS[0] | {"answers": ["forty"]}]))
    result = shell.footnote("eval", "q.jsonl", "--corpus", "c.jsonl", "--answers")
    assert "1 fail by containment:\n  q1: How long is leave?\n    > Leave is thirty" in result.out


def test_figures_are_told_by_type_and_by_turn(shell: Shell) -> None:
    history = [{"role": "user", "text": "What is leave?"}, {"role": "assistant", "text": "Time."}]
    shell.write(
        "q.jsonl",
        lines([
            QUESTIONS[0] | {"type": "fact"},
            QUESTIONS[1] | {"type": "rule", "history": history},
            QUESTIONS[2] | {"type": "rule"},
        ]),
    )  # fmt: skip
    shell.write("c.jsonl", lines(CORPUS))
    result = shell.footnote("eval", "q.jsonl", "--corpus", "c.jsonl", "--json")
    output = shell.footnote("eval", "q.jsonl", "--corpus", "c.jsonl")

    assert {name: group["questions"] for name, group in result.json["by_type"].items()} == {
        "fact": 1, "rule": 2
    }  # fmt: skip
    assert {name: group["questions"] for name, group in result.json["by_turn"].items()} == {
        "1": 2, "2": 1
    }  # fmt: skip
    assert result.json["by_type"]["rule"]["refusal"]["recall"] == 1.0
    assert "\nrule  2  1.000 ±0.00" in output.out
    assert result.json["stages_ms"].keys() == {
        "rewrite", "embed", "search", "retrieve", "compose", "total"
    }  # fmt: skip
    assert evaluated(shell)["by_type"] is None


def test_history_is_passed_on_and_rewrites_are_asked_instead(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions: list[Question] = []
    compose = Responder.__call__

    def watched(self: Responder, question: Question, retrieved: Any) -> Answer | NoAnswer:
        questions.append(question)
        return compose(self, question, retrieved)

    monkeypatch.setattr(Responder, "__call__", watched)
    follow_up = {"question": "How long?", "history": ["Leave?"], "rewrite": "How long is leave?"}
    shell.write("q.jsonl", lines([follow_up, QUESTIONS[1]]))
    shell.write("c.jsonl", lines(CORPUS))
    shell.footnote("eval", "q.jsonl", "--corpus", "c.jsonl")
    shell.footnote("eval", "q.jsonl", "--corpus", "c.jsonl", "--rewrites")

    assert [(message.text, len(message.history)) for message in questions] == [
        ("How long?", 1), ("How is travel booked?", 0), ("How long is leave?", 0)
    ]  # fmt: skip


def test_pages_that_no_search_can_find_are_told(handbook: Shell) -> None:
    handbook.write("q.jsonl", lines([{"question": "Leave?", "relevant": {"leave": 1, "no.md": 1}}]))
    result = handbook.footnote("eval", "q.jsonl", "--json")

    assert result.json["unreachable"] == {
        "not_indexed": ["leave", "no.md"], "ambiguous": [], "closed": []
    }  # fmt: skip
    assert result.err == "2 of the relevant pages are not indexed: leave, no.md\n"


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ([], 2, "Give either QUESTIONS or --flags."),
        (["q.jsonl", "--flags"], 2, "Give either QUESTIONS or --flags."),
        (["q.jsonl", "--out", "no/run.json"], 2, "there is no folder no"),
        (["q.jsonl", "--out", "q.jsonl"], 2, "--out would overwrite QUESTIONS."),
        (
            ["q.jsonl", "--corpus", "c.jsonl", "--out", "c.jsonl"],
            2,
            "--out would overwrite the file of --corpus.",
        ),
        (["q.jsonl", "--against", "no.json"], 2, "does not exist"),
        (["q.jsonl", "--against", "q.jsonl"], 1, "q.jsonl: is not a run that"),
        (["q.jsonl", "--against", "two.jsonl"], 1, "two.jsonl: is not a run that"),
    ],
)
def test_impossible_options_are_reported_before_any_question_is_asked(
    options: list[str], code: int, message: str, handbook: Shell
) -> None:
    handbook.write("q.jsonl", lines(QUESTIONS[:1]))
    handbook.write("two.jsonl", lines(QUESTIONS[:2]))
    handbook.write("c.jsonl", lines(CORPUS))
    result = handbook.footnote("eval", *options)

    assert (result.code, result.out) == (code, "")
    assert message in result.err


def test_an_interrupted_run_keeps_and_prints_nothing(
    handbook: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    handbook.write("q.jsonl", lines(QUESTIONS))
    with monkeypatch.context() as patched:
        patched.setattr(Responder, "__call__", interrupt)
        result = handbook.footnote("eval", "q.jsonl", "--out", "run.json", "--json")

    assert (result.code, result.out) == (130, "")
    assert result.err.strip() == "Interrupted; nothing is scored, and what is indexed is kept."
    assert not list(handbook.folder.glob("run.json*"))
    assert handbook.footnote("eval", "q.jsonl").code == 0


def test_where_there_is_nothing_to_ask_it_says_so(handbook: Shell) -> None:
    handbook.write("q.jsonl", lines(QUESTIONS))
    rewrites = handbook.footnote("eval", "q.jsonl", "--rewrites", "--json")
    flags = handbook.footnote("eval", "--flags", "--json")

    assert (rewrites.json["questions"], rewrites.err) == (0, "No question was asked.\n")
    assert (flags.json["questions"], flags.err) == (0, "Nobody has judged an answer yet.\n")


def test_whoever_asks_judged_questions_makes_no_database(handbook: Shell) -> None:
    handbook.footnote("sync")
    for file in handbook.folder.glob("data/state.sqlite3*"):
        file.unlink()

    assert handbook.footnote("eval", "--flags").err == "Nobody has judged an answer yet.\n"
    assert not list(handbook.folder.glob("data/state*"))


@pytest.fixture
def judged(handbook: Shell) -> Shell:
    """Somebody liked an answer, and somebody else was sent to the wrong page."""
    state = Database.open(handbook.folder / "data" / "state.sqlite3")
    try:
        feedback = Feedback(
            AsyncAnswers(DatabaseAnswers(state)), lambda: datetime(2026, 11, 3, tzinfo=UTC)
        )

        async def record_answer(question: str, page: str) -> RecordedAnswer:
            place = MessageRef("T1", "C1", question, question)
            source = Source("?", "", "https://x.invalid", "x", "handbook", page, "1")
            question_asked = AskedQuestion(question, "U1", place, private=False)
            return await feedback.record(question_asked, Answer("So. [1]", (source,), 0.9))

        async def judge() -> None:
            leave = await record_answer("How long is leave?", "leave.md")
            travel = await record_answer("How is travel booked?", "travel.md")
            await feedback.praise(leave.id, "U2")
            await feedback.complain(travel.id, "U2", Complaint.WRONG_PAGE)

        asyncio.run(judge())
    finally:
        state.close()
    return handbook


def test_what_people_judged_is_asked_again_by_one_command(judged: Shell) -> None:
    report = judged.footnote("eval", "--flags", "--json").json

    assert report["questions"] == 2
    assert report["hit@1"] == 1.0
    # The bot still leads to the page that somebody called wrong.
    assert report["avoids_unfit"] == 0.0
    assert report["by_type"].keys() == {"praised", "wrong_page"}


@pytest.mark.parametrize("name", ["flags.jsonl", "flags.jsonl.gz"])
def test_what_people_judged_is_kept_as_a_question_set(name: str, judged: Shell) -> None:
    result = judged.footnote("flags", "--as-questions", name, "--json")
    data = Path(name).read_bytes()
    text = gzip.decompress(data).decode() if name.endswith("gz") else data.decode()

    assert result.json == {"questions": 2, "file": name}
    assert judged.footnote("flags", "--as-questions", name).out == f"{name}: 2 questions\n"
    assert [json.loads(line)["relevant"] for line in text.splitlines()] == [
        {"handbook/leave.md": 1.0}, {"handbook/travel.md": 0.0}
    ]  # fmt: skip
    from_file, from_state = (
        judged.footnote("eval", source, "--json").json for source in (name, "--flags")
    )
    assert timeless(from_file) == timeless(from_state)
