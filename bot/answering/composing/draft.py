"""The draft of an answer: the model's sentences so far, and the state of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.answering.checking.agreement import agrees, roots
from bot.answering.checking.checking import (
    FALSIFYING,
    CheckOutcome,
    SentenceCheck,
    Shown,
    Support,
    check,
)
from bot.answering.checking.claims import Claim, Flaw, claim
from bot.answering.checking.facts import missing, unknown_names
from bot.answering.checking.ground import Ground, bare
from bot.answering.composing.judge import SentenceVerdict, UnclearSentence
from bot.answering.llm.prompt import NOTHING
from bot.answering.words.denials import is_refusal, split_denial
from bot.answering.words.english import ALL_ANAPHORS, word_set
from bot.answering.words.lexicon import KEPT_LIMITS
from bot.answering.words.roles import TokenRole, Word, is_fragment, limits, read
from bot.answering.words.sentences import Evidence, Lead, Sentence
from indexers.model import Passage

CLAIMLESS = (Flaw.FRAME, Flaw.EMPTY, Flaw.REPEATED)
"""Flaws of sentences that are dropped without a note: they claim nothing."""
_RESTRICTING = word_set(
    "but however otherwise provided aber jedoch außer pero salvo excepto mais sauf"
)
_DENIED = (Flaw.NEGATION, Flaw.LIMIT)
"""Flaws that do not apply to a sentence about what pages do not say."""
_LONGEST = 2_000
"""Characters of a sentence. A longer text is not compared: the time would grow with its square."""
_NEAR = 0.5
"""The share of an uncited sentence's words that a passage must have to be cited for it. The
sentence is still unclear."""


@dataclass(slots=True)
class Drafted:
    """A sentence and its state. ``flaw`` says why it is left out. ``waits``: it is not shown until
    the rest of the answer is ready, or a judge has decided. ``frames``: it claims nothing itself
    and is shown only with the sentences after it."""

    sentence: Sentence
    claim: Claim
    words: tuple[Word, ...] = ()
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
        return bool(self.words) and self.words[0].text.casefold() in ALL_ANAPHORS | {"such"}

    @property
    def restricts(self) -> bool:
        """Return whether it begins with a word that limits the previous sentence."""
        first = self.words[0] if self.words else None
        return bool(first and (first.text.casefold() in _RESTRICTING or first.limit in KEPT_LIMITS))


@dataclass(slots=True)
class Draft:
    """A draft. ``judged``: a judge will decide unclear sentences. ``denied``: the model says that
    the passages do not answer; the other sentences say what they do say. ``cut``: its end is
    missing. ``shortened``: the model saw fewer passages than planned."""

    passages: Sequence[Passage]
    question: str
    judged: bool = False
    denied: bool = False
    cut: bool = False
    shortened: bool = False
    sentences: list[Drafted] = field(default_factory=list)
    _grounds: list[Ground] = field(init=False)
    _shown: Shown = field(init=False)
    _asked: frozenset[str] = field(init=False)
    _texts: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self._grounds = [Ground(passage) for passage in self.passages]
        self._shown = Shown(self.question, self._grounds)
        self._asked = roots(self._shown.asked)

    def take(self, sentence: Sentence) -> Drafted:
        """Check ``sentence``, and add it."""
        too_long = not sentence.code and len(sentence.text) > _LONGEST
        # Cut it before it is parsed: the time for that grows with its square, too, or faster.
        parsed = replace(sentence, text=sentence.text[:_LONGEST]) if too_long else sentence
        drafted = Drafted(sentence, claim(self._without_question(parsed)))
        drafted.words = read(drafted.claim.text)
        drafted.flaw = Flaw.UNSUPPORTED if too_long else drafted.claim.flaw
        if not self.sentences and _is_nothing(sentence.text):
            self.denied, drafted.flaw = True, Flaw.FRAME
        if drafted.claim.shown in self._texts and not (drafted.flaw or drafted.claim.introduces):
            drafted.flaw = Flaw.REPEATED
        self._check(drafted)
        if drafted.flaw is None:
            self._texts.add(drafted.claim.shown)
        self.sentences.append(drafted)
        return drafted

    def _without_question(self, sentence: Sentence) -> Sentence:
        """Remove a leading question, if it repeats the reader's own."""
        question, mark, statement = sentence.text.rpartition("? ")
        if not (mark and statement.strip()):
            return sentence
        weighty = [word for word in read(question) if word.weighs]
        repeated = [word for word in weighty if not self._asked.isdisjoint(word.forms)]
        return replace(sentence, text=statement) if 2 * len(repeated) > len(weighty) else sentence

    @property
    def length(self) -> int:
        """Return the number of characters that are not left out."""
        return sum(len(drafted.claim.shown) for drafted in self.sentences if drafted.flaw is None)

    @property
    def denies(self) -> bool:
        """Return whether its first claim says that the pages do not answer."""
        first = next((drafted for drafted in self.sentences if drafted.claims), None)
        return bool(first and first.shown and (self.denied or split_denial(first.claim.text)))

    def unclear(self) -> list[tuple[Drafted, UnclearSentence]]:
        """Return the sentences for the judge."""
        before = ""
        unclear = []
        for drafted in self.sentences:
            text = drafted.claim.shown
            if drafted.waits and drafted.unclear:
                cited = dict.fromkeys(self._number(ground) for ground, _ in drafted.support)
                sentence = UnclearSentence(text, tuple(cited), drafted.evidence, before)
                unclear.append((drafted, sentence))
            is_item = drafted.sentence.lead is Lead.ITEM and not drafted.claim.introduces
            if drafted.flaw is None and not is_item:
                before = text
        return unclear

    def judge(self, drafted: Drafted, verdict: SentenceVerdict | None) -> None:
        """Apply ``verdict``, if its evidence is where it says; None decides nothing."""
        drafted.waits = False
        if verdict is None:
            return
        if not verdict.supported:
            drafted.flaw = Flaw.UNSUPPORTED
            return
        support = self._evidence(verdict.evidence)
        # A denial needs no evidence: pages do not state what they leave out.
        if support or self._is_denial(drafted):
            drafted.support, drafted.unclear = support or drafted.support, False

    def end(self) -> None:
        """Cite for each uncited sentence the support of its neighbours; "Hope this helps!" needs
        none."""
        for place, drafted in enumerate(self.sentences):
            if drafted.flaw is not Flaw.UNCITED:
                continue
            support = self._neighbouring_support(place)
            if _is_chatter(drafted, [ground for ground, _ in support]):
                drafted.flaw = Flaw.FRAME
            elif support:
                drafted.flaw, drafted.support = None, support
                drafted.unclear, drafted.waits = True, self.judged

    def settle(self) -> None:
        """Decide the sentences that depend on others: introductions, exceptions, "Yes."."""
        for place, drafted in enumerate(self.sentences):
            following = self.sentences[place + 1 :]
            if drafted.fell and drafted.restricts and place:
                self._drop_restricted(place)
            if drafted.claim.introduces and drafted.claims and drafted.fell:
                for item in _items(following):
                    item.flaw = item.flaw or Flaw.DANGLING
            if drafted.frames and drafted.flaw is None:
                drafted.waits = False
                framed = _items(following) if drafted.claim.introduces else following[:1]
                if not any(item.shown for item in framed):
                    drafted.flaw = Flaw.FRAME

    def _drop_restricted(self, place: int) -> None:
        """Leave out the claim before a dropped exception to it."""
        earlier = reversed(self.sentences[:place])
        restricted = next((drafted for drafted in earlier if drafted.claims), None)
        if restricted and restricted.shown:
            restricted.flaw = Flaw.EXCEPTION

    def _check(self, drafted: Drafted) -> None:
        if drafted.flaw is Flaw.EMPTY and drafted.claim.verdict:
            # "Yes." is kept if the next sentence is.
            drafted.flaw, drafted.frames, drafted.waits = None, True, True
            return
        if drafted.flaw:
            return
        if self._names_only(drafted) or is_refusal(drafted.claim.text, drafted.claim.cited):
            drafted.flaw = Flaw.FRAME
            return
        cited = self._cited(drafted)
        drafted.evidence = self._located(drafted.sentence.evidence)
        result = self._compare(drafted, cited)
        frames = drafted.claim.only_introduces
        asks = "? " in drafted.claim.text
        tolerated = FALSIFYING if frames else FALSIFYING - {Flaw.NUMBER} if asks else ()
        if result.decision is CheckOutcome.CONTRADICTED and result.flaw not in tolerated:
            drafted.flaw = result.flaw
            drafted.frames = frames
        elif frames:
            drafted.frames = drafted.waits = True
        else:
            drafted.support = self._evidence(drafted.evidence) or result.support
            supported = result.decision is CheckOutcome.SUPPORTED
            drafted.unclear = not (supported and self._stands_alone(drafted))
            if not cited and result.decision is CheckOutcome.UNCLEAR:
                self._drop_far_support(drafted, result)
            drafted.waits = drafted.unclear and self.judged

    def _drop_far_support(self, drafted: Drafted, result: SentenceCheck) -> None:
        """Cite no passage for an uncited sentence if it is a denial, or none is near."""
        if self._is_denial(drafted):
            drafted.support = ()
        elif result.share < _NEAR:
            drafted.support, drafted.unclear, drafted.flaw = (), False, Flaw.UNCITED

    def _is_denial(self, drafted: Drafted) -> bool:
        """Return whether it says that the pages do not say something: in words that we know, or in
        any words if it is the first claim of a model that says that it does not answer."""
        is_first = not any(other.claims for other in self.sentences if other is not drafted)
        return split_denial(drafted.claim.text) is not None or (self.denied and is_first)

    def _compare(self, drafted: Drafted, cited: Sequence[Ground]) -> SentenceCheck:
        denial = split_denial(drafted.claim.text)
        others = [ground for ground in self._grounds if ground not in cited]
        if denial is None:
            if evidence := self._evidence_only(drafted.evidence):
                result = check(drafted.claim, evidence, (), self._shown)
                if result.decision is CheckOutcome.SUPPORTED:
                    return result
            return check(drafted.claim, cited, others, self._shown)
        _, statement = denial
        whole = check(drafted.claim, cited, others, self._shown)
        if whole.decision is CheckOutcome.CONTRADICTED and not (
            whole.flaw in _DENIED
            or (whole.flaw is Flaw.NAME and self._names_what_is_absent(drafted.claim, statement))
        ):
            return whole
        # Pages may say it in other words, so no rule vouches for a denial.
        return SentenceCheck(CheckOutcome.UNCLEAR, whole.support, share=1.0)

    def _names_what_is_absent(self, claim: Claim, statement: str) -> bool:
        """Return whether only the denial has names of no passage: "It does not mention China"."""
        known = not missing(claim, self._grounds, self._shown.question)
        return known and not unknown_names(read(statement), self._shown.names)

    def _stands_alone(self, drafted: Drafted) -> bool:
        """Return whether its words can be verified without those before it."""
        before = self.sentences[-1] if self.sentences else None
        verdict = drafted.claim.verdict
        if not verdict and before and before.frames and not before.claim.text:
            verdict = before.claim.verdict
        if verdict and not agrees(verdict, self._shown.asked, drafted.words):
            return False
        if self._answers_something_else(drafted):
            return False
        if not drafted.points_back:
            return True
        if before is None or before.fell or before.unclear:
            return False
        return bool({id(g) for g, _ in before.support} & {id(g) for g, _ in drafted.support})

    def _answers_something_else(self, drafted: Drafted) -> bool:
        """Return whether it gets its meaning from the question ("Within 21 days."), and another
        passage than its own has more of the question's words."""
        is_first = not any(other.claims for other in self.sentences)
        if not (is_first and drafted.support and is_fragment(drafted.words)):
            return False
        if roots(drafted.words) & self._asked:
            return False
        mine = [len(ground.roots & self._asked) for ground, _ in drafted.support]
        return any(len(ground.roots & self._asked) > max(mine) for ground in self._grounds)

    def _names_only(self, drafted: Drafted) -> bool:
        """Return whether it only names a page's title or repeats the question: neither is an
        answer."""
        claim, lead = drafted.claim, drafted.sentence.lead
        if claim.code or claim.introduces or lead is Lead.ITEM:
            return False
        titles = (passage.title for passage in self.passages)
        return bare(claim.text) in {bare(text) for text in (self.question, *titles)}

    def _cited(self, drafted: Drafted) -> list[Ground]:
        sentence = drafted.sentence
        numbers = drafted.claim.cited or tuple(quote.passage for quote in sentence.evidence)
        if not numbers and sentence.lead is Lead.ITEM:
            earlier = reversed(self.sentences)
            introductions = (other.claim for other in earlier if other.claim.introduces)
            introduction = next(introductions, None)
            numbers = introduction.cited if introduction else ()
        return [self._grounds[n - 1] for n in dict.fromkeys(numbers) if 0 < n <= len(self._grounds)]

    def _neighbouring_support(self, place: int) -> tuple[Support, ...]:
        """Return the support of the nearest later sentence of the paragraph that has any, or else
        of the nearest earlier one."""
        later = []
        for drafted in self.sentences[place + 1 :]:
            if drafted.sentence.lead is not Lead.SPACE:
                break
            later.append(drafted)
        earlier = []
        for drafted in reversed(self.sentences[: place + 1]):
            if drafted is not self.sentences[place]:
                earlier.append(drafted)
            if drafted.sentence.lead is not Lead.SPACE:
                break
        return next((drafted.support for drafted in (*later, *earlier) if drafted.support), ())

    def _located(self, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
        """Return the evidence whose words are in the passage that it names."""
        return tuple(quote for quote in evidence if self._evidence([quote]))

    def _evidence(self, evidence: Sequence[Evidence]) -> tuple[Support, ...]:
        return tuple(
            (ground, span)
            for quote in evidence
            if 0 < quote.passage <= len(self._grounds)
            for ground in [self._grounds[quote.passage - 1]]
            if (span := ground.find(quote.words))
        )

    def _evidence_only(self, evidence: Sequence[Evidence]) -> list[Ground]:
        """Return the passages cut down to their evidence."""
        quotes: dict[int, list[str]] = {}
        for quote in evidence:
            quotes.setdefault(quote.passage, []).append(quote.words)
        return [
            Ground(replace(self.passages[number - 1], text="\n".join(words)))
            for number, words in quotes.items()
        ]

    def _number(self, ground: Ground) -> int:
        same = (n for n, own in enumerate(self._grounds, 1) if own.passage.id == ground.passage.id)
        return next(same, 0)


def _items(following: Sequence[Drafted]) -> Iterator[Drafted]:
    """Yield the list, the table or the code right after an introduction."""
    for drafted in following:
        sentence = drafted.sentence
        is_row = sentence.text.startswith("|")
        if sentence.lead is not Lead.ITEM and not sentence.code and not is_row:
            return
        yield drafted


def _is_chatter(drafted: Drafted, cited: Sequence[Ground]) -> bool:
    """Return whether it has nothing that could be checked, and at most half of its words are in the
    passages ``cited`` around it."""
    claim, words = drafted.claim, drafted.words
    checkable = (TokenRole.NAME, TokenRole.NUMBER, TokenRole.NOT)
    if claim.addresses or claim.quotations or claim.codes or limits(words):
        return False
    if any(word.role in checkable for word in words):
        return False
    weighty = [word for word in words if word.weighs]
    known = [word for word in weighty if any(not g.roots.isdisjoint(word.forms) for g in cited)]
    return claim.text.endswith("!") or 2 * len(known) <= len(weighty)


def _is_nothing(text: str) -> bool:
    return text.strip(" .*\"'`").upper().startswith(NOTHING)
