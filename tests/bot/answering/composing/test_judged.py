"""No sentence is shown before a judge has read it beside the whole pages."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Event

import pytest

from footnote_bot.bot.answering.composing.composer import Composed, Composer, Released
from footnote_bot.bot.answering.composing.judge import JudgedSentence, SentenceVerdict
from footnote_bot.bot.answering.llm.model_client import ModelFailed
from footnote_bot.bot.answering.llm.prompt import Prompt, as_read
from footnote_bot.bot.answering.llm.usage import Meter
from footnote_bot.bot.answering.retrieval.retrieval import Retrieved
from footnote_bot.bot.model import Answer, Fallback, NoAnswer, Question, Reason, Result
from footnote_bot.indexers.model import EVERYONE, Principal
from tests.fakes.passages import passages
from tests.fakes.scripted_model import ScriptedModel

PAGES = [
    *passages("leave", "Leave is thirty days long. Ask your lead first."),
    *passages("gifts", "A gift card is acceptable.\n\nIts value may be 50 $ at most."),
]
PROMPT = Prompt("", "", tuple(PAGES), 0, texts=tuple(map(as_read, PAGES)))
LEAVE, ASK, CARD = (
    ("Leave is 30 days.", "Leave is thirty days long.", 1),
    ("Ask before you go.", "Ask your lead first.", 1),
    ("A gift card is fine.", "A gift card is acceptable.", 2),
)
YES, NO = SentenceVerdict(supported=True), SentenceVerdict(supported=False)
QUOTED = Answer("Quoted.", (), 1.0)
WAIT = 30.0


@dataclass
class Judge:
    """A judge that gives each sentence its verdict by its text; else ``otherwise``."""

    verdicts: dict[str, SentenceVerdict | None] = field(default_factory=dict)
    otherwise: SentenceVerdict | None = YES
    requests: list[Sequence[JudgedSentence]] = field(default_factory=list)

    def judge(
        self, _question: Question, _prompt: Prompt, sentences: Sequence[JudgedSentence]
    ) -> Sequence[SentenceVerdict | None]:
        self.requests.append(sentences)
        return [self.verdicts.get(sentence.text, self.otherwise) for sentence in sentences]


class Gone(Judge):
    def judge(self, *_: object) -> Sequence[SentenceVerdict | None]:
        self.requests.append(())
        raise ModelFailed("gone")


def written(*sentences: tuple[str, str, int], answered: str = "yes") -> str:
    rows = [
        {"evidence": [{"passage": n, "words": words}] * bool(words), "sentence": text}
        for text, words, n in sentences
    ]
    return json.dumps({"answered": answered, "sentences": rows})


def steps(
    script: str | ScriptedModel, judge: Judge | None, quoted: Result = QUOTED
) -> tuple[list[str], Result]:
    """Return the texts that are released on the way, and the result."""
    composer = Composer(
        ScriptedModel(script) if isinstance(script, str) else script,
        lambda _question, _hits: PROMPT,
        Meter(len, lambda: date.min),
        judge=judge,
    )
    question = Question("How long is leave?", Principal.of(EVERYONE))
    *released, last = composer.stream(question, Retrieved((), 0.0, 0.0), lambda _: quoted)
    assert isinstance(last, Composed)
    return [step.text for step in released if isinstance(step, Released)], last.result


def answer_of(script: str, judge: Judge | None) -> Answer:
    _, result = steps(script, judge)
    assert isinstance(result, Answer)
    return result


def test_what_is_supported_is_shown_plain_with_each_passage_once() -> None:
    released, answer = steps(written(LEAVE, ASK, CARD), Judge())

    assert isinstance(answer, Answer)
    assert answer.text == "Leave is 30 days. [1] Ask before you go. [1] A gift card is fine. [2]"
    assert "".join(released) == answer.text
    assert answer.check_notes == ()
    assert [source.quote for source in answer.sources] == [PAGES[0].text, CARD[1]]


def test_two_pieces_of_evidence_in_one_passage_are_one_footnote() -> None:
    rows = [{"passage": 1, "words": LEAVE[1]}, {"passage": 1, "words": ASK[1]}]
    script = {"answered": "yes", "sentences": [{"evidence": rows, "sentence": "Ask, then leave."}]}

    assert answer_of(json.dumps(script), Judge()).text == "Ask, then leave. [1]"


def test_what_is_not_supported_is_left_out_and_the_answer_says_so() -> None:
    answer = answer_of(written(LEAVE, ASK), Judge({ASK[0]: NO}))

    assert answer.text == "Leave is 30 days. [1]"
    assert answer.check_notes == ("I left out one statement that I could not verify.",)


def test_what_the_judge_did_not_decide_is_marked() -> None:
    answer = answer_of(written(LEAVE, ASK), Judge({ASK[0]: None}))

    assert answer.text == "Leave is 30 days. [1] Ask before you go. [1]\u2020"
    assert answer.unclear == (ASK[0],)
    assert not answer.unjudged


@pytest.mark.parametrize("judge", [None, Gone()])
def test_without_a_judge_one_line_says_so_and_no_sentence_is_marked(judge: Judge | None) -> None:
    answer = answer_of(written(LEAVE, ASK, CARD), judge)

    assert answer.text == "Leave is 30 days. [1] Ask before you go. [1] A gift card is fine. [2]"
    assert answer.check_notes == ("Not checked by a second reading: look it up on the pages.",)


def test_a_judge_that_fails_is_not_asked_again() -> None:
    judge = Gone()
    steps(written(LEAVE, ASK, CARD, *MORE), judge)

    assert len(judge.requests) <= 2


def test_where_the_first_sentence_is_wrong_the_section_is_shown() -> None:
    released, result = steps(written(LEAVE, ASK, CARD), Judge({LEAVE[0]: NO}))

    assert isinstance(result, Answer)
    assert (result.text, result.fallback) == ("Quoted.", Fallback.UNSUPPORTED)
    assert released == []


MORE = [(f"{text} Also.", words, n) for text, words, n in (LEAVE, ASK, CARD)]


def test_up_to_three_sentences_take_one_request_and_more_take_two() -> None:
    for sentences, requests in (
        ([LEAVE], 1),
        ([LEAVE, ASK], 1),
        ([LEAVE, ASK, CARD], 1),
        ([LEAVE, ASK, CARD, *MORE], 2),
    ):
        judge = Judge()
        steps(written(*sentences), judge)

        assert len(judge.requests) == requests


class Halting(ScriptedModel):
    """A model that goes on writing only once ``shown`` says so."""

    def __init__(self, script: str, until: str, shown: Event) -> None:
        super().__init__(script, size=1)
        self._until, self._shown, self.waited = until, shown, True

    def write(self, prompt: Prompt) -> Iterator[str]:
        text = ""
        for piece in super().write(prompt):
            text += piece
            yield piece
            if text.endswith(self._until):
                self.waited = self._shown.wait(WAIT)


def test_the_first_sentences_are_judged_while_the_rest_is_written() -> None:
    judged = Event()

    class Noting(Judge):
        def judge(self, *arguments: object) -> Sequence[SentenceVerdict | None]:
            result = super().judge(*arguments)  # type: ignore[arg-type] # passed on as they come
            judged.set()
            return result

    model = Halting(written(LEAVE, ASK, CARD, *MORE), CARD[0] + '"}, ', judged)
    steps(model, Noting())

    assert model.waited


def test_nothing_is_shown_before_its_verdict() -> None:
    go_on = Event()

    class Slow(Judge):
        def judge(self, *arguments: object) -> Sequence[SentenceVerdict | None]:
            assert go_on.wait(WAIT)
            return super().judge(*arguments)  # type: ignore[arg-type] # passed on as they come

    composer = Composer(
        ScriptedModel(written(LEAVE, ASK, CARD)),
        lambda _question, _hits: PROMPT,
        Meter(len, lambda: date.min),
        judge=Slow({LEAVE[0]: NO}),
    )
    stream = composer.stream(
        Question("How long?", Principal.of(EVERYONE)), Retrieved((), 0.0, 0.0), lambda _: QUOTED
    )
    go_on.set()

    assert [type(step) for step in stream] == [Composed]


def test_a_card_for_more_than_the_page_says_is_dropped_whatever_a_judge_says() -> None:
    """The evidence is a cut piece of the page, in which the limit is missing."""
    card = ("A gift card for 75 $ is acceptable.", "A gift card is acceptable.", 2)

    assert answer_of(written(LEAVE, card), Judge()).text == "Leave is 30 days. [1]"


def test_a_judge_is_given_the_passages_where_the_words_stand() -> None:
    judge = Judge()
    elsewhere = ("A gift card is fine.", "A gift  card is *acceptable*.", 1)
    made_up = ("Ask before you go.", "Ask whoever is there.", 1)
    answer = answer_of(written(elsewhere, made_up), judge)

    assert [sentence.cited for sentence in judge.requests[0]] == [(2,), (1,)]
    assert [source.quote for source in answer.sources] == ["A gift card is acceptable.", ""]


def test_a_sentence_without_a_passage_gets_those_that_the_judge_names() -> None:
    judge = Judge({"Ask.": SentenceVerdict(True, (1, 9))})

    assert (
        answer_of(written(LEAVE, ("Ask.", "", 0)), judge).text == "Leave is 30 days. [1] Ask. [1]"
    )


DENIALS = [
    "The wiki does not say who pays.",
    "Die Seiten sagen nicht, wer zahlt.",
    "Le pagine non indicano chi paga.",
]


@pytest.mark.parametrize("denial", DENIALS)
def test_a_denial_in_any_language_is_judged_once_by_all_passages(denial: str) -> None:
    judge = Judge()
    answer = answer_of(written((denial, "", 0), LEAVE, ASK, answered="no"), judge)

    assert answer.denial
    assert answer.text == f"{denial} Leave is 30 days. [1] Ask before you go. [1]"
    (request,) = judge.requests
    assert [sentence.cited for sentence in request] == [(), (), ()]


@pytest.mark.parametrize("denial", DENIALS)
@pytest.mark.parametrize("quoted", [QUOTED, NoAnswer(Reason.NOTHING_FITS, "Nothing.")])
def test_a_denial_that_is_refuted_is_replaced_by_the_reply_without_a_model(
    denial: str, quoted: Answer | NoAnswer
) -> None:
    script = written((denial, "", 0), LEAVE, answered="no")
    released, result = steps(script, Judge({denial: NO}), QUOTED)

    assert released == []
    assert isinstance(result, Answer)
    assert (result.text, result.fallback) == ("Quoted.", Fallback.CONTRADICTED)


def test_a_question_back_is_a_sentence_like_any_other() -> None:
    back = ("Do you mean sick leave or parental leave?", "", 0)
    for judge in (Judge(), None):
        assert answer_of(written(back), judge).text == back[0]


def test_what_a_model_writes_without_an_end_is_no_sentence() -> None:
    long = ("Leave is long " * 200, LEAVE[1], 1)

    assert answer_of(written(LEAVE, long), Judge()).text == "Leave is 30 days. [1]"


def test_json_that_breaks_off_leaves_its_whole_sentences() -> None:
    script = written(LEAVE, ASK, CARD)

    assert answer_of(script[: script.index(CARD[0])], Judge()).text == (
        "Leave is 30 days. [1] Ask before you go. [1]"
    )


def test_a_judge_that_breaks_is_logged_without_words(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Judge):
        def judge(self, *_: object) -> Sequence[SentenceVerdict | None]:
            raise KeyError("x")

    caplog.set_level(logging.INFO)
    answer = answer_of(written(LEAVE), Broken())

    assert answer.unjudged
    assert "were not judged" in caplog.text
    assert "Leave" not in caplog.text


def test_two_numbers_of_one_page_are_no_disagreement() -> None:
    """The rule that said so is gone: it is for the model to say that pages disagree."""
    both = [{"passage": 2, "words": CARD[1]}, {"passage": 1, "words": LEAVE[1]}]
    said = "The pages disagree: one says a card, the other 30 days."
    script = {"answered": "yes", "sentences": [{"evidence": both, "sentence": said}]}

    assert "disagree" not in answer_of(written(LEAVE, CARD), Judge()).text
    assert answer_of(json.dumps(script), Judge()).text == f"{said} [1][2]"


def test_where_the_writing_takes_the_only_place_the_judge_is_asked_at_its_end() -> None:
    """`at_once = 1`: the model that writes is the one that judges."""

    class Crowded(Judge):
        def judge(self, *arguments: object) -> Sequence[SentenceVerdict | None]:
            result = super().judge(*arguments)  # type: ignore[arg-type] # passed on as they come
            if len(self.requests) == 1:
                raise ModelFailed("all its slots are taken", Fallback.BUSY)
            return result

    judge = Crowded({ASK[0]: NO})
    answer = answer_of(written(LEAVE, ASK, CARD, *MORE), judge)

    assert not answer.unjudged
    assert answer.left_out == 1
    assert len(judge.requests) <= 3


def test_a_judge_without_a_place_is_not_asked_again_while_the_model_writes() -> None:
    refused, ended = Event(), Event()

    class Crowded(Judge):
        def judge(self, *arguments: object) -> Sequence[SentenceVerdict | None]:
            result = super().judge(*arguments)  # type: ignore[arg-type] # passed on as they come
            if ended.is_set():
                return result
            refused.set()
            raise ModelFailed("all its slots are taken", Fallback.BUSY)

    class Ending(Halting):
        def write(self, prompt: Prompt) -> Iterator[str]:
            yield from super().write(prompt)
            ended.set()

    judge = Crowded()
    model = Ending(written(LEAVE, ASK, CARD, *MORE, ASK), CARD[0] + '"}, ', refused)
    _, result = steps(model, judge)

    assert isinstance(result, Answer)
    assert not result.unjudged
    assert len(judge.requests) <= 3
