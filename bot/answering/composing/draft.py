"""The draft of an answer: a model's sentences, and what became of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from footnote_bot.bot.answering.checking.evidence import (
    Place,
    ShownPassage,
    bare,
    locate,
    without_targets,
)
from footnote_bot.bot.answering.checking.facts import flaw_of
from footnote_bot.bot.answering.checking.guards import (
    Flaw,
    addresses,
    all_shown,
    instructs_model,
    is_raw_json,
    pings,
)
from footnote_bot.bot.answering.composing.judge import JudgedSentence, SentenceVerdict
from footnote_bot.bot.answering.composing.reading import Sentence
from footnote_bot.bot.answering.llm.prompt import Prompt
from footnote_bot.bot.model import Fallback, Question
from footnote_bot.indexers.text.prose import plain

_LONGEST = 2_000
"""Characters of a sentence."""
_LEAST_KEPT = 0.5
"""The least share of sentences to keep; with fewer, the section says more."""
_CLAIMLESS = (Flaw.EMPTY, Flaw.REPEATED)


@dataclass(slots=True)
class Drafted:
    """A sentence and its state. ``places`` are what it rests on; ``flaw`` says why it is left out;
    ``waits``: its verdict is not there yet; ``unclear``: the judge did not decide it."""

    sentence: Sentence
    places: tuple[Place, ...] = ()
    flaw: Flaw | None = None
    waits: bool = False
    unclear: bool = False

    @property
    def text(self) -> str:
        return self.sentence.text

    @property
    def introduces(self) -> bool:
        """Return whether it ends in a colon, so that the next items belong to it."""
        return self.text.endswith((":", "\uff1a"))

    @property
    def claims(self) -> bool:
        """Return whether it claims something: it is neither empty nor a repetition."""
        return self.flaw not in _CLAIMLESS

    @property
    def fell(self) -> bool:
        """Return whether it is a claim that is left out."""
        return self.flaw is not None and self.claims


@dataclass(slots=True)
class Draft:
    """A draft of an answer to ``question`` from the passages in ``prompt``. ``answered`` is "yes",
    "partly" or "no", as the model says itself. ``cut``: its end is missing. ``shortened``: it saw
    fewer passages than planned. ``judged``: a judge has read it."""

    question: Question
    prompt: Prompt
    answered: str = "yes"
    cut: bool = False
    shortened: bool = False
    judged: bool = False
    sentences: list[Drafted] = field(default_factory=list)
    _shown: list[ShownPassage] = field(init=False)
    _letters: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self._shown = [ShownPassage(passage) for passage in self.prompt.shown]

    @property
    def denied(self) -> bool:
        """Return whether the model says that the wiki does not answer."""
        return self.answered == "no"

    def take(self, sentence: Sentence) -> Drafted:
        """Check ``sentence``, add it to the draft, and return it with its state."""
        located = (locate(evidence, self._shown) for evidence in sentence.evidence)
        whole = (Place(number) for number in sentence.cited if number <= len(self._shown))
        drafted = Drafted(sentence, tuple(place for place in located if place) or tuple(whole))
        if sentence.is_item and not drafted.places:  # it rests on what its introduction rests on
            introductions = (other for other in reversed(self.sentences) if other.introduces)
            drafted.places = next(introductions, drafted).places
        drafted.flaw = self._flaw(drafted)
        if drafted.flaw not in (Flaw.EMPTY, Flaw.LONG):
            self._letters.add(bare(drafted.text))
        drafted.waits = drafted.flaw is None
        self.sentences.append(drafted)
        return drafted

    def _flaw(self, drafted: Drafted) -> Flaw | None:
        """Return why the sentence must be left out, before a judge reads it; None: it need not."""
        text = drafted.text
        is_greeting = text.endswith("!") and not drafted.places
        if is_greeting or is_raw_json(text) or not any(map(str.isalnum, text)):
            return Flaw.EMPTY
        if len(text) > _LONGEST:
            return Flaw.LONG
        if bare(text) in self._letters:
            return Flaw.REPEATED
        return Flaw.PING if pings(text) else self._wrong_fact(drafted)

    def _wrong_fact(self, drafted: Drafted) -> Flaw | None:
        """Return the first flaw among addresses, orders to a model, and other facts; else None."""
        text, places = drafted.text, drafted.places
        used = [self._shown[place.passage - 1] for place in places] or self._shown
        wanted = addresses(text)
        if not all_shown(wanted, [shown.passage for shown in used]):
            return Flaw.ADDRESS
        words = [self._words(place) for place in places] or [
            plain(shown.passage.text) for shown in used
        ]
        # A page that gives orders to a model may also smuggle in an address.
        orders = any(map(instructs_model, words)) if places else False
        if orders or (wanted and any(instructs_model(shown.passage.text) for shown in used)):
            return Flaw.ORDERS
        asked = [self.question.as_asked.text, self.question.standalone]
        also = [*(shown.titles for shown in used), *asked, *wanted]
        return flaw_of(text, words, also)

    def _words(self, place: Place) -> str:
        """Return the words at a place; if it has an empty span, of the whole passage."""
        text = self.prompt.shown[place.passage - 1].text
        if place.start == place.end:
            return plain(text)
        return without_targets(text[place.start : place.end])

    @property
    def length(self) -> int:
        """Return the number of characters that are not left out."""
        return sum(len(drafted.text) for drafted in self.sentences if drafted.flaw is None)

    def to_judge(self, batch: Sequence[Drafted]) -> list[JudgedSentence]:
        """Return the sentences of ``batch`` for a judge, with the passages that each rests on."""
        judged: list[JudgedSentence] = []
        before = ""
        for drafted in self.sentences:
            numbers = tuple(dict.fromkeys(place.passage for place in drafted.places))
            if not numbers and drafted.introduces:  # what it introduces is judged by these
                numbers = tuple(dict.fromkeys(p.passage for each in batch for p in each.places))
            if self.denied:
                numbers = ()
            if any(drafted is each for each in batch):
                judged.append(JudgedSentence(drafted.text, numbers, "" if judged else before))
            if drafted.flaw is None and (drafted.introduces or not drafted.sentence.is_item):
                before = drafted.text
        return judged

    def decide(self, drafted: Drafted, verdict: SentenceVerdict | None) -> None:
        """Apply a verdict; None decides nothing."""
        drafted.waits, drafted.unclear = False, verdict is None
        if verdict and not verdict.supported:
            drafted.flaw = Flaw.UNSUPPORTED
        elif verdict and not drafted.places:
            passages = (number for number in verdict.passages if number <= len(self._shown))
            drafted.places = tuple(map(Place, dict.fromkeys(passages)))

    def pass_unread(self, drafted: Drafted) -> None:
        """Let a sentence pass that nobody judges; one that names no passage only if it says what
        the wiki does not say, asks back, or introduces a list."""
        drafted.waits, drafted.unclear = False, True
        may_lack_passages = self.answered != "yes" or drafted.text.endswith(("?", "\uff1f"))
        if not (drafted.places or may_lack_passages or drafted.introduces):
            drafted.flaw = Flaw.UNSUPPORTED

    def marks(self, drafted: Drafted) -> bool:
        """Return whether the sentence is marked. If none was judged, one note says so."""
        return drafted.unclear and self.judged

    @property
    def failed(self) -> bool:
        """Return whether its first sentence is left out: what follows is no answer without it.
        Except in a list, the first sentence is the answer itself."""
        first = next((drafted for drafted in self.sentences if drafted.claims), None)
        return bool(first and first.fell and not first.sentence.is_item)

    def fallback(self) -> Fallback | None:
        """Return why the reply without a model must replace the answer, if it must: too little of
        it is left, or its first sentence is wrong."""
        self._drop_empty_introductions()
        claims = [drafted for drafted in self.sentences if drafted.claims]
        if not claims:
            return Fallback.EMPTY
        kept = sum(drafted.flaw is None for drafted in claims)
        if kept and kept >= _LEAST_KEPT * len(claims) and not self.failed:
            return None
        unsupported = all(claim.flaw is Flaw.UNSUPPORTED for claim in claims if claim.fell)
        return Fallback.UNSUPPORTED if unsupported and not self.denied else Fallback.CONTRADICTED

    def _drop_empty_introductions(self) -> None:
        """Leave out each introduction of a list whose items are all left out."""
        for place, drafted in enumerate(self.sentences):
            items = list(_items(self.sentences[place + 1 :])) if drafted.introduces else []
            if items and all(item.flaw for item in items):
                drafted.flaw = drafted.flaw or Flaw.EMPTY


def _items(following: Sequence[Drafted]) -> Iterator[Drafted]:
    """Yield the list items before the first other sentence."""
    for drafted in following:
        if not drafted.sentence.is_item:
            return
        yield drafted
