"""Run recorded answers through the check that answers pass before a reader sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from footnote_bot.bot.answering.composing.composer import (
    Checked,
    Composed,
    Composer,
    MakePrompt,
    Released,
)
from footnote_bot.bot.answering.composing.judge import SentenceJudge
from footnote_bot.bot.answering.composing.reading import AnswerReader, Sentence
from footnote_bot.bot.answering.deciding.confidence import Confidence
from footnote_bot.bot.answering.deciding.deciding import Deciding
from footnote_bot.bot.answering.llm.model_client import LanguageModel
from footnote_bot.bot.answering.llm.prompt import Prompt, as_read
from footnote_bot.bot.answering.quoting.responding import Responder
from footnote_bot.bot.answering.retrieval.retrieval import FoundPage, Retrieved
from footnote_bot.bot.evaluation.recordings import ModelAnswer, Recording, structured
from footnote_bot.bot.model import Answer, Question
from footnote_bot.indexers.model import Hit, Passage

_PIECE = 4
"""Characters, about one token: a composer stops between pieces if an answer is too long."""
_ROOM = 700
"""Characters of quotations, if they replace the answer."""

NOT_READ = "not_read"
"""The answer was already long enough, or refused, before this sentence."""
FELL = "answer"
"""The sentence passed, but too little of the answer did, so quotations replaced it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A sentence as the model wrote it; ``verified``: shown without a mark of doubt."""

    text: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """A sentence that was not shown, and why: a `Flaw`, `NOT_READ` or `FELL`."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """The fate of a recorded answer. ``sentences`` are all its sentences, in order.
    ``admits_cuts``: the answer says that statements were left out, if any were."""

    answer: ModelAnswer
    shown: Literal["composed", "quotations", "none"]
    text: str
    sentences: tuple[Kept | Lost, ...]
    admits_cuts: bool = False


NewComposer = Callable[[LanguageModel, MakePrompt, SentenceJudge | None], Composer]
NewJudge = Callable[[Recording, int], SentenceJudge | None]
"""Creates the judge of one answer of a recording, given by its index."""


def nobody(_recording: Recording, _answer: int) -> None:
    """Return no judge: unclear sentences are shown with a mark."""


def replay(
    recording: Recording,
    new_composer: NewComposer,
    new_judge: NewJudge = nobody,
    *,
    evidence: bool = False,
) -> list[Replayed]:
    """Return each answer as readers would see it, by the production composer. With ``evidence``
    the answer comes with the evidence of each sentence, as from a model that writes JSON."""
    return [
        _replayed(
            recording,
            answer,
            structured(answer, recording.passages) if evidence else answer.text,
            new_composer,
            new_judge(recording, place),
        )
        for place, answer in enumerate(recording.answers)
    ]


@dataclass(frozen=True, slots=True)
class _Playback:
    """The model and the prompt of a recording."""

    text: str
    passages: tuple[Passage, ...]

    def write(self, _: Prompt) -> Iterator[str]:
        return (self.text[at : at + _PIECE] for at in range(0, len(self.text), _PIECE))

    def prompt(self, _question: Question, _hits: Sequence[Hit]) -> Prompt:
        texts = tuple(as_read(passage) for passage in self.passages)
        return Prompt("", "", self.passages, 0, texts=texts)


def _replayed(
    recording: Recording,
    answer: ModelAnswer,
    written: str,
    new_composer: NewComposer,
    judge: SentenceJudge | None,
) -> Replayed:
    playback = _Playback(written, recording.passages)
    composer = new_composer(playback, playback.prompt, judge)

    def quoting(retrieved: Retrieved) -> Answer:
        section = Responder(Deciding(Confidence(), 0.0, 0.0), _ROOM)
        shown = section(recording.question, retrieved)
        # An answer without a section still asks the model; if that fails there is no answer.
        return shown if isinstance(shown, Answer) else Answer("", (), 1.0)

    whole = _last(composer.stream(recording.question, _retrieved(recording.passages), quoting))
    result = whole.result
    composed = isinstance(result, Answer) and result.composed
    checked = [_fate(sentence, composed=composed) for sentence in whole.sentences]
    unread = [Lost(sentence.raw, NOT_READ) for sentence in _split(written)[len(checked) :]]
    quotes = isinstance(result, Answer) and bool(result.sources)
    return Replayed(
        answer,
        "composed" if composed else "quotations" if quotes else "none",
        result.text,
        (*checked, *unread),
        admits_cuts=isinstance(result, Answer)
        and (result.left_out > 0 or result.fallback is not None),
    )


def _fate(checked: Checked, *, composed: bool) -> Kept | Lost:
    if checked.flaw:
        return Lost(checked.text, checked.flaw.value)
    return Kept(checked.text, checked.verified) if composed else Lost(checked.text, FELL)


def _last(steps: Iterator[Released | Composed]) -> Composed:
    for step in steps:
        if isinstance(step, Composed):
            return step
    raise TypeError("the last that comes is the answer")


def _retrieved(passages: Sequence[Passage]) -> Retrieved:
    """Return the passages as if a search had found them in this order."""
    return Retrieved(
        tuple(
            FoundPage(passage.wiki, passage.page, 1 / rank, (Hit(passage, 1 / rank, 0.0),))
            for rank, passage in enumerate(passages, start=1)
        ),
        0.0,
        0.0,
    )


def _split(text: str) -> list[Sentence]:
    reader = AnswerReader()
    return [*reader.add(text), *reader.end()]
