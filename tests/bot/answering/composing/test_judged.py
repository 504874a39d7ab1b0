"""A judge decides what the rules cannot, in one request, by words that are in the passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest

from bot.answering.checking.claims import Flaw
from bot.answering.composing.composer import Composed, Composer, Released
from bot.answering.composing.draft import Draft
from bot.answering.composing.judge import SentenceVerdict, UnclearSentence
from bot.answering.llm.model_client import ModelFailed
from bot.answering.llm.prompt import Prompt
from bot.answering.llm.usage import Meter
from bot.answering.retrieval.retrieval import Retrieved
from bot.answering.words.sentences import Evidence, Sentence
from bot.model import Answer, Fallback, Question
from indexers.model import EVERYONE, Passage, Principal
from tests.fakes.passages import passages
from tests.fakes.scripted_model import ScriptedModel

PAGES = [
    *passages("leave", "Leave is thirty days long. Ask your lead first."),
    *passages("travel", "Travel is booked by train. Late vouchers are not paid."),
]
VERBATIM = "Leave is 30 days long [1]."
PARAPHRASE = "Have a word with whoever leads you before you go [1]."
ANOTHER = "Trips go by rail as a rule [2]."


@dataclass
class Judge:
    """A judge that gives each sentence the next of ``verdicts``."""

    verdicts: Sequence[SentenceVerdict | None]
    requests: list[Sequence[UnclearSentence]] = field(default_factory=list)

    def judge(
        self, _question: Question, _passages: Sequence[Passage], unclear: Sequence[UnclearSentence]
    ) -> Sequence[SentenceVerdict | None]:
        self.requests.append(unclear)
        return self.verdicts


class Gone:
    def judge(self, *_: object) -> Sequence[SentenceVerdict | None]:
        raise ModelFailed("gone")


def supported(words: str, passage: int = 1) -> SentenceVerdict:
    return SentenceVerdict(True, (Evidence(passage, words),))


def steps(script: str, judge: Judge | Gone | None) -> tuple[list[str], Answer]:
    """Return the texts that are released on the way, and the answer."""
    composer = Composer(
        ScriptedModel(script),
        lambda _question, _hits: Prompt("", "", tuple(PAGES), 0),
        Meter(len, lambda: date.min),
        judge=judge,
    )
    question = Question("How long is leave?", Principal.of(EVERYONE))
    *released, last = composer.stream(
        question, Retrieved((), 0.0, 0.0), lambda _: Answer("Quoted.", (), 1.0)
    )
    assert isinstance(last, Composed)
    assert isinstance(last.result, Answer)
    return [step.text for step in released if isinstance(step, Released)], last.result


def test_all_unclear_sentences_go_in_one_request_and_supported_ones_do_not_wait() -> None:
    judge = Judge([supported("Ask your lead first."), supported("booked by train", 2)])
    released, answer = steps(f"{PARAPHRASE} {VERBATIM} {ANOTHER}", judge)

    assert released == ["Leave is 30 days long. [1]"]
    (request,) = judge.requests
    assert [sentence.cited for sentence in request] == [(1,), (2,)]
    assert answer.text == (
        "Have a word with whoever leads you before you go. [1] Leave is 30 days long. [1] "
        "Trips go by rail as a rule. [2]"
    )
    assert answer.unclear == ()
    assert answer.sources[1].quote == "booked by train"


def test_what_a_judge_finds_unsupported_is_left_out_and_the_answer_says_so() -> None:
    _, answer = steps(f"{VERBATIM} {PARAPHRASE}", Judge([SentenceVerdict(supported=False)]))

    assert answer.text == "Leave is 30 days long. [1]"
    assert answer.check_notes == ("I left out one statement that I could not verify.",)


@pytest.mark.parametrize("verdict", [None, supported("Ask the boss."), SentenceVerdict(True)])
def test_a_verdict_whose_words_stand_nowhere_decides_nothing(
    verdict: SentenceVerdict | None,
) -> None:
    _, answer = steps(f"{VERBATIM} {PARAPHRASE}", Judge([verdict]))

    assert answer.text.endswith("before you go. [1]\u2020")
    assert len(answer.unclear) == 1


def test_where_the_judge_is_gone_what_is_unclear_is_marked() -> None:
    _, answer = steps(f"{VERBATIM} {PARAPHRASE}", Gone())

    assert answer.text.endswith("\u2020")


def test_without_a_judge_nothing_waits() -> None:
    released, answer = steps(f"{PARAPHRASE} {VERBATIM}", None)

    assert "".join(released) == answer.text


def test_where_the_judge_drops_the_core_quotations_replace_it() -> None:
    _, answer = steps(f"{PARAPHRASE} {VERBATIM}", Judge([SentenceVerdict(supported=False)]))

    assert answer.text == "Quoted."
    assert answer.fallback is Fallback.UNSUPPORTED


def test_words_that_stand_in_the_passage_are_what_a_judge_reads() -> None:
    judge = Judge([None])
    script = (
        '{"answered": "yes", "sentences": [{"evidence": [{"passage": 1, "words": "Ask your  lead '
        'first"}, {"passage": 2, "words": "made up"}], "sentence": "Have a word with your boss."}]}'
    )
    _, answer = steps(script, judge)

    assert judge.requests[0][0].evidence == (Evidence(1, "Ask your  lead first"),)
    assert [source.quote for source in answer.sources] == ["Ask your lead first"]


@pytest.mark.parametrize(
    "script",
    [
        "The pages do not say who pays; they say that late vouchers are not paid [2].",
        "NOT IN THE WIKI\n\nNowhere is it told who pays. Late vouchers are not paid [2].",
        "Ich finde keine Angabe dazu, wer zahlt [2].",
        "The excerpts are silent on who pays.",
        "Le pagine non indicano chi paga.",
        "De pagina's zeggen niet wie betaalt.",
        "As p\u00e1ginas n\u00e3o dizem quem paga.",
    ],
)
def test_a_denial_is_an_answer(script: str) -> None:
    _, answer = steps(script, None)

    assert answer.composed
    assert answer.denial
    assert answer.left_out == 0


def test_rules_alone_do_not_vouch_for_a_denial() -> None:
    """The page may say it in other words."""
    page = passages("leave", "New parents get sixteen weeks off. Sick leave is thirty days.")
    draft = Draft(page, "How long is parental leave?")
    denial = "The page does not say how long parental leave is; sick leave is thirty days [1]."

    assert draft.take(Sentence(denial)).unclear


def test_a_page_about_what_is_not_urgent_is_no_denial() -> None:
    page = passages("alerts", "We page for non-urgent alerts.")

    assert not Draft(page, "Who?").take(Sentence("We page for non-urgent alerts [1].")).unclear


def test_what_a_model_writes_without_an_end_is_no_sentence_and_is_compared_with_nothing() -> None:
    page = passages("leave", f"Leave is{' very' * 500} long.")
    draft = Draft(page, "How long is leave?")

    assert draft.take(Sentence(f"{page[0].text[:-1]} [1].")).flaw is Flaw.UNSUPPORTED
    assert draft.length == 0
