"""The demo's recorded model: it writes from the passages, and is only called if it is on."""

from __future__ import annotations

import dataclasses

from bot.answering.llm.prompt import NOTHING, Prompt
from bot.model import NoAnswer, Question, Reason, Result
from bot.ports import OnText
from indexers.model import EVERYONE, Principal
from playground.page.recorded_model import RECORDINGS, RecordedAnswering, RecordedModel
from tests.fakes.passages import passages

DEPLOY = "How do I deploy to production?"
ANYONE = Principal.of(EVERYONE)


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


@dataclasses.dataclass
class Answering:
    asked: list[Question] = dataclasses.field(default_factory=list)

    def answer(self, question: Question, hear: OnText | None = None) -> Result:
        self.asked.append(question)
        return NoAnswer(Reason.NOTHING_FITS, "")


def test_it_is_asked_only_while_it_is_on_and_only_what_is_recorded() -> None:
    below, switch = Answering(), {"on": False}
    answering = RecordedAnswering(below, lambda: switch["on"])

    answering.answer(Question(DEPLOY, ANYONE))
    switch["on"] = True
    answering.answer(Question(DEPLOY, ANYONE))
    answering.answer(Question("How long is leave?", ANYONE))

    assert [question.quoting for question in below.asked] == [True, False, True]


def test_each_recording_has_words_to_cite() -> None:
    for sentences in RECORDINGS.values():
        assert all(sentence.words and sentence.text for sentence in sentences)
