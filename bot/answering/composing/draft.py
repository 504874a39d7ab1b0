"""The draft of an answer: the model's sentences so far, and the fate of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.answering.composing.agreement import agrees, roots
from bot.answering.composing.checking import (
    TURNED,
    CheckOutcome,
    SentenceCheck,
    Shown,
    Support,
    check,
)
from bot.answering.composing.claims import Claim, Flaw, claim
from bot.answering.composing.denials import split_denial
from bot.answering.composing.ground import Ground, bare
from bot.answering.composing.judge import SentenceVerdict, UnclearSentence
from bot.answering.composing.lexicon import KEPT_LIMITS
from bot.answering.composing.prompt import NOTHING
from bot.answering.composing.sentences import Evidence, Lead, Sentence
from bot.answering.composing.words import TokenRole, Word, limits, read
from indexers.model import Passage

CLAIMLESS = (Flaw.FRAME, Flaw.EMPTY, Flaw.REPEATED)
"""Flaws of sentences that are dropped without a note: they claim nothing."""
_POINTING = frozenset("it its they them their he his she her this these those that such".split())  # noqa: SIM905 - read as words
_RESTRICTING = frozenset(
    "but however otherwise provided aber jedoch außer pero salvo excepto mais sauf".split()  # noqa: SIM905 - the same
)
_DENIED = (Flaw.NEGATION, Flaw.LIMIT)
"""Flaws that do not apply to a sentence about what pages do not say."""
_LONGEST = 2_000
"""Characters of a sentence. A longer one is no sentence, whatever a model takes for one, and the
time to compare it grows with its square."""
_NEAR = 0.5
"""The share of its words that an uncited sentence must have in the passage that is cited for it. It
is still shown as unclear."""


@dataclass(slots=True)
class Drafted:
    """A sentence and its state. ``flaw`` says why it is left out. ``waits``: until the rest of the
    answer is ready, or a judge has decided."""

    sentence: Sentence
    claim: Claim
    said: tuple[Word, ...] = ()
    support: tuple[Support, ...] = ()
    flaw: Flaw | None = None
    unclear: bool = False
    waits: bool = False
    frames: bool = False
    evidence: tuple[Evidence, ...] = ()

    @property
    def shown(self) -> bool:
        return self.flaw is None and not self.waits

    @property
    def claims(self) -> bool:
        return not self.frames and self.flaw not in CLAIMLESS

    @property
    def fell(self) -> bool:
        """Return whether it is a claim that is left out."""
        return self.flaw is not None and self.claims

    @property
    def points_back(self) -> bool:
        first = self.said[0].text.casefold() if self.said else ""
        return first in _POINTING

    @property
    def restricts(self) -> bool:
        """Return whether it opens with a word that limits the previous sentence."""
        first = self.said[0] if self.said else None
        return bool(first and (first.text.casefold() in _RESTRICTING or first.limit in KEPT_LIMITS))


@dataclass(slots=True)
class Draft:
    """A draft. ``judged``: a judge will decide unclear sentences. ``denied``: the model says that
    the passages do not answer; the rest says what they do say. ``cut``: its end is missing."""

    passages: Sequence[Passage]
    question: str
    judged: bool = False
    denied: bool = False
    cut: bool = False
    sentences: list[Drafted] = field(default_factory=list)
    _grounds: list[Ground] = field(init=False)
    _shown: Shown = field(init=False)
    _asked: frozenset[str] = field(init=False)
    _told: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self._grounds = [Ground(passage) for passage in self.passages]
        self._shown = Shown(self.question, self._grounds)
        self._asked = roots(self._shown.asked)

    def take(self, sentence: Sentence) -> Drafted:
        """Check ``sentence``, and add it."""
        too_long = not sentence.code and len(sentence.text) > _LONGEST
        # Before it is parsed: the time for that, too, grows with its square, or faster.
        looked_at = replace(sentence, text=sentence.text[:_LONGEST]) if too_long else sentence
        one = Drafted(sentence, claim(self._without_question(looked_at)))
        one.said = read(one.claim.text)
        one.flaw = Flaw.UNSUPPORTED if too_long else one.claim.flaw
        if not self.sentences and _is_nothing(sentence.text):
            self.denied, one.flaw = True, Flaw.FRAME
        if one.claim.shown in self._told and not (one.flaw or one.claim.introduces):
            one.flaw = Flaw.REPEATED
        self._check(one)
        if one.flaw is None:
            self._told.add(one.claim.shown)
        self.sentences.append(one)
        return one

    def _without_question(self, sentence: Sentence) -> Sentence:
        """Remove a leading question, if it repeats the reader's own."""
        question, mark, rest = sentence.text.rpartition("? ")
        asks = [word for word in read(question) if word.weighs] if mark and rest.strip() else []
        again = [word for word in asks if not self._asked.isdisjoint(word.forms)]
        return replace(sentence, text=rest) if asks and 2 * len(again) > len(asks) else sentence

    @property
    def length(self) -> int:
        return sum(len(one.claim.shown) for one in self.sentences if one.flaw is None)

    @property
    def denies(self) -> bool:
        """Return whether its first claim says that the pages do not say it."""
        first = next((one for one in self.sentences if one.claims), None)
        return bool(first and first.shown and (self.denied or split_denial(first.claim.text)))

    def unclear(self) -> list[tuple[Drafted, UnclearSentence]]:
        """Return the sentences for the judge."""
        before = ""
        found = []
        for one in self.sentences:
            if one.waits and one.unclear:
                cited = [self._number(ground) for ground, _ in one.support]
                asked = UnclearSentence(
                    one.claim.shown, tuple(dict.fromkeys(cited)), one.evidence, before
                )
                found.append((one, asked))
            if one.flaw is None and (one.sentence.lead is not Lead.ITEM or one.claim.introduces):
                before = one.claim.shown
        return found

    def judge(self, one: Drafted, verdict: SentenceVerdict | None) -> None:
        """Apply ``verdict``, if its evidence is where it says; None decides nothing."""
        one.waits = False
        if verdict is None:
            return
        if not verdict.supported:
            one.flaw = Flaw.UNSUPPORTED
            return
        support = self._evidence(verdict.evidence)
        # Pages do not state what they do not say.
        if support or self._is_denial(one):
            one.support, one.unclear = support or one.support, False

    def end(self) -> None:
        """Cite for each uncited sentence what its neighbours cite; "Hope this helps!" needs
        nothing."""
        for place, one in enumerate(self.sentences):
            if one.flaw is not Flaw.UNCITED:
                continue
            beside = self._beside(place)
            if _is_chatter(one, [ground for ground, _ in beside]):
                one.flaw = Flaw.FRAME
            elif beside:
                one.flaw, one.support = None, beside
                one.unclear, one.waits = True, self.judged

    def settle(self) -> None:
        """Decide what depends on other sentences: introductions, exceptions, "Yes."."""
        for place, one in enumerate(self.sentences):
            following = self.sentences[place + 1 :]
            if one.fell and one.restricts and place:
                self._take_along(place)
            if one.claim.introduces and one.claims and one.fell:
                for item in _items(following):
                    item.flaw = item.flaw or Flaw.DANGLING
            if one.frames and one.flaw is None:
                one.waits = False
                held = _items(following) if one.claim.introduces else following[:1]
                if not any(item.shown for item in held):
                    one.flaw = Flaw.FRAME

    def _take_along(self, place: int) -> None:
        before = next((o for o in reversed(self.sentences[:place]) if o.claims), None)
        if before and before.shown:
            before.flaw = Flaw.EXCEPTION

    def _check(self, one: Drafted) -> None:
        if one.flaw is Flaw.EMPTY and one.claim.verdict:
            # "Yes." is kept if the next sentence is.
            one.flaw, one.frames, one.waits = None, True, True
            return
        if one.flaw:
            return
        if self._names_only(one):
            one.flaw = Flaw.FRAME
            return
        cited, one.evidence = self._cited(one), self._standing(one.sentence.evidence)
        finding = self._found(one, cited)
        frames = one.claim.introduces and not one.claim.cited
        asks = "? " in one.claim.text
        bears = TURNED if frames else TURNED - {Flaw.NUMBER} if asks else ()
        if finding.decision is CheckOutcome.CONTRADICTED and finding.flaw not in bears:
            one.flaw = finding.flaw
            one.frames = frames
        elif frames:
            one.frames = one.waits = True
        else:
            one.support = self._evidence(one.evidence) or finding.support
            one.unclear = finding.decision is not CheckOutcome.SUPPORTED or not self._stands_alone(
                one
            )
            if not cited and finding.decision is CheckOutcome.UNCLEAR:
                self._cite(one, finding)
            one.waits = one.unclear and self.judged

    def _cite(self, one: Drafted, finding: SentenceCheck) -> None:
        """Cite for an uncited sentence the nearest passage, if it is near."""
        if self._is_denial(one):
            one.support = ()
        elif finding.share < _NEAR:
            one.support, one.unclear, one.flaw = (), False, Flaw.UNCITED

    def _is_denial(self, one: Drafted) -> bool:
        """Return whether it says that pages do not say something: in our words, or in any if the
        model says that it does not answer."""
        first = not any(other.claims for other in self.sentences if other is not one)
        return split_denial(one.claim.text) is not None or (self.denied and first)

    def _found(self, one: Drafted, cited: Sequence[Ground]) -> SentenceCheck:
        denial = split_denial(one.claim.text)
        others = [ground for ground in self._grounds if ground not in cited]
        if denial is None:
            own = self._own_words(one.evidence)
            if own:
                narrow = check(one.claim, own, (), self._shown)
                if narrow.decision is CheckOutcome.SUPPORTED:
                    return narrow
            return check(one.claim, cited, others, self._shown)
        denied_text, rest = denial
        whole = check(one.claim, cited, others, self._shown)
        if whole.decision is CheckOutcome.CONTRADICTED and whole.flaw not in _DENIED:
            return whole
        after = check(replace(one.claim, text=rest), cited, others, self._shown) if rest else None
        # What the pages do say must be supported, and no page may say nearly what they are said not
        # to.
        silent = all(self._is_silent(denied_text, ground) for ground in self._grounds)
        if after and after.decision is CheckOutcome.SUPPORTED and silent:
            return after
        return SentenceCheck(CheckOutcome.UNCLEAR, whole.support, share=1.0)

    def _is_silent(self, denied_text: str, ground: Ground) -> bool:
        denied = [w for w in read(denied_text) if w.weighs and not self._asked.isdisjoint(w.forms)]
        return not denied or not any(
            all(not (one.roots | ground.frame_roots).isdisjoint(w.forms) for w in denied)
            for one in ground.stretches
        )

    def _stands_alone(self, one: Drafted) -> bool:
        """Return whether its words can be verified without those before it."""
        before = self.sentences[-1] if self.sentences else None
        verdict = one.claim.verdict
        if not verdict and before and before.frames and not before.claim.text:
            verdict = before.claim.verdict
        if verdict and not agrees(verdict, self._shown.asked, one.said):
            return False
        if not one.points_back:
            return True
        if before is None or before.fell or before.unclear:
            return False
        return bool({id(g) for g, _ in before.support} & {id(g) for g, _ in one.support})

    def _names_only(self, one: Drafted) -> bool:
        """Return whether it only names a page's title, or repeats the question, which answers
        nothing."""
        if one.claim.code or one.claim.introduces or one.sentence.lead is Lead.ITEM:
            return False
        titles = (passage.title for passage in self.passages)
        return bare(one.claim.text) in {bare(text) for text in (self.question, *titles)}

    def _cited(self, one: Drafted) -> list[Ground]:
        numbers = one.claim.cited or tuple(evidence.passage for evidence in one.sentence.evidence)
        if not numbers and one.sentence.lead is Lead.ITEM:
            intro = next((o for o in reversed(self.sentences) if o.claim.introduces), None)
            numbers = intro.claim.cited if intro else ()
        return [self._grounds[n - 1] for n in dict.fromkeys(numbers) if 0 < n <= len(self._grounds)]

    def _beside(self, place: int) -> tuple[Support, ...]:
        """Return what the next sentence of the paragraph rests on, or else the one before."""
        behind = []
        for one in self.sentences[place + 1 :]:
            if one.sentence.lead is not Lead.SPACE:
                break
            behind.append(one)
        ahead = []
        for one in reversed(self.sentences[: place + 1]):
            if one is not self.sentences[place]:
                ahead.append(one)
            if one.sentence.lead is not Lead.SPACE:
                break
        return next((one.support for one in (*behind, *ahead) if one.support), ())

    def _standing(self, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
        """Return the evidence whose words are where they are said to be."""
        return tuple(
            one
            for one in evidence
            if 0 < one.passage <= len(self._grounds)
            and self._grounds[one.passage - 1].find(one.words)
        )

    def _evidence(self, evidence: Sequence[Evidence]) -> tuple[Support, ...]:
        return tuple(
            (ground, stretch)
            for one in evidence
            if 0 < one.passage <= len(self._grounds)
            for ground in [self._grounds[one.passage - 1]]
            if (stretch := ground.find(one.words))
        )

    def _own_words(self, evidence: Sequence[Evidence]) -> list[Ground]:
        """Return the passages cut down to the words that the model gave."""
        numbers = dict.fromkeys(one.passage for one in evidence)
        cut = {
            number: "\n".join(one.words for one in evidence if one.passage == number)
            for number in numbers
        }
        return [
            Ground(replace(self.passages[number - 1], text=text)) for number, text in cut.items()
        ]

    def _number(self, ground: Ground) -> int:
        same = (n for n, own in enumerate(self._grounds, 1) if own.passage.id == ground.passage.id)
        return next(same, 0)


def _items(following: Sequence[Drafted]) -> Iterator[Drafted]:
    """Yield the list, the table or the code right after an introduction."""
    for one in following:
        is_row = one.sentence.text.startswith("|")
        if one.sentence.lead is not Lead.ITEM and not one.sentence.code and not is_row:
            return
        yield one


def _is_chatter(one: Drafted, beside: Sequence[Ground]) -> bool:
    """Return whether it has nothing that could be checked, and at most half of its words from the
    pages cited around it."""
    facts = one.claim.addresses or one.claim.quotations or one.claim.codes or limits(one.said)
    if facts or any(
        word.role in (TokenRole.NAME, TokenRole.NUMBER, TokenRole.NOT) for word in one.said
    ):
        return False
    weighty = [word for word in one.said if word.weighs]
    known = [word for word in weighty if any(not g.roots.isdisjoint(word.forms) for g in beside)]
    return one.claim.text.endswith("!") or 2 * len(known) <= len(weighty)


def _is_nothing(text: str) -> bool:
    return text.strip(" .*\"'`").upper().startswith(NOTHING)
