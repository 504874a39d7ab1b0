"""Use case: passages -> an answer in a model's words that the pages support."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.answering import texts
from bot.answering.checking.claims import Flaw
from bot.answering.composing.answer_reading import AnswerSentences
from bot.answering.composing.draft import Draft, Drafted
from bot.answering.composing.judge import SentenceJudge
from bot.answering.composing.layout import Layout
from bot.answering.deciding.plausible import to_compose_from
from bot.answering.llm.model_client import CutShort, LanguageModel, ModelFailed
from bot.answering.llm.prompt import Prompt
from bot.answering.llm.usage import BudgetedModel, Meter
from bot.answering.retrieval.retrieval import Compose, Retrieved
from bot.answering.retrieval.sources import source_of
from bot.answering.words.sentences import Lead, Sentence
from bot.model import Answer, Fallback, NoAnswer, Question, Reason, Result, Source, Tone
from indexers.model import Hit

log = logging.getLogger(__name__)

_LEAST_KEPT = 0.5
"""The least share of claims to keep; with fewer, quotations say more."""
_UNUSED = (Fallback.UNSUPPORTED, Fallback.CONTRADICTED, Fallback.EMPTY)


@dataclass(frozen=True, slots=True)
class Released:
    """A sentence that may be shown before the rest of the answer is ready. ``text`` begins with the
    separator from the sentence before, and ends with its footnotes."""

    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence as the model wrote it, and its outcome: shown as ``verified``, shown with a mark,
    or left out for a ``flaw``."""

    sentence: Sentence
    verified: bool
    flaw: Flaw | None = None


@dataclass(frozen=True, slots=True)
class Composed:
    """The whole answer, which may still be quotations, and each sentence of the model's."""

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
        prompt = self._prompting(question.as_asked, retrieved.hits)
        return [source_of(passage, "") for passage in prompt.shown]

    def stream(
        self, question: Question, retrieved: Retrieved, quoting: Compose
    ) -> Iterator[Released | Composed]:
        """Yield supported sentences as they come, and at the end the whole answer, which replaces
        them."""
        quoted = quoting(retrieved)
        basis = to_compose_from(question, retrieved, quoted)
        if basis is None:
            yield Composed(quoted)
            return
        started = self._clock()
        question = question.as_asked
        prompt = self._prompting(question, retrieved.hits)
        draft = Draft(prompt.shown, question.sought, judged=self._judge is not None)
        fallback = None
        try:
            yield from self._write(question, _noting_if_shorter(prompt, draft), draft)
        except ModelFailed as error:
            log.warning("The language model did not answer: %s", error)
            fallback = error.fallback
        if fallback is None:
            draft.end()
            self._decide(question, prompt, draft)
            draft.settle()
            fallback = _fallback(draft)
        denied = draft.denied and fallback in _UNUSED
        fallback = None if denied else fallback
        milliseconds = (self._clock() - started) * 1000
        self._count(draft, fallback)
        timings = replace(quoted.timings, compose=quoted.timings.compose + milliseconds)
        result: Result = quoted
        if not denied and not fallback:
            result = _answer(basis, draft)
        elif denied and isinstance(quoted, Answer):
            result = _no_answer(quoted)
        elif isinstance(quoted, Answer | NoAnswer):
            result = replace(quoted, fallback=fallback)
        yield Composed(replace(result, timings=timings), tuple(map(_checked, draft.sentences)))

    def _write(self, question: Question, prompt: Prompt, draft: Draft) -> Iterator[Released]:
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
        sentences = [sentence for _, sentence in unclear]
        try:
            verdicts = list(self._judge.judge(question, prompt.shown, sentences))
        except ModelFailed as error:
            log.warning("Unclear sentences were not judged: %s", error)
            verdicts = []
        verdicts += [None] * (len(unclear) - len(verdicts))
        for (drafted, _), verdict in zip(unclear, verdicts, strict=False):
            draft.judge(drafted, verdict)

    def _count(self, draft: Draft, fallback: Fallback | None) -> None:
        tally = Counter(map(_outcome, draft.sentences))
        self.tally.update(tally)
        if fallback:
            self.tally[fallback.value] += 1
        counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(tally.items()))
        log.info("Composed%s: %s", f" in vain ({fallback})" if fallback else "", counts or "-")


def _noting_if_shorter(prompt: Prompt, draft: Draft) -> Prompt:
    """Return the prompt; if it is shortened, ``draft`` says so."""
    shorten = prompt.shorter
    if shorten is None:
        return prompt

    def shorter(most: int) -> Prompt | None:
        shortened = shorten(most)
        draft.shortened = draft.shortened or shortened is not None
        return shortened

    return replace(prompt, shorter=shorter)


def _outcome(drafted: Drafted) -> str:
    return drafted.flaw.value if drafted.flaw else "unclear" if drafted.unclear else "kept"


def _checked(drafted: Drafted) -> Checked:
    verified = drafted.shown and not drafted.unclear
    return Checked(drafted.sentence, verified=verified, flaw=drafted.flaw)


def _fallback(draft: Draft) -> Fallback | None:
    """Return why quotations must replace the answer, if they must: too little or nothing of it is
    left, or its core is dropped. Except in a list, the first claim is the core."""
    claims = [drafted for drafted in draft.sentences if drafted.claims]
    shown = [drafted for drafted in claims if drafted.shown]
    if not claims:
        return Fallback.EMPTY
    core = claims[0]
    core_fell = core.fell and core.sentence.lead is not Lead.ITEM
    if shown and not core_fell and len(shown) >= _LEAST_KEPT * len(claims):
        return None
    unsupported = (Flaw.UNSUPPORTED, Flaw.UNCITED, Flaw.DANGLING, Flaw.EXCEPTION)
    wrong = any(claim.flaw not in unsupported for claim in claims if claim.fell)
    return Fallback.CONTRADICTED if wrong else Fallback.UNSUPPORTED


def _answer(quoted: Answer, draft: Draft) -> Answer:
    layout, lead, number = Layout(), Lead.SPACE, ""
    shown = [drafted for drafted in draft.sentences if drafted.shown]
    for drafted in draft.sentences:
        lead, number = _lead(drafted.sentence, lead, number)
        if drafted.shown:
            layout.add(drafted.claim, lead, drafted.support, unclear=drafted.unclear, number=number)
            lead, number = Lead.SPACE, ""
    return replace(
        quoted,
        text=layout.text,
        sources=layout.sources,
        composed=True,
        # Its sentences are checked, so doubts about the quotations do not apply.
        tone=Tone.ANSWER,
        nearest=_other_pages(quoted, layout.sources) if draft.denies else (),
        cut=draft.cut,
        shortened=draft.shortened,
        left_out=sum(drafted.fell for drafted in draft.sentences),
        unclear=tuple(drafted.claim.shown for drafted in shown if drafted.unclear),
        denial=draft.denies,
    )


def _lead(sentence: Sentence, lead: Lead, number: str) -> tuple[Lead, str]:
    """Return the lead of a sentence, and its number in a list. It has those of the sentences left
    out before it: ``lead`` and ``number``."""
    if sentence.lead is not Lead.SPACE:
        number = sentence.number
    return max(lead, sentence.lead, key=list(Lead).index), number


def _other_pages(quoted: Answer, sources: Sequence[Source]) -> tuple[Source, ...]:
    """Return the pages of the quotations that are not in ``sources``, for a reader who learns that
    the pages do not answer."""
    cited = {(source.wiki, source.page) for source in sources}
    pages = {(source.wiki, source.page): source for source in (*quoted.sources, *quoted.nearest)}
    return tuple(replace(source, quote="") for page, source in pages.items() if page not in cited)


def _no_answer(quoted: Answer) -> NoAnswer:
    return NoAnswer(
        Reason.NOTHING_FITS,
        texts.NO_PAGE_ANSWERS,
        tuple(replace(source, quote="") for source in quoted.sources),
        quoted.confidence,
    )


@dataclass(slots=True)
class _Releasing:
    """Releases sentences that a reader may see at once. A sentence that points back to an unclear
    one waits with it, and an introduction waits for its list."""

    _layout: Layout = field(default_factory=Layout)
    _lead: Lead = Lead.SPACE
    _number: str = ""
    _frame: Drafted | None = None
    _held: bool = False

    def add(self, drafted: Drafted) -> Iterator[Released]:
        if drafted.frames:
            self._frame = drafted
            return
        self._lead, self._number = _lead(drafted.sentence, self._lead, self._number)
        depends = drafted.points_back or drafted.restricts
        waits = drafted.waits or (self._held and depends)
        if waits or not drafted.shown:
            self._held = waits
            return
        self._held = False
        text = ""
        if self._frame:
            frame, self._frame = self._frame, None
            text = self._layout.add(frame.claim, frame.sentence.lead, (), unclear=False)
        text += self._layout.add(
            drafted.claim,
            self._lead,
            drafted.support,
            unclear=drafted.unclear,
            number=self._number,
        )
        self._lead, self._number = Lead.SPACE, ""
        yield Released(text)
