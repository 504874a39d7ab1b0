"""Run recorded answers through the check that stands before a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.answering.composing.composer import Composer, Dropped, MakePrompt, Verified
from bot.answering.composing.prompt import Prompt
from bot.answering.composing.sentences import Sentence, Sentences
from bot.answering.composing.writing import Writer
from bot.answering.responding import quotations
from bot.answering.retrieval import Found, Retrieved
from bot.evaluation.recordings import RecordedAnswer, Recording
from bot.model import Answer, NoAnswer, Question, Reason, Result
from indexers.model import Hit, Passage

_PIECE = 4
"""Characters, about a token: a composer stops between pieces where an answer is too long."""
_ROOM = 700
"""Characters of quotations, where those stand in for the answer."""

NOT_READ = "not_read"
"""The answer was long enough, or denied, before this sentence came."""
FELL = "answer"
"""The sentence held, but too few of the others did, so quotations replaced the answer."""


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
    """What became of a recorded answer. ``sentences`` are all of it, in order."""

    answer: RecordedAnswer
    shown: Literal["composed", "quotations", "none"]
    text: str
    sentences: tuple[Kept | Lost, ...]


NewComposer = Callable[[Writer, MakePrompt], Composer]


def replay(recording: Recording, new_composer: NewComposer) -> list[Replayed]:
    """Return what readers would see of each answer, by the composer that answers them."""
    return [_replayed(recording, answer, new_composer) for answer in recording.answers]


@dataclass(frozen=True, slots=True)
class _Playback:
    """The model and the prompt of a recording."""

    text: str
    passages: tuple[Passage, ...]

    def write(self, _: Prompt) -> Iterator[str]:
        return (self.text[at : at + _PIECE] for at in range(0, len(self.text), _PIECE))

    def prompt(self, _question: Question, _hits: Sequence[Hit]) -> Prompt:
        return Prompt("", "", self.passages, 0)


def _replayed(recording: Recording, answer: RecordedAnswer, new_composer: NewComposer) -> Replayed:
    playback = _Playback(answer.text, recording.passages)
    composer = new_composer(playback, playback.prompt)

    def quoting(retrieved: Retrieved) -> Answer:
        quoted = quotations(recording.question, retrieved.hits, _ROOM, 1.0)
        # An answer without quotations asks the model all the same; it is none if that fails.
        return quoted or Answer("", (), 1.0)

    judged: list[Kept | Lost] = []
    result: Result = NoAnswer(Reason.NOTHING_FITS, "")
    for step in composer.stream(recording.question, _retrieved(recording.passages), quoting):
        if isinstance(step, Verified):
            judged.append(Kept(step.sentence.text, verified=True))
        elif isinstance(step, Dropped):
            judged.append(Lost(step.sentence.text, step.flaw.value))
        else:
            result = step
    unread = [Lost(one.text, NOT_READ) for one in _cut(answer.text)[len(judged) :]]
    sentences = [*judged, *unread]
    composed = isinstance(result, Answer) and result.composed
    if not composed:
        sentences = [Lost(s.text, FELL) if isinstance(s, Kept) else s for s in sentences]
    quotes = isinstance(result, Answer) and bool(result.sources)
    shown: Literal["composed", "quotations", "none"] = (
        "composed" if composed else "quotations" if quotes else "none"
    )
    return Replayed(answer, shown, result.text, tuple(sentences))


def _retrieved(passages: Sequence[Passage]) -> Retrieved:
    """As if a search had found them in this order."""
    return Retrieved(
        tuple(
            Found(one.wiki, one.page, 1 / rank, (Hit(one, 1 / rank, 0.0),))
            for rank, one in enumerate(passages, start=1)
        ),
        0.0,
        0.0,
    )


def _cut(text: str) -> list[Sentence]:
    sentences = Sentences()
    return [*sentences.add(text), *sentences.end()]
