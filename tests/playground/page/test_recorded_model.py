"""The demo's recorded model: it writes from the passages, and is only called if it is on."""

from __future__ import annotations

from footnote_bot.bot.answering.llm.prompt import NOTHING, Prompt
from footnote_bot.playground.page.ports import ModelSwitch
from footnote_bot.playground.page.reasons import ObservedReasons
from footnote_bot.playground.page.recorded_model import RECORDINGS, RecordedModel
from tests.fakes.passages import passages

DEPLOY = "How do I deploy to production?"


def write(question: str, *texts: str) -> str:
    shown_passages = tuple(passages("deploying", *texts))
    prompt = Prompt("rules", f"<question>\n{question}\n</question>", shown_passages, 100)
    return "".join(RecordedModel(sleep=lambda _: None).write(prompt))


def test_it_cites_the_passages_that_its_sentences_are_from() -> None:
    text = write(
        DEPLOY,
        "Something else.",
        "Run:\n\ndeploy --to production\n--wait",
        "Production deploys are frozen from Friday.",
    )

    assert "Merge to main and run `deploy --to production --wait`. [2]" in text
    assert "from Friday noon to Monday morning. [3]" in text


def test_it_says_nothing_of_passages_that_it_is_not_shown() -> None:
    assert write(DEPLOY, "Leave is thirty days long.") == NOTHING


def test_it_says_nothing_to_other_questions() -> None:
    assert write("How long is leave?", "Production deploys are frozen from Friday.") == NOTHING


def test_it_is_asked_only_while_it_is_on_and_only_what_is_recorded() -> None:
    switch = ModelSwitch(tuple(RECORDINGS))
    reasons = ObservedReasons(switch)

    while_off = reasons.composes(DEPLOY)
    switch.on = True

    assert [while_off, reasons.composes(DEPLOY), reasons.composes("How long is leave?")] == [
        False,
        True,
        False,
    ]


def test_without_recordings_every_question_may_be_composed() -> None:
    assert ObservedReasons().composes("How long is leave?")


def test_each_recording_has_words_to_cite() -> None:
    for sentences in RECORDINGS.values():
        assert all(sentence.words and sentence.text for sentence in sentences)
