"""An inference model confirms the sentences it is sure of, and decides no others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import pytest

from bot.answering.composing.judge import SentenceVerdict, UnclearSentence
from bot.answering.composing.nli_judging import EntailmentJudge
from bot.answering.llm.model_client import ModelFailed
from bot.answering.words.sentences import Evidence
from bot.model import Question
from indexers.errors import ModelUnavailable
from indexers.model import EVERYONE, Principal
from tests.fakes.passages import passages

QUESTION = Question("How long is leave?", Principal.of(EVERYONE))
PASSAGES = passages("leave", "Ask first. Leave is thirty days long. Rest well.", "Sick leave.")


class Words:
    """A text entails a sentence if it contains its first word."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked: list[tuple[str, str]] = []
        self._error = error

    def entailed(self, pairs: Sequence[tuple[str, str]]) -> Sequence[float]:
        if self._error:
            raise self._error
        self.asked += pairs
        return [0.95 if sentence.split()[0] in text else 0.5 for text, sentence in pairs]


def test_the_words_that_entail_a_sentence_vouch_for_it() -> None:
    model = Words()
    unclear = [UnclearSentence("thirty days of it", (1,)), UnclearSentence("forty days", (1, 9))]
    verdicts = EntailmentJudge(model, 10).judge(QUESTION, PASSAGES, unclear)

    assert verdicts[0] is not None
    assert verdicts[0].supported
    assert "Leave is thirty days long." in verdicts[0].evidence[0].words
    assert verdicts[0].evidence[0].words in PASSAGES[0].text
    assert verdicts[1] is None, "that it stands nowhere does not make it wrong"


def test_evidence_is_all_that_is_read() -> None:
    model, evidence = Words(), (Evidence(1, "Ask first."),)
    verdicts = EntailmentJudge(model, 10).judge(
        QUESTION, PASSAGES, [UnclearSentence("Ask anybody first", (1,), evidence)]
    )

    assert model.asked == [("Leave: Ask first.", "Ask anybody first")]
    assert verdicts == [SentenceVerdict(True, evidence)]


def test_what_is_not_reached_in_time_stays_unclear() -> None:
    model = Words()
    judge = EntailmentJudge(model, seconds=1.5, clock=lambda: float(next(ticks)))
    ticks = count()
    verdicts = judge.judge(QUESTION, PASSAGES, [UnclearSentence("thirty", (1,))] * 3)

    assert [verdict is not None for verdict in verdicts] == [True, False, False]


def test_a_model_that_cannot_run_is_a_judge_that_failed() -> None:
    with pytest.raises(ModelFailed, match="no such folder"):
        EntailmentJudge(Words(ModelUnavailable("no such folder")), 10).judge(
            QUESTION, PASSAGES, [UnclearSentence("thirty", (1,))]
        )
