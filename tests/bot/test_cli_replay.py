"""`footnote eval --replay`, run as a script runs it, with the bundled embedding model."""

from __future__ import annotations

import json

import pytest

from tests.bot.shell import Shell

SENTENCES = [
    {"text": "Leave is 30 days long [1].", "kind": "claim", "faithful": True, "error": None},
    {"text": "Leave is 40 days long [1].", "kind": "claim", "faithful": False, "error": "number"},
]
RECORDED = {
    "id": "q1",
    "question": "How long is leave?",
    "passages": [{"n": 1, "title": "Leave", "text": "Leave is thirty days long."}],
    "answers": [
        {
            "style": "close",
            "text": " ".join(str(s["text"]) for s in SENTENCES),
            "sentences": SENTENCES,
        }
    ],
}


@pytest.fixture
def recorded(shell: Shell) -> Shell:
    shell.write("answers.jsonl", json.dumps(RECORDED))
    return shell


def test_answers_are_replayed_without_a_model_a_wiki_or_an_index(recorded: Shell) -> None:
    result = recorded.footnote("eval", "--replay", "answers.jsonl", "--json")

    assert result.code == 0
    (answer,) = result.json["replayed"][0]["answers"]
    assert answer["kept"] == [{"text": "Leave is 30 days long [1].", "verified": False}]
    assert answer["dropped"] == [{"text": "Leave is 40 days long [1].", "reason": "number"}]
    assert result.json["wrong_shown"] == {"number": 0.0}
    assert result.json["judge"] == {"by": "none", "unclear": 1, "judged": 0}
    assert not (recorded.folder / "data").exists()


def test_people_see_the_shares(recorded: Shell) -> None:
    result = recorded.footnote("eval", "--replay", "answers.jsonl", "--judge", "labels")

    assert result.code == 0
    assert "faithful_shown   1.000" in result.out


@pytest.mark.parametrize(
    "options",
    [
        ("--replay", "answers.jsonl", "--flags"),
        ("--replay", "answers.jsonl", "answers.jsonl"),
        ("--replay", "answers.jsonl", "--judge", "answers.jsonl"),
        ("--replay", "answers.jsonl", "--judge"),
        ("answers.jsonl", "--answers", "--judge", "labels"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    recorded: Shell, options: tuple[str, ...]
) -> None:
    assert recorded.footnote("eval", *options).code == 2
    assert (recorded.folder / "answers.jsonl").read_text() == json.dumps(RECORDED)
