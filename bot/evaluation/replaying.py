"""Run recorded answers through the check that answers pass before a reader sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal

from footnote_bot.bot.answering.composing.composer import Checked, Composed, Composer
from footnote_bot.bot.answering.composing.judge import JudgedSentence, SentenceVerdict
from footnote_bot.bot.answering.composing.reading import AnswerReader, as_shown
from footnote_bot.bot.answering.deciding.confidence import Confidence
from footnote_bot.bot.answering.deciding.deciding import Deciding
from footnote_bot.bot.answering.llm.prompt import Prompt, as_read
from footnote_bot.bot.answering.llm.usage import Meter
from footnote_bot.bot.answering.quoting.responding import Responder
from footnote_bot.bot.answering.retrieval.retrieval import FoundPage, Retrieved
from footnote_bot.bot.evaluation.recordings import (
    WRONG_CITATION,
    Label,
    ModelAnswer,
    Recording,
)
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
class Fate:
    """The fate of a sentence. ``dropped`` is why it was not shown: a `Flaw`, `NOT_READ` or
    `FELL`; empty if it was. ``verified``: shown without a mark of doubt."""

    text: str
    dropped: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Replayed:
    """The fate of a recorded answer. ``sentences`` are all its sentences, in order.
    ``admits_cuts``: the answer says that statements were left out, if any were."""

    answer: ModelAnswer
    shown: Literal["composed", "quotations", "none"]
    text: str
    sentences: tuple[Fate, ...]
    admits_cuts: bool = False


Judge = Callable[[Sequence[Label], JudgedSentence], SentenceVerdict | None]
"""Decides a sentence of an answer with these labels; None if it cannot."""


def nobody(_labels: Sequence[Label], _sentence: JudgedSentence) -> None:
    """Decide nothing: unclear sentences are shown with a mark."""


def by_labels(labels: Sequence[Label], sentence: JudgedSentence) -> SentenceVerdict | None:
    """Return the labels' verdict; None for a sentence without a label. With this perfect judge a
    run measures everything but the judge."""
    letters = _letters(sentence.text)
    pairs = [(_letters(as_shown(label.text)), label) for label in labels]
    same = [label for own, label in pairs if own == letters]
    # Sentence and label may be cut at different places. They are compared in part only if no
    # label is the same, because a short label's letters occur in other sentences.
    chosen = same or [label for own, label in pairs if own and (own in letters or letters in own)]
    wrong = [label for label in chosen if not label.faithful]
    if any(label.error != WRONG_CITATION for label in wrong):
        return SentenceVerdict(supported=False)
    # A label of a wrong citation does not say which other passage supports the claim.
    return SentenceVerdict(supported=True) if chosen and not wrong else None


@dataclass(slots=True)
class Replaying:
    """Shows recorded answers as readers would see them, by the production composer. ``judge``
    decides unclear sentences. ``unclear`` and ``judged`` count sentences."""

    meter: Meter
    judge: Judge = nobody
    unclear: int = 0
    judged: int = 0
    lock: Lock = field(default_factory=Lock)

    def replay(self, recording: Recording) -> list[Replayed]:
        """Return the fate of each answer."""
        return [self._replayed(recording, answer) for answer in recording.answers]

    def _replayed(self, recording: Recording, answer: ModelAnswer) -> Replayed:
        """Compose the recorded answer again, as in production, and return its fate."""
        playback = _Playback(answer.written, recording.passages)
        judge = _PlaybackJudge(self, answer)
        composer = Composer(playback, playback.prompt, self.meter, judge=judge)

        def quoting(retrieved: Retrieved) -> Answer:
            """Return the quotations that are shown if the answer falls."""
            respond = Responder(Deciding(Confidence(), 0.0, 0.0), _ROOM)
            quotations = respond(recording.question, retrieved)
            # An answer without a section still asks the model; if that fails there is no answer.
            return quotations if isinstance(quotations, Answer) else Answer("", (), 1.0)

        *_, final = composer.stream(recording.question, _retrieved(recording.passages), quoting)
        if not isinstance(final, Composed):
            raise TypeError("the last that comes is the answer")
        result = final.result
        composed = isinstance(result, Answer) and result.composed
        checked = [_fate(sentence, composed=composed) for sentence in final.sentences]
        reader = AnswerReader()
        sentences = [*reader.add(answer.written), *reader.end()]
        unread = [Fate(sentence.raw, NOT_READ) for sentence in sentences[len(checked) :]]
        quotes = isinstance(result, Answer) and bool(result.sources)
        return Replayed(
            answer,
            "composed" if composed else "quotations" if quotes else "none",
            result.text,
            (*checked, *unread),
            admits_cuts=isinstance(result, Answer)
            and (result.left_out > 0 or result.fallback is not None),
        )


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


@dataclass(frozen=True, slots=True)
class _PlaybackJudge:
    """The judge of one answer, as a composer asks it."""

    replaying: Replaying
    answer: ModelAnswer

    def judge(
        self, _question: Question, _prompt: Prompt, sentences: Sequence[JudgedSentence]
    ) -> Sequence[SentenceVerdict | None]:
        results = [self.replaying.judge(self.answer.labels, each) for each in sentences]
        with self.replaying.lock:  # two requests of one answer are judged at a time
            self.replaying.unclear += len(sentences)
            self.replaying.judged += sum(verdict is not None for verdict in results)
        return results


def _letters(text: str) -> str:
    """Return only letters and digits, in lower case."""
    return "".join(filter(str.isalnum, text.casefold()))


def _fate(checked: Checked, *, composed: bool) -> Fate:
    """Return the fate of a checked sentence; ``composed``: the composed answer was shown."""
    if checked.flaw:
        return Fate(checked.text, checked.flaw.value)
    return Fate(checked.text, verified=checked.verified) if composed else Fate(checked.text, FELL)


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
