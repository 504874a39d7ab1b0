"""The use case: a question in, an answer with its footnotes out, or why there is none."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial

from bot.answering.clarifying import Clarifying
from bot.answering.composing.composer import Composer
from bot.answering.confidence import Confidence, features
from bot.answering.disagreeing import with_disagreement
from bot.answering.model_order import ModelOrder
from bot.answering.quoting import quote
from bot.answering.recheck import MOST_CITED, Ahead, Compose, Recheck
from bot.answering.retrieval import Found, Retrieval, Retrieved
from bot.answering.sources import Aging, source_of
from bot.foreign import quoted, with_mark
from bot.model import (
    Answer,
    Narrowed,
    NoAnswer,
    Question,
    Reason,
    Result,
    Role,
    Source,
    Timings,
    Why,
    named,
)
from bot.ports import Hear
from indexers.model import EVERYONE, Audience, Hit, Principal
from indexers.untold import untold_by

LONGEST_QUESTION = 4000
"""Characters. What is longer is no question but a text."""
_NEAREST = 3
_BEGINNING = "How do I get started, and what should everybody know?"
_TITLES = 4


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers by quotation, or in a language model's words if there is a ``composer``.
    ``wikis`` are named in this order, ``max_characters`` bounds a quoted answer's text,
    ``min_confidence`` (0 to 1) is where silence begins; without ``recheck`` pages are
    taken as the index holds them; ``aging`` says which are old; ``rewrite`` makes follow-ups
    stand alone; ``clarifying`` asks back what says too little."""

    retrieval: Retrieval
    confidence: Confidence
    wikis: Sequence[str]
    max_characters: int = 700
    min_confidence: float = 0.05
    recheck: Recheck | None = None
    composer: Composer | None = None
    aging: Aging | None = None
    rewrite: Callable[[Question], Question] | None = None
    clarifying: Clarifying | None = None
    order: ModelOrder | None = None
    """A language model that puts in order what was found."""
    verified: Callable[[Question], Answer | None] | None = None
    """What a person wrote to the question, if anybody did; it goes before the search."""
    is_partial: Callable[[], bool] = lambda: False
    """Whether the index is being built anew, and a search may miss what it will have."""
    clock: Callable[[], float] = time.perf_counter

    def answer(self, question: Question, hear: Hear | None = None) -> Result:
        """A composed answer is heard sentence by sentence; quotations come at once.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        if reason := _unfit(question.text):
            return NoAnswer(reason, _TEXTS[reason])
        if self.verified and (written := self.verified(question)):
            return written
        question, rewriting = self.understood(question)
        retrieved = self.retrieval(question)
        compose = self.composing(question, hear)
        ahead: Ahead | None = None
        if (self.composer or self.order) and not question.quoting:
            # What a model was shown or somebody heard cannot be taken back: so its pages are
            # looked at before.
            ahead = partial(self._leaving, question)
            if self.order:
                compose = self.order.before(question, compose, ahead)
        said = self._checked(question, retrieved, compose, ahead)
        said = replace(said, timings=replace(said.timings, rewrite=rewriting))
        said = _with_rights_told(said, question, found=bool(retrieved.pages))
        if isinstance(said, NoAnswer) and said.reason in _SILENT and self.is_partial():
            # What is missing now may be there once the index is built.
            said = replace(said, reason=Reason.REBUILDING, text=_TEXTS[Reason.REBUILDING])
        return self.aging(said) if self.aging else said

    def _leaving(self, question: Question, retrieved: Retrieved) -> list[Source]:
        """What a language model is shown of what was found."""
        shown = self.order.shown(retrieved) if self.order else []
        return [*shown, *(self.composer.shown(question, retrieved) if self.composer else ())]

    def composing(
        self, question: Question, hear: Hear | None = None, *, by_model: bool = True
    ) -> Compose:
        """Return the function that makes what people read of what was found: by a language
        model only if ``by_model``, and if the question lets one be asked."""
        compose: Compose = partial(self.compose, question)
        if self.composer and by_model and not question.quoting:
            compose = self.composer.begin(question, compose, hear)
        return partial(_disagreeing, question.sought, compose)

    def understood(self, question: Question) -> tuple[Question, float]:
        """As it is searched for, and the milliseconds that this took."""
        if not self.rewrite or not question.history or question.quoting:
            return question, 0.0
        started = self.clock()
        return self.rewrite(question), (self.clock() - started) * 1000

    def _checked(
        self, question: Question, retrieved: Retrieved, compose: Compose, ahead: Ahead | None
    ) -> Result:
        if self.recheck is None:
            return compose(retrieved)
        started = self.clock()
        said = self.recheck(question.reader, retrieved, compose, ahead)
        took = (self.clock() - started) * 1000
        # A language model may have put in order meanwhile what was found; that is the search's.
        beside = said.timings.compose + max(0.0, said.timings.search - retrieved.search_ms)
        return replace(said, timings=replace(said.timings, check=took - beside))

    def compose(self, question: Question, retrieved: Retrieved) -> Result:
        """What ``retrieved`` says to the question, in quotations; or what to ask back."""
        started = self.clock()
        if not retrieved.pages:
            timings = Timings(retrieved.embed_ms, retrieved.search_ms)
            return NoAnswer(Reason.NOTHING_INDEXED, self._nothing(), timings=timings)
        sure = self._sure(question, retrieved)
        if self.clarifying and (asked_back := self.clarifying(question, retrieved)):
            took = (self.clock() - started) * 1000
            timings = Timings(retrieved.embed_ms, retrieved.search_ms, took)
            return replace(asked_back, confidence=sure, timings=timings)
        answer = (
            quotations(question, retrieved.hits, self.max_characters, sure)
            if sure >= self.min_confidence
            else None
        )
        timings = Timings(retrieved.embed_ms, retrieved.search_ms, (self.clock() - started) * 1000)
        if answer is None:
            return NoAnswer(
                Reason.NOTHING_FITS,
                f"I searched {self._names(retrieved)} and found nothing that answers this.",
                tuple(_nearest(found) for found in retrieved.pages[:_NEAREST]),
                sure,
                timings,
            )
        return replace(answer, timings=timings)

    def _sure(self, question: Question, retrieved: Retrieved) -> float:
        return max(self.confidence(text, retrieved) for text in _read_as(question))

    def open_titles(self) -> list[str]:
        """Of some pages that everyone may read, and that help to begin. Like those of an answer
        they are looked at again.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        question = Question(_BEGINNING, Principal.of(EVERYONE))
        said = self._checked(question, self.retrieval(question), _first_pages, None)
        titles = (source.title for source in named(said))
        return list(dict.fromkeys(titles))[:_TITLES]

    def why(self, question: Question) -> Why:
        """What decides whether the question is answered.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        question, _ = self.understood(question)
        retrieved = self.retrieval(question)
        curve = self.confidence
        text = max(_read_as(question), key=lambda text: curve(text, retrieved))
        seen, sure = features(text, retrieved), curve(text, retrieved)
        speaks = "so it is answered" if sure >= self.min_confidence else "so it is not answered"
        return Why(
            seen=asdict(seen),
            weighs=asdict(curve),
            confidence=sure,
            rule=f"1 / (1 + exp(-(bias + each x its weight))) = {sure:.3f}, and `precision` asks "
            f"for {self.min_confidence:.3f}, {speaks}. closest: how near in meaning the best "
            "passage's nearest sentence is; words: the share of the question's words, rare ones "
            "weighing more, that one sentence of it has; pairs: the share of its pairs of "
            "neighbouring words that are neighbours there, too.",
            rights=narrowed.words if (narrowed := _narrowed(question)) else "",
            asking_back=self.clarifying.decide(question, retrieved).why if self.clarifying else "",
        )

    def _nothing(self) -> str:
        if not self.retrieval.index.counts():
            return "Nothing is indexed yet: the first `footnote sync` is still to find a page."
        return "I found no page that you may read here."

    def _names(self, retrieved: Retrieved) -> str:
        """Of the wikis that gave pages: that others exist is told to nobody who may not
        read them."""
        gave = {found.wiki for found in retrieved.pages}
        return ", ".join(name for name in self.wikis if name in gave)


def quotations(
    question: Question, hits: Sequence[Hit], max_characters: int, confidence: float
) -> Answer | None:
    """Return an answer made of what the passages say, word for word; None if nothing of them
    can be quoted."""
    quotes = quote(question.sought, hits, max_characters)[:MOST_CITED]
    text = "\n\n".join(
        with_mark(quoted(words), f"[{number}]") for number, (_, words) in enumerate(quotes, start=1)
    )
    sources = tuple(source_of(passage, words) for passage, words in quotes)
    return Answer(text, sources, confidence) if quotes else None


_NOTHING_FOUND = "I searched and found nothing that answers this."
_AGAIN = "Please ask again in a few minutes."
_SILENT = {Reason.NOTHING_FITS, Reason.NOTHING_INDEXED}
_TEXTS = {
    Reason.NO_QUESTION: "Ask me something in words, and I will look it up.",
    Reason.TOO_LONG: f"That is too long for me: at most {LONGEST_QUESTION:,} characters, please.",
    Reason.REBUILDING: "My index is being built anew, so I may not have the page for this yet. "
    "Please ask me again in a while.",
}


def _unfit(text: str) -> Reason | None:
    if len(text) > LONGEST_QUESTION:
        return Reason.TOO_LONG
    if not any(character.isalnum() for character in text):
        return Reason.NO_QUESTION
    return None


def _with_rights_told(said: Result, question: Question, *, found: bool) -> Result:
    """Say where the reader's rights could not be asked for, and not that there is nothing to
    read where pages were found and their check left none."""
    if isinstance(said, NoAnswer) and said.reason is Reason.NOTHING_INDEXED and found:
        said = replace(said, reason=Reason.NOTHING_FITS, text=_NOTHING_FOUND)
    narrowed = _narrowed(question)
    if narrowed is None:
        return said
    if isinstance(said, NoAnswer) and said.reason in _SILENT:
        text = f"{narrowed.words}, and found nothing that answers this. {_AGAIN}"
        said = replace(said, reason=Reason.RIGHTS_UNKNOWN, text=text)
    return replace(said, narrowed=narrowed)


def _narrowed(question: Question) -> Narrowed | None:
    sites = untold_by(question.reader)
    if not sites:
        return None
    return Narrowed(tuple(sorted(sites - {""})), isinstance(question.reader, Audience))


def _disagreeing(question: str, compose: Compose, retrieved: Retrieved) -> Result:
    return with_disagreement(question, compose(retrieved), retrieved)


def _read_as(question: Question) -> list[str]:
    """A follow-up is as sure as it is by itself or together with what it goes on from."""
    said = [turn.text for turn in question.history if turn.role is Role.ASKER]
    return [question.sought, *(f"{last} {question.text}" for last in said[-1:])]


def _first_pages(retrieved: Retrieved) -> Result:
    first = tuple(map(_nearest, retrieved.pages[:_TITLES]))
    return NoAnswer(Reason.NOTHING_FITS, "", first)


def _nearest(found: Found) -> Source:
    return source_of(found.hits[0].passage, "")
