"""Use case: passages -> an answer in a model's words that the pages support."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.answering import texts
from bot.answering.composing.answer_reading import AnswerSentences
from bot.answering.composing.claims import Flaw
from bot.answering.composing.draft import Draft, Drafted
from bot.answering.composing.judge import SentenceJudge
from bot.answering.composing.layout import Layout
from bot.answering.composing.model_client import CutShort, LanguageModel, ModelFailed
from bot.answering.composing.prompt import Prompt
from bot.answering.composing.sentences import Lead, Sentence
from bot.answering.composing.usage import BudgetedModel, Meter
from bot.answering.plausible import to_compose_from
from bot.answering.retrieval import Compose, Retrieved
from bot.answering.sources import source_of
from bot.model import Answer, Fallback, NoAnswer, Question, Reason, Result, Source, Tone
from indexers.model import Hit

log = logging.getLogger(__name__)

_LEAST_KEPT = 0.5
"""The least share of claims to keep; with fewer, quotations say more."""
_UNUSED = (Fallback.UNSUPPORTED, Fallback.CONTRADICTED, Fallback.EMPTY)


@dataclass(frozen=True, slots=True)
class Released:
    """A sentence that may be shown before the rest is ready. ``text`` begins with the separator
    from the one before, and ends with its footnotes."""

    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence as the model wrote it, and its fate: shown as ``verified``, shown with a mark, or
    left out for a ``flaw``."""

    sentence: Sentence
    verified: bool
    flaw: Flaw | None = None


@dataclass(frozen=True, slots=True)
class Composed:
    """The whole answer, which may be quotations after all, and each sentence of the model's."""

    result: Result
    sentences: tuple[Checked, ...] = ()


MakePrompt = Callable[[Question, Sequence[Hit]], Prompt]


class Composer:
    """Asks ``model`` and checks what it writes; ``judge`` decides unclear sentences, if there is
    one.

    ``max_characters`` limits an answer's text. ``tally`` counts the sentences that were ``kept``,
    those shown as ``unclear`` and each `Flaw`, and each `Fallback`, since the process began.
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
        self.tally: Counter[str] = Counter()

    def shown(self, question: Question, retrieved: Retrieved) -> Sequence[Source]:
        """Return the passages that the model would be shown: nothing else can be in its answer."""
        return [source_of(one, "") for one in self._prompting(question, retrieved.hits).shown]

    def stream(
        self, question: Question, retrieved: Retrieved, quoting: Compose
    ) -> Iterator[Released | Composed]:
        """Yield supported sentences as they come, and at last the whole answer, which replaces
        them."""
        quoted = quoting(retrieved)
        basis = to_compose_from(question, retrieved, quoted)
        if basis is None:
            yield Composed(quoted)
            return
        started = self._clock()
        prompt = self._prompting(question, retrieved.hits)
        draft = Draft(prompt.shown, question.sought, judged=self._judge is not None)
        fallback = None
        try:
            yield from self._written(question, prompt, draft)
        except ModelFailed as error:
            log.warning("The language model did not answer: %s", error)
            fallback = error.fallback
        if fallback is None:
            draft.end()
            self._decide(question, prompt, draft)
            draft.settle()
            fallback = _fallen(draft)
        denied = draft.denied and fallback in _UNUSED
        fallback = None if denied else fallback
        took = (self._clock() - started) * 1000
        self._count(draft, fallback)
        timings = replace(quoted.timings, compose=quoted.timings.compose + took)
        result: Result = quoted
        if not denied and not fallback:
            result = _answer(basis, draft)
        elif denied and isinstance(quoted, Answer):
            result = _denied(quoted)
        elif isinstance(quoted, Answer | NoAnswer):
            result = replace(quoted, fallback=fallback)
        yield Composed(replace(result, timings=timings), tuple(map(_checked, draft.sentences)))

    def _written(self, question: Question, prompt: Prompt, draft: Draft) -> Iterator[Released]:
        sentences = AnswerSentences()
        releasing = _Releasing()
        try:
            for piece in self._model.write(question, prompt):
                for sentence in sentences.add(piece):
                    yield from releasing.add(draft.take(sentence))
                if draft.length > self._max_characters:
                    draft.cut = True
                    return
            for sentence in sentences.end():
                yield from releasing.add(draft.take(sentence))
        except CutShort as error:
            log.info("The language model's last sentence is left out: %s", error)
            draft.cut = True

    def _decide(self, question: Question, prompt: Prompt, draft: Draft) -> None:
        """Let the judge decide all unclear sentences, in one request."""
        unclear = draft.unclear()
        if not unclear or self._judge is None:
            return
        asked = [sentence for _, sentence in unclear]
        try:
            verdicts = list(self._judge.judge(question, prompt.shown, asked))
        except ModelFailed as error:
            log.warning("Unclear sentences were not judged: %s", error)
            verdicts = []
        verdicts += [None] * (len(unclear) - len(verdicts))
        for (drafted, _), verdict in zip(unclear, verdicts, strict=False):
            draft.judge(drafted, verdict)

    def _count(self, draft: Draft, fallback: Fallback | None) -> None:
        tally = Counter(_outcome(one) for one in draft.sentences)
        self.tally.update(tally)
        if fallback:
            self.tally[fallback.value] += 1
        told = ", ".join(f"{many} {what}" for what, many in sorted(tally.items()))
        log.info("Composed%s: %s", f" in vain ({fallback})" if fallback else "", told or "-")


def _outcome(one: Drafted) -> str:
    return one.flaw.value if one.flaw else "unclear" if one.unclear else "kept"


def _checked(one: Drafted) -> Checked:
    return Checked(one.sentence, verified=one.shown and not one.unclear, flaw=one.flaw)


def _fallen(draft: Draft) -> Fallback | None:
    """Return why quotations must replace the answer: nothing of it is left, or too little, or its
    core is dropped. Except in a list, the first sentence is the core."""
    claims = [one for one in draft.sentences if one.claims]
    kept = [one for one in claims if one.shown]
    if not claims:
        return Fallback.EMPTY
    core = claims[0]
    fell = core.fell and core.sentence.lead is not Lead.ITEM
    if kept and not fell and len(kept) >= _LEAST_KEPT * len(claims):
        return None
    unsupported = (Flaw.UNSUPPORTED, Flaw.UNCITED, Flaw.DANGLING, Flaw.EXCEPTION)
    wrong = any(one.flaw not in unsupported for one in claims if one.fell)
    return Fallback.CONTRADICTED if wrong else Fallback.UNSUPPORTED


def _answer(quoted: Answer, draft: Draft) -> Answer:
    layout, lead = Layout(), Lead.SPACE
    for one in draft.sentences:
        lead = max(lead, one.sentence.lead, key=list(Lead).index)
        if one.shown:
            layout.add(one.claim, lead, one.support, unclear=one.unclear)
            lead = Lead.SPACE
    return replace(
        quoted,
        text=layout.text,
        sources=layout.sources,
        composed=True,
        # Its sentences are checked: they need no doubt of the quotations'.
        tone=Tone.ANSWER,
        nearest=_beside(quoted, layout.sources) if draft.denies else (),
        cut=draft.cut,
        left_out=sum(one.fell for one in draft.sentences),
        unclear=tuple(one.claim.shown for one in draft.sentences if one.shown and one.unclear),
        denial=draft.denies,
    )


def _beside(quoted: Answer, sources: Sequence[Source]) -> tuple[Source, ...]:
    """Return pages worth a look for somebody who learns that the pages do not say it."""
    named = {(one.wiki, one.page) for one in sources}
    pages = {(one.wiki, one.page): one for one in (*quoted.sources, *quoted.nearest)}
    return tuple(replace(one, quote="") for place, one in pages.items() if place not in named)


def _denied(quoted: Answer) -> NoAnswer:
    return NoAnswer(
        Reason.NOTHING_FITS,
        texts.NO_PAGE_ANSWERS,
        tuple(replace(source, quote="") for source in quoted.sources),
        quoted.confidence,
    )


@dataclass(slots=True)
class _Releasing:
    """Sentences that a reader may see at once. One that points back to an unclear one waits with
    it, and an introduction for its list."""

    _layout: Layout = field(default_factory=Layout)
    _lead: Lead = Lead.SPACE
    _frame: Drafted | None = None
    _held: bool = False

    def add(self, one: Drafted) -> Iterator[Released]:
        if one.frames:
            self._frame = one
            return
        self._lead = max(self._lead, one.sentence.lead, key=list(Lead).index)
        waits = one.waits or (self._held and (one.points_back or one.restricts))
        if waits or not one.shown:
            self._held = waits
            return
        self._held = False
        text = ""
        if self._frame:
            frame, self._frame = self._frame, None
            text = self._layout.add(frame.claim, frame.sentence.lead, (), unclear=False)
        text += self._layout.add(one.claim, self._lead, one.support, unclear=one.unclear)
        self._lead = Lead.SPACE
        yield Released(text)
