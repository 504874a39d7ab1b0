"""Use case: passages -> an answer in a model's words that the pages support."""

from __future__ import annotations

import copy
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from footnote_bot.bot.answering import texts
from footnote_bot.bot.answering.checking.guards import Flaw
from footnote_bot.bot.answering.composing.draft import Draft, Drafted
from footnote_bot.bot.answering.composing.judge import SentenceJudge
from footnote_bot.bot.answering.composing.judging import DraftJudging
from footnote_bot.bot.answering.composing.layout import Layout
from footnote_bot.bot.answering.composing.reading import AnswerReader, Sentence
from footnote_bot.bot.answering.deciding.plausible import to_compose_from
from footnote_bot.bot.answering.llm.model_client import CutShort, LanguageModel, ModelFailed
from footnote_bot.bot.answering.llm.prompt import Prompt
from footnote_bot.bot.answering.llm.usage import BudgetedModel, Meter
from footnote_bot.bot.answering.retrieval.retrieval import Compose, Retrieved
from footnote_bot.bot.answering.retrieval.sources import source_of
from footnote_bot.bot.model import Answer, NoAnswer, Question, Result, Source, Tone
from footnote_bot.indexers.model import Hit

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Released:
    """A sentence that may be shown before the rest of the answer is ready: it has its verdict.
    ``text`` begins with the separator from the sentence before, and ends with its footnotes."""

    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence as the model wrote it, and its outcome: shown as ``verified``, shown without a
    verdict, or left out for a ``flaw``."""

    text: str
    verified: bool
    flaw: Flaw | None = None

    @property
    def outcome(self) -> str:
        """Return "kept", "unclear" or the flaw."""
        if self.flaw:
            return self.flaw.value
        return "kept" if self.verified else "unclear"


@dataclass(frozen=True, slots=True)
class Composed:
    """The whole answer, which may still be quotations, and each sentence of the model's."""

    result: Result
    sentences: tuple[Checked, ...] = ()

    @property
    def not_shown(self) -> tuple[str, ...]:
        """Return the sentences that a reader does not see."""
        is_shown = isinstance(self.result, Answer) and self.result.composed
        return tuple(each.text for each in self.sentences if each.flaw or not is_shown)


MakePrompt = Callable[[Question, Sequence[Hit]], Prompt]


class Composer:
    """Asks ``model`` and checks what it writes; ``judge`` reads it a second time, if there is one.

    ``max_characters`` limits an answer's text.
    """

    def __init__(  # noqa: PLR0913 - the parts, and what may be set
        self,
        model: LanguageModel,
        prompting: MakePrompt,
        meter: Meter,
        *,
        judge: SentenceJudge | None = None,
        max_characters: int = 1500,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._model = BudgetedModel(model, meter)
        self._prompting = prompting
        self._judge = judge
        self._max_characters = max_characters
        self._clock = clock
        self._watch: Callable[[Composed], None] = lambda _: None

    def watched(self, watch: Callable[[Composed], None]) -> Composer:
        """Return a composer that also hands each whole answer to ``watch``."""
        composer = copy.copy(self)
        composer._watch = watch  # noqa: SLF001 - a copy of ourselves
        return composer

    def shown(self, question: Question, retrieved: Retrieved) -> Sequence[Source]:
        """Return the passages that the model would be shown: nothing else can be in its answer."""
        prompt = self._prompting(question, retrieved.hits)
        return [source_of(passage, "") for passage in prompt.shown]

    def stream(
        self, question: Question, retrieved: Retrieved, quoting: Compose
    ) -> Iterator[Released | Composed]:
        """Yield sentences as their verdicts come, and at the end the whole answer, which replaces
        them. ``quoting`` makes the reply without a model."""
        quoted = quoting(retrieved)
        basis = to_compose_from(question, retrieved, quoted)
        if basis is None:
            yield Composed(quoted)
            return
        started = self._clock()
        draft = Draft(question, self._prompting(question, retrieved.hits))
        fallback = None
        try:
            yield from self._write(draft)
            fallback = draft.fallback()
        except ModelFailed as error:
            log.warning("The language model did not answer: %s", error)
            fallback = error.fallback
        result: Result = quoted
        if not fallback:
            result = _answer(basis, draft)
        elif isinstance(quoted, Answer | NoAnswer):
            result = replace(quoted, fallback=fallback)
        milliseconds = (self._clock() - started) * 1000
        timings = replace(quoted.timings, compose=quoted.timings.compose + milliseconds)
        checked = tuple(_checked(drafted, draft) for drafted in draft.sentences)
        outcomes = sorted(Counter(each.outcome for each in checked).items())
        counts = ", ".join(f"{count} {outcome}" for outcome, count in outcomes)
        log.info("Composed%s: %s", f" in vain ({fallback})" if fallback else "", counts or "-")
        composed = Composed(replace(result, timings=timings), checked)
        self._watch(composed)
        yield composed

    def _write(self, draft: Draft) -> Iterator[Released]:
        """Draft the answer while the model writes; yield sentences once they are checked."""
        reader, judging = AnswerReader(draft.prompt.links), DraftJudging(draft, self._judge)
        releasing = _Releasing(draft)
        try:
            for piece in self._model.write(draft.question, _noting_if_shorter(draft)):
                for sentence in reader.add(piece):
                    draft.answered = reader.answered
                    draft.take(sentence)
                judging.advance()
                yield from releasing.ready()
                draft.cut = draft.length > self._max_characters
                if draft.cut:
                    break
            else:
                for sentence in reader.end():
                    draft.take(sentence)
        except CutShort as error:
            log.info("The language model's last sentence is left out: %s", error)
            draft.cut = True
        draft.answered = reader.answered
        # If the model only denied, without a sentence, ours says so.
        if draft.denied and not any(drafted.claims for drafted in draft.sentences):
            draft.take(Sentence(texts.NO_PAGE_ANSWERS, texts.NO_PAGE_ANSWERS))
        judging.finish()
        yield from releasing.ready()
        while judging.runs:
            judging.wait()
            yield from releasing.ready()


def _noting_if_shorter(draft: Draft) -> Prompt:
    """Return the prompt; if it is shortened, ``draft`` says so."""

    def shorter() -> Prompt | None:
        shortened = draft.prompt.shorter()
        draft.shortened = shortened is not None
        return shortened

    return replace(draft.prompt, shorter=shorter)


def _checked(drafted: Drafted, draft: Draft) -> Checked:
    """Return the outcome of a sentence: verified only if a judge has found it supported."""
    is_kept = drafted.flaw is None and not (drafted.unclear or drafted.waits)
    return Checked(drafted.sentence.raw, verified=is_kept and draft.judged, flaw=drafted.flaw)


def _answer(basis: Answer, draft: Draft) -> Answer:
    """Return ``basis`` with the text of the draft: its sentences that have no flaw."""
    layout = Layout(draft.prompt.shown)
    shown = [drafted for drafted in draft.sentences if drafted.flaw is None]
    for drafted in shown:
        layout.add(drafted.sentence, drafted.places, unclear=draft.marks(drafted))
    return replace(
        basis,
        text=layout.text,
        sources=layout.sources,
        composed=True,
        # Its sentences are checked, so doubts about the quotations do not apply.
        tone=Tone.ANSWER,
        nearest=_other_pages(basis, layout.sources) if draft.denied else (),
        cut=draft.cut,
        shortened=draft.shortened,
        left_out=sum(drafted.fell for drafted in draft.sentences),
        unclear=tuple(drafted.text for drafted in shown if draft.marks(drafted)),
        unjudged=not draft.judged,
        denial=draft.denied,
    )


def _other_pages(quoted: Answer, sources: Sequence[Source]) -> tuple[Source, ...]:
    """Return the quoted pages that are not in ``sources``, for a reader who gets no answer."""
    cited = {(source.wiki, source.page) for source in sources}
    pages = {(source.wiki, source.page): source for source in (*quoted.sources, *quoted.nearest)}
    return tuple(replace(source, quote="") for page, source in pages.items() if page not in cited)


class _Releasing:
    """Releases sentences that have their verdicts, in order. An introduction waits for its list."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._layout = Layout(draft.prompt.shown)
        self._next = 0
        self._held: list[Drafted] = []

    def ready(self) -> Iterator[Released]:
        """Yield sentences that may be shown now; none of an answer whose first one is wrong."""
        while self._next < len(self._draft.sentences) and not self._draft.failed:
            drafted = self._draft.sentences[self._next]
            if drafted.waits:
                return
            self._next += 1
            if drafted.flaw:
                continue
            self._held.append(drafted)
            if not drafted.introduces:
                added = (
                    self._layout.add(each.sentence, each.places, unclear=self._draft.marks(each))
                    for each in self._held
                )
                yield Released("".join(added))
                self._held = []
