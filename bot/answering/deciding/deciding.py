"""The tone of an answer, by its chance of being right.

If it is more likely right than not, it is shown as an answer; if not, as "the closest I found": one
quotation and the nearest pages. If it can hardly be right, or if the pages are about other things
of the kind than the one in the question, the bot says that it found nothing, and what to do next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.answering import texts
from bot.answering.deciding.absent import MissingThing, missing_thing
from bot.answering.deciding.confidence import LIKELY, Confidence, Features, features
from bot.answering.deciding.worded import has_all_words
from bot.answering.languages.other_language import common_words
from bot.answering.question.followups import topic_of
from bot.answering.retrieval.ranking import shared
from bot.answering.retrieval.retrieval import FoundPage, Retrieved
from bot.answering.retrieval.sources import source_of
from bot.answering.retrieval.stretch import has_line_of
from bot.foreign import on_one_line
from bot.model import Answer, Question, Source, Tone
from bot.texts import THE_CLOSEST
from indexers.model import Hit

NEAREST = 3
"""Pages that are named as worth a look."""

Quote = Callable[[Sequence[Hit]], Answer | None]
"""Makes an answer of passages, the best first; None if nothing can be quoted."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision. ``passages_chance`` is the chance that the passages answer the question;
    ``confidence`` is the chance that the quotation does, or the same number if nothing is quoted.
    ``missing`` is the thing in the question that no passage names. If the passages are clearly
    about other things of its kind, the wiki does not have it; otherwise an answer is uncertain."""

    tone: Tone
    confidence: float
    missing: MissingThing | None
    passages_chance: float
    worded: bool = False
    """Whether something is shown only because a sentence has all words that say what the question
    is about."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """The decision on the tone. If the chance of the passages is below ``least`` (``least_unread``
    if no cross-encoder read them), nothing is shown. A quotation with a chance of ``likely`` or
    more is an answer, and not just the closest."""

    confidence: Confidence
    least: float
    least_unread: float
    likely: float = LIKELY

    def __call__(self, question: Question, retrieved: Retrieved, observed: Features) -> Decision:
        """Decide by the passages found, before anything is quoted."""
        chance = self._chance(observed)
        missing = (
            None
            if question.foreign
            else missing_thing(question.asking or question.sought, retrieved.hits)
        )
        if question.asked and missing and missing.thing not in question.asked.text:
            missing = None  # the words of a translation are not shown
        if missing and missing.others:
            return Decision(Tone.SILENCE, chance, missing, chance)
        worded = False
        if chance < self._least(observed):
            worded = not question.foreign and has_all_words(question.sought, retrieved.hits)
            if not worded:
                return Decision(Tone.SILENCE, chance, None, chance)
        return self._with_tone(question, Decision(Tone.CLOSEST, chance, missing, chance, worded))

    def quoted(self, question: Question, decision: Decision, observed: Features) -> Decision:
        """Return the decision with the tone and the chance of the quotation."""
        return self._with_tone(question, replace(decision, confidence=self._chance(observed)))

    def _with_tone(self, question: Question, decision: Decision) -> Decision:
        # Across languages only names compare reliably, which is too little for an answer.
        unsure = (question.foreign and not question.bridged) or decision.confidence < self.likely
        unsure = unsure or decision.worded or decision.missing is not None
        return replace(decision, tone=Tone.CLOSEST if unsure else Tone.ANSWER)

    def may_answer(self, part: str, hit: Hit) -> bool:
        """Return whether a passage may by itself answer one part of a question."""
        shares = shared(part, [hit])[0]
        observed = Features(hit.closest, shares.words, shares.pairs, hit.relevance)
        return self._chance(observed) >= self._least(observed)

    def features(self, question: Question, retrieved: Retrieved) -> Features:
        """Return the features of the passages found."""
        wordings = _wordings(question)
        if question.foreign:
            wordings = [common_words(text, retrieved.hits) for text in wordings]
        observed = [features(text, retrieved) for text in wordings]
        return max(observed, key=self._chance)

    def _chance(self, observed: Features) -> float:
        return self.confidence.curve(observed)(observed)

    def _least(self, observed: Features) -> float:
        return self.least_unread if observed.read is None else self.least

    def rule(self, decision: Decision, observed: Features) -> str:
        """Return the deciding rule in words, for `footnote ask --why`."""
        sentences = [
            texts.chance(decision.confidence, quoted=observed.sentence is not None),
            self._tone_rule(decision, self._least(observed)),
            texts.FEATURES,
        ]
        if observed.read is None:
            return " ".join([*sentences, texts.NOT_READ_TOGETHER])
        sentences.append(texts.READ_TOGETHER)
        return " ".join(
            sentences if observed.sentence is None else [*sentences, texts.QUOTED_SENTENCE]
        )

    def _tone_rule(self, decision: Decision, least: float) -> str:
        if decision.missing and decision.missing.others:
            # The other things are not named: nobody rechecked their pages for this text.
            return texts.others_are_told_of(decision.missing.thing)
        if decision.tone is Tone.SILENCE:
            return texts.too_unlikely(least)
        if decision.worded:
            return texts.ALL_WORDS
        if decision.missing:
            return texts.not_named(decision.missing.thing)
        closest = decision.tone is Tone.CLOSEST
        return texts.thresholds(least, decision.passages_chance, self.likely, closest=closest)


def in_tone(
    decision: Decision, answer: Answer | None, retrieved: Retrieved, quote: Quote
) -> Answer | None:
    """Return ``answer`` in its tone. "The closest" quotes only the first source, and names near
    pages, and a thing that no page names; answers to several parts of a question stay together."""
    if answer is None or decision.tone is Tone.ANSWER:
        return answer
    first = answer.sources[0]
    hits = [hit for hit in retrieved.with_neighbours if _is_of(hit, first)]
    has_parts = any(hit.parts for hit in hits)
    first_only = (quote(hits) if len(answer.sources) > 1 and not has_parts else answer) or answer
    missing = decision.missing
    lines = [texts.no_page_names(on_one_line(missing.thing))] if missing else []
    return replace(
        first_only,
        text="\n\n".join([*lines, THE_CLOSEST, first_only.text]),
        tone=Tone.CLOSEST,
        nearest=nearest(retrieved, first_only.sources),
    )


def nearest(retrieved: Retrieved, sources: Sequence[Source] = ()) -> tuple[Source, ...]:
    """Return the best pages that are not among ``sources``."""
    named = {(source.wiki, source.page) for source in sources}
    others = [page for page in retrieved.pages if (page.wiki, page.page) not in named]
    return tuple(worth_a_look(page) for page in others[:NEAREST])


def worth_a_look(page: FoundPage) -> Source:
    """Return a page without a quotation."""
    return source_of(page.hits[0].passage, "")


def _is_of(hit: Hit, source: Source) -> bool:
    passage = hit.passage
    same = (passage.wiki, passage.page, passage.url) == (source.wiki, source.page, source.url)
    return same and has_line_of(source.quote, passage.text)


def _wordings(question: Question) -> list[str]:
    """Return the wordings of a question: by itself and, if it is a follow-up, with the question
    that it follows. The better of their chances counts."""
    topic = topic_of(question.history)
    others = [question.asking, f"{topic} {question.text}" if topic else ""]
    return [question.sought, *filter(None, others)]
