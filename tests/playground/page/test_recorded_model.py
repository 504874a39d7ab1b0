"""The demo's recorded model: it writes from the passages, and is only called if it is on."""

from __future__ import annotations

from collections.abc import Sequence

from footnote_bot.bot.answering.composing.judge import JudgedSentence, judge_prompt, verdicts
from footnote_bot.bot.answering.llm.prompt import NOTHING, Prompt
from footnote_bot.bot.model import Question
from footnote_bot.indexers.model import EVERYONE, Principal
from footnote_bot.playground.page.furnishing import ENGINEERING, GENERAL, furnish
from footnote_bot.playground.page.ports import ModelSwitch
from footnote_bot.playground.page.reasons import ObservedReasons
from footnote_bot.playground.page.recorded_model import (
    RECORDINGS,
    RecordedModel,
    recorded_questions,
)
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.fakes.passages import passages
from tests.playground.page.conftest import MANIFEST

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

    assert "Then run `deploy --to production --wait`. [2]" in text
    assert "from Friday noon. [3]" in text


def test_it_says_nothing_of_passages_that_it_is_not_shown() -> None:
    assert write(DEPLOY, "Leave is thirty days long.") == NOTHING


def test_it_says_nothing_to_other_questions() -> None:
    assert write("How long is leave?", "Production deploys are frozen from Friday.") == NOTHING


def supported(question: str, texts: Sequence[str], *sentences: str) -> list[bool]:
    """Return for each sentence whether the recorded second reading bears it out."""
    asked = Question(question, Principal.of(EVERYONE))
    prompt = Prompt("", "", (), 0, texts=tuple(texts))
    judged = [JudgedSentence(sentence, (1,)) for sentence in sentences]
    own = judge_prompt(asked, prompt, judged, len, lambda: "mark")
    written = "".join(RecordedModel(sleep=lambda _: None).write(own))
    return [bool(verdict and verdict.supported) for verdict in verdicts(written, len(sentences))]


def test_its_second_reading_bears_out_what_the_page_still_says() -> None:
    frozen = "Production deploys are frozen from Friday noon."
    false = "The freeze lasts 72 hours."

    assert supported(DEPLOY, [frozen], frozen, false) == [True, False]
    assert supported(DEPLOY, ["Deploys go on at any time."], frozen) == [False]
    assert supported(DEPLOY, ["Leave is thirty days."], "None of the pages answers.") == [True]


def test_it_is_asked_only_while_it_is_on_and_only_what_is_recorded_for_the_place() -> None:
    switch = ModelSwitch(recorded_questions())
    reasons = ObservedReasons(switch)

    while_off = reasons.composes(DEPLOY, "D1")
    switch.on = True

    assert not while_off
    assert reasons.composes(DEPLOY, "D1")
    assert reasons.composes("What should I do if I lose my laptop?", GENERAL)
    assert not reasons.composes(DEPLOY, ENGINEERING)
    assert not reasons.composes("How long is leave?", "D1")


def test_without_recordings_every_question_may_be_composed() -> None:
    assert ObservedReasons().composes("How long is leave?", GENERAL)


def test_each_recording_has_words_to_cite_and_somebody_who_can_ask_it_there() -> None:
    slack = LocalSlack(MANIFEST)
    roles = {role.user: role.name for role in furnish(slack)}
    for recording in RECORDINGS.values():
        place = slack.channels[recording.channel] if recording.channel else slack.im(recording.user)
        where = f"#{place.name}" if recording.channel else "a direct message"

        assert all(sentence.words and sentence.text for sentence in recording.sentences)
        assert recording.user in place.members
        assert recording.asked == f"{roles[recording.user]} in {where}"
