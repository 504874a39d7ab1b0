"""The use case: what was found -> an answer in a model's words that pages bear out."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.answering.composing.answer_reading import AnswerSentences
from bot.answering.composing.claims import Claim, Flaw, claim
from bot.answering.composing.footnotes import Footnotes
from bot.answering.composing.prompt import NOTHING, Prompt
from bot.answering.composing.sentences import Lead, Sentence
from bot.answering.composing.support import Checker, Ground, Stretch
from bot.answering.composing.usage import Meter, Metered
from bot.answering.composing.words import Word, read
from bot.answering.composing.writing import CutShort, ModelFailed, Writer
from bot.answering.retrieval import Compose, Retrieved
from bot.answering.sources import source_of
from bot.foreign import on_one_line
from bot.model import Answer, Fallback, NoAnswer, Question, Reason, Result, Source, Tone
from bot.ports import Hear
from indexers.model import Hit

log = logging.getLogger(__name__)

_LEAST_KEPT = 0.5
"""Of the sentences that claim something; with less, quotations say more."""
_CALLS = 2
"""Of the model for one question: again if a page fell when it was looked at again."""
_UNCOUNTED = (Flaw.FRAME, Flaw.EMPTY)
_POINTING = frozenset("it its they them their he she his her this these those that such".split())  # noqa: SIM905 - read as words


@dataclass(frozen=True, slots=True)
class Verified:
    """A sentence that may go out: ``text`` begins with what stands between it and the one
    before, and ends with its footnotes. ``sentence`` is what the model wrote."""

    text: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence of the model's that does not go out, and why."""

    sentence: Sentence
    flaw: Flaw


MakePrompt = Callable[[Question, Sequence[Hit]], Prompt]


class Composer:
    """Asks ``writer`` and checks what it writes.

    ``max_characters`` bounds an answer's text. ``tally`` counts the sentences that were
    ``kept`` and each `Flaw`, and each `Fallback`, since the process began.
    """

    def __init__(  # noqa: PLR0913 - the parts, and what may be set
        self,
        writer: Writer,
        prompting: MakePrompt,
        checker: Checker,
        meter: Meter,
        *,
        max_characters: int = 1500,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._writer = Metered(writer, meter)
        self._prompting = prompting
        self._checker = checker
        self._max_characters = max_characters
        self._clock = clock
        self.tally: Counter[str] = Counter()

    def shown(self, question: Question, retrieved: Retrieved) -> Sequence[Source]:
        """The passages that the model would be shown: nothing else can be in its answer."""
        return [source_of(one, "") for one in self._prompting(question, retrieved.hits).shown]

    def begin(self, question: Question, quoting: Compose, hear: Hear | None = None) -> Compose:
        """A function that composes for ``question``, the model being asked twice at most.
        ``quoting`` makes the answer of quotations, and knows when to be silent. ``hear`` is
        given what the first call verifies; a second one is already another answer."""
        calls = 0

        def compose(retrieved: Retrieved) -> Result:
            nonlocal calls
            calls += 1
            if calls > _CALLS:
                return quoting(retrieved)
            for said in self.stream(question, retrieved, quoting):
                if isinstance(said, Verified):
                    if hear is not None and calls == 1:
                        hear(said.text)
                elif not isinstance(said, Dropped):
                    return said
            raise TypeError("the last that comes is the answer")

        return compose

    def stream(
        self, question: Question, retrieved: Retrieved, quoting: Compose
    ) -> Iterator[Verified | Dropped | Result]:
        """Yield each sentence as it is verified or dropped; the last that comes is the whole
        answer, which stands for itself: it may be quotations after all."""
        quoted = quoting(retrieved)
        if not isinstance(quoted, Answer):
            yield quoted
            return
        started = self._clock()
        prompt = self._prompting(question, retrieved.hits)
        draft = _Draft(prompt, self._checker, question.text)
        fallback: Fallback | None = None
        try:
            yield from self._written(question, prompt, draft)
        except ModelFailed as error:
            log.warning("The language model did not answer: %s", error)
            fallback = error.fallback
        took = (self._clock() - started) * 1000
        if fallback is None and not draft.denied and not draft.holds:
            fallback = Fallback.UNSUPPORTED
        self._count(draft, fallback)
        yield self._settled(quoted, draft, fallback, took)

    def _written(
        self, question: Question, prompt: Prompt, draft: _Draft
    ) -> Iterator[Verified | Dropped]:
        sentences = AnswerSentences()
        try:
            for piece in self._writer.write(question, prompt):
                for sentence in sentences.add(piece):
                    yield from draft.take(sentence)
                if draft.denied or draft.length > self._max_characters:
                    return
            for sentence in sentences.end():
                yield from draft.take(sentence)
        except CutShort as error:
            log.info("The language model's last sentence is left out: %s", error)

    def _count(self, draft: _Draft, fallback: Fallback | None) -> None:
        self.tally.update(draft.tally)
        if fallback:
            self.tally[fallback.value] += 1
        dropped = ", ".join(f"{many} {what}" for what, many in sorted(draft.tally.items()))
        log.info("Composed%s: %s", f" in vain ({fallback})" if fallback else "", dropped or "-")

    def _settled(
        self, quoted: Answer, draft: _Draft, fallback: Fallback | None, took: float
    ) -> Answer | NoAnswer:
        timings = replace(quoted.timings, compose=quoted.timings.compose + took)
        if fallback:
            return replace(quoted, fallback=fallback, timings=timings)
        if draft.denied:
            return NoAnswer(
                Reason.NOTHING_FITS,
                "I found pages about this, but none that answers it.",
                tuple(replace(source, quote="") for source in quoted.sources),
                quoted.confidence,
                timings,
            )
        return replace(
            quoted,
            text=draft.text,
            sources=draft.footnotes.sources,
            timings=timings,
            composed=True,
            # Its sentences are checked: they need no doubt of the quotations'.
            tone=Tone.ANSWER,
            nearest=(),
        )


@dataclass(slots=True)
class _Draft:
    """What has been written so far, as far as it holds. ``denied``: the model says that
    the wiki does not answer."""

    prompt: Prompt
    checker: Checker
    question: str
    text: str = ""
    denied: bool = False
    tally: Counter[str] = field(default_factory=Counter)
    grounds: list[Ground] = field(init=False)
    asked: tuple[Word, ...] = field(init=False)
    footnotes: Footnotes = field(default_factory=Footnotes)
    lead: Lead = Lead.SPACE
    listing: bool = False
    dropped: bool = False

    def __post_init__(self) -> None:
        self.asked = read(self.question)
        self.grounds = [Ground(passage) for passage in self.prompt.shown]

    @property
    def length(self) -> int:
        return len(self.text)

    @property
    def holds(self) -> bool:
        judged = sum(many for what, many in self.tally.items() if what not in _UNCOUNTED)
        return bool(self.text) and self.tally["kept"] >= _LEAST_KEPT * judged

    def take(self, sentence: Sentence) -> Iterator[Verified | Dropped]:
        """Yield the sentence with its footnotes, if a passage bears it out."""
        if not self.tally and _is_nothing(sentence.text):
            self.denied = True
            return
        self.lead = max(self.lead, sentence.lead, key=list(Lead).index)
        said = claim(sentence)
        found = said.flaw or self._borne_out(said)
        if isinstance(found, Flaw):
            self.tally[found.value] += 1
            self.dropped = self.dropped or found not in _UNCOUNTED
            yield Dropped(sentence, found)
            return
        self.tally["kept"] += 1
        marks = "".join(f"[{self.footnotes.cite(ground, where)}]" for ground, where in found)
        shown = f"```\n{said.text}\n```\n" if sentence.code else f"{on_one_line(said.text)} "
        new = f"{self._spacing()}{shown}{marks}"
        self.text += new
        self.lead, self.dropped = Lead.SPACE, False
        yield Verified(new, sentence)

    def _names_only(self, said: Claim) -> bool:
        """A page's title, or the question again, answers nothing."""
        words = _weighty(read(said.text))
        titles = [{form for word in ground.frame for form in word.forms} for ground in self.grounds]
        echo = said.text.strip(" .?!").casefold() == self.question.strip(" .?!").casefold()
        return not said.code and (echo or any(title.issuperset(words) for title in titles))

    def _spacing(self) -> str:
        """Items of one list stand together, paragraphs apart."""
        together = self.listing and self.lead is Lead.ITEM
        self.listing = self.lead is Lead.ITEM or (self.listing and self.lead is Lead.SPACE)
        spacing = self.lead.value if together or self.lead is not Lead.ITEM else "\n\n\u2022 "
        return spacing if self.text else spacing.lstrip()

    def _borne_out(self, said: Claim) -> list[tuple[Ground, Stretch]] | Flaw:
        """By those passages that it cites, else by the first that does. Whether the model
        cites the right one matters less than that ours does."""
        if self.dropped and said.text.split(maxsplit=1)[0].casefold().strip(",") in _POINTING:
            return Flaw.DANGLING
        if self._names_only(said):
            return Flaw.FRAME
        cited = [self.grounds[n - 1] for n in said.cited if 0 < n <= len(self.grounds)]
        checked = [(ground, self.checker.check(said, ground, self.asked)) for ground in cited]
        if found := [(ground, where) for ground, where in checked if isinstance(where, Stretch)]:
            return found
        first = checked[0][1] if checked else None
        for ground in self.grounds:
            if ground not in cited:
                where = self.checker.check(said, ground, self.asked)
                if isinstance(where, Stretch):
                    return [(ground, where)]
                first = first or where
        return first if isinstance(first, Flaw) else Flaw.WORDS


def _weighty(words: Sequence[Word]) -> list[str]:
    return [word.stem or word.root for word in words if word.weighs]


def _is_nothing(text: str) -> bool:
    return text.strip(" .*\"'`").upper().startswith(NOTHING)
