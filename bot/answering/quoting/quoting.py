"""Passages -> quotations: the sentences that answer, whole and verbatim."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.answering.quoting.cutting import cut, together
from bot.answering.quoting.outline import Unit, outline
from bot.answering.quoting.showing import body, caption
from bot.answering.quoting.window import Window
from bot.answering.quoting.windows import Read, ranked
from bot.answering.reranking.blending import FLOOR
from bot.answering.reranking.bounded import Bounded
from bot.answering.reranking.editions import is_other_edition
from bot.answering.retrieval.sources import title_and_path
from bot.answering.retrieval.stretch import Stretch, is_beside
from bot.answering.words.shared_words import weighty_stems
from bot.answering.words.stems import Weights, in_order, stems
from indexers.model import Hit, Passage
from indexers.ports import Reranker
from indexers.text.prose import plain


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation from a passage: ``text`` as people read it, with its caption and without a
    footnote; ``words`` verbatim, from the first word shown to the last. ``read`` is the
    cross-encoder's best score for a sentence of the passage; None without a cross-encoder."""

    passage: Passage
    text: str
    words: str
    read: float | None = None


@dataclass(frozen=True, slots=True)
class Quoting:
    """Quoting of answers. ``read`` compares candidates with the question; without it, or if it
    takes too long, the words they share decide. Without ``foreign``, it does not understand
    questions in another language than the pages. ``may_answer`` returns whether a passage is worth
    quoting for one part of a question."""

    read: Read | None = None
    foreign: bool = True
    may_answer: Callable[[str, Hit], bool] = lambda _part, _hit: True
    swapped: str = ""
    """The question, if it is a follow-up that asks the same about another thing."""
    said: str = ""
    """The bot's last reply, if the question follows one."""
    own: frozenset[str] = frozenset()
    """The stems of a follow-up's content words that nobody said before it."""
    bold: bool = True
    """Whether the answering sentence is in bold."""

    def for_foreign(self) -> Quoting:
        """Return the quoting for questions in another language than the pages."""
        return self if self.foreign else replace(self, read=None)

    def reading_also(self, asking: str) -> Quoting:
        """Return the quoting that also compares with ``asking``, the part of a message that asks.
        The better score counts."""
        read = self.read
        if read is None or not asking:
            return self

        def read_both(question: str, texts: Sequence[str]) -> Sequence[float] | None:
            scores, others = read(question, texts), read(asking, texts)
            return list(map(max, scores, others)) if scores and others else scores

        return replace(self, read=read_both)

    def __call__(self, question: str, hits: Sequence[Hit], room: int) -> list[Quotation]:
        """Return quotations that answer ``question``, in at most ``room`` characters together: one
        from the best of ``hits``, and one from the best of another page if that may answer equally
        well and adds something. Empty if there is nothing to quote."""
        ordered = sorted(hits, key=lambda hit: -hit.score)
        if not ordered:
            return []
        candidates = [self._candidate(question, ordered[0], hits, self.swapped)]
        if self._was_said(candidates[0]):
            others = [hit for hit in ordered[1:] if self.own <= stems(hit.passage.embedded)]
            candidates = [
                self._candidate(question, hit, hits, self.swapped) for hit in others[:_TRIED_AFTER]
            ] or candidates
        elif _answers_nothing(candidates[0]):
            candidates += [
                self._candidate(question, hit, hits, self.swapped)
                for hit in ordered[1:_TRIED_INSTEAD]
                if self._may_replace(question, ordered[0], hit)
            ]
        text, windows, best = _best_of(candidates)
        quotations = text.quoted([windows], room, bold=self.bold)
        if quotations and (other := _equally_good(question, best, hits)):
            # Chosen by words: another reading would double a question's time.
            other_text = _Text.around(other.passage, hits)
            room_left = room - len(quotations[0].text)
            windows = other_text.windows(question, None, self.swapped)
            additions = other_text.quoted([windows], room_left, bold=self.bold)
            quotations += [
                quotation for quotation in additions if _adds_something(quotation, quotations)
            ]
        return quotations

    def of_parts(
        self, parts: Sequence[str], as_asked: Sequence[str], hits: Sequence[Hit], room: int
    ) -> tuple[list[Quotation], list[str]]:
        """Return the quotations that answer ``parts`` of a question, in at most ``room`` characters
        together, and those ``as_asked`` that no passage may answer. The passage that answers a part
        best is quoted; for a part that says too little by itself, the section of the same page that
        it names, if there is one. Neighbouring passages become one quotation."""
        texts: list[tuple[_Text, list[list[Window]]]] = []
        unanswered = []
        for number, (part, asked) in enumerate(zip(parts, as_asked, strict=True)):
            section = _section_named(asked, texts[0][0], hits) if texts and asked != part else None
            wording = asked if section else part
            text, windows, best = (
                self._candidate(wording, section, hits)
                if section
                else self._best_for(wording, number, hits)
            )
            if not section and not self.may_answer(wording, best):
                unanswered.append(asked)
                continue
            nearby = next((entry for entry in texts if entry[0].is_near(text)), None)
            if nearby is None:
                texts.append((text, [windows]))
            else:
                is_same_passage = nearby[0].passage.id == text.passage.id
                nearby[1].append(
                    windows if is_same_passage else nearby[0].windows(wording, self.read)
                )
        quotations: list[Quotation] = []
        parts_left = len(parts) - len(unanswered)
        for text, windows_of_parts in texts:
            room_share = (
                (room - sum(len(quotation.text) for quotation in quotations))
                * len(windows_of_parts)
                // parts_left
            )
            quotations += text.quoted(windows_of_parts, room_share, bold=self.bold)
            parts_left -= len(windows_of_parts)
        return quotations, unanswered

    def _best_for(self, part: str, number: int, hits: Sequence[Hit]) -> _Candidate:
        """Return the passage whose best sentence answers ``part`` best. Only the first passages of
        the searches for the part and the whole question are tried."""
        scored = [replace(hit, score=hit.score + hit.parts[number]) for hit in hits if hit.parts]
        ordered = sorted(scored, key=lambda hit: -hit.score)
        return _best_of([self._candidate(part, hit, hits) for hit in ordered[:_MOST_TRIED]])

    def _may_replace(self, question: str, best: Hit, other: Hit) -> bool:
        """Return whether ``other`` names the thing that a follow-up asks about, if ``best`` does:
        a good sentence about the thing before is no answer."""
        topic = question.removesuffix(self.swapped)
        named = weighty_stems(self.swapped) - weighty_stems(topic)
        names_it = named & stems(best.passage.embedded)
        return not names_it or bool(named & stems(other.passage.embedded))

    def _was_said(self, candidate: _Candidate) -> bool:
        """Return whether the last reply had the best sentence already, which says nothing about
        what a follow-up adds."""
        text, windows, _ = candidate
        if not self.own or not windows:
            return False
        sentence = stems(text.units[windows[0].place].text)
        return sentence <= stems(self.said) and self.own.isdisjoint(stems(text.stretch.text))

    def _candidate(
        self, question: str, hit: Hit, hits: Sequence[Hit], swapped: str = ""
    ) -> _Candidate:
        text = _Text.around(hit.passage, hits)
        windows = text.windows(question, self.read, swapped)
        return text, windows, replace(hit, relevance=windows[0].read if windows else None)


def quoting_by(reranker: Reranker | None, *, seconds: float, foreign: bool) -> Quoting:
    """Return the quoting in which ``reranker`` chooses the sentences. If it takes longer than
    ``seconds``, or there is none, words decide."""
    if reranker is None:
        return Quoting()
    bounded = Bounded(
        "What is quoted is chosen by words", seconds=seconds, at_once=os.cpu_count() or 1
    )
    return Quoting(
        lambda question, texts: bounded(lambda: reranker.scores(question, texts)), foreign=foreign
    )


_MOST_TRIED = 4
"""Passages that are read for each part of a question."""
_ANSWERS_NOTHING = -4.5
"""A logit. A passage whose best sentence is below it does not answer, and the next ones are tried.
Below 0, a passage may answer in two sentences: then 235 of 416 everyday questions are answered
rightly, and 238 below this."""
_TRIED_INSTEAD = 3
"""Passages that are read if the best one does not answer, with that one. With four, 237 of these
questions are answered rightly, as many as with one."""
_TRIED_AFTER = 2
"""Passages that are read if the last reply had the sentence of the best one already."""
_SENTENCE_WEIGHT = 1.5
"""The weight of a passage's best sentence beside the searches, which compared whole passages: the
sentence tells which passage answers a part."""


@dataclass(frozen=True)
class _Text:
    """A ``passage`` that was found, with its neighbours in its section."""

    passage: Passage
    stretch: Stretch
    units: Sequence[Unit]
    weigh: Weights

    @classmethod
    def around(cls, passage: Passage, hits: Sequence[Hit]) -> _Text:
        weigh = Weights(stems(hit.passage.embedded) for hit in hits if not hit.beside)
        stretch = Stretch.around(passage, hits)
        return cls(passage, stretch, outline(stretch.text), weigh)

    def is_near(self, other: _Text) -> bool:
        return self.passage.id == other.passage.id or is_beside(self.passage, other.passage)

    def windows(self, question: str, read: Read | None, swapped: str = "") -> list[Window]:
        return ranked(question, self.passage, self.units, self.weigh, read, swapped)

    def quoted(
        self, windows_of_parts: Sequence[Sequence[Window]], room: int, *, bold: bool
    ) -> list[Quotation]:
        """Return one quotation that answers a question, or several parts of it:
        ``windows_of_parts`` has the windows for each. Empty if there is nothing to quote."""
        cuts = [
            cut(self.units, windows, room // len(windows_of_parts)) for windows in windows_of_parts
        ]
        whole_cut = together([piece for piece in cuts if piece.shown])
        if not whole_cut.shown:
            return []
        first, last = self.units[whole_cut.shown[0]], self.units[whole_cut.shown[-1]]
        passage = self.stretch.at(self.units[whole_cut.cores[0]].start)
        elsewhere = {
            window.place
            for windows in windows_of_parts
            for window in windows
            if window.elsewhere or not bold
        }
        marked = [place for place in whole_cut.bold if place not in elsewhere]
        text = body(self.stretch.text, self.units, whole_cut.ordered, marked)
        words = self.stretch.text[first.start : last.end]
        scores = [
            window.read
            for windows in windows_of_parts
            for window in windows
            if window.read is not None
        ]
        title, headings = title_and_path(passage)
        caption_line = caption(title, " > ".join(headings))
        captioned = f"{text}\n{caption_line}" if caption_line else text
        return [Quotation(passage, captioned, words, max(scores, default=None))]


_Candidate = tuple[_Text, list[Window], Hit]
"""A passage, its windows and its hit, whose relevance is the score of its best sentence."""


def _answers_nothing(candidate: _Candidate) -> bool:
    _, _, hit = candidate
    return hit.relevance is not None and hit.relevance < _ANSWERS_NOTHING


def _best_of(candidates: Sequence[_Candidate]) -> _Candidate:
    """Return the passage whose best sentence answers best."""

    def score(candidate: _Candidate) -> float:
        _, _, hit = candidate
        return hit.score + _SENTENCE_WEIGHT * max(hit.relevance or 0.0, FLOOR)

    return max(candidates, key=score)


def _section_named(part: str, quoted: _Text, hits: Sequence[Hit]) -> Hit | None:
    """Return the passage below a heading on the quoted page that has no other words than a
    ``part`` of the question: "Where" for "where can I park?"."""
    words = set(in_order(part))
    page = quoted.passage.wiki, quoted.passage.page
    return next(
        (
            hit
            for hit in hits
            if (hit.passage.wiki, hit.passage.page) == page
            and (heading := in_order(" ".join(hit.passage.headings[-1:])))
            and words.issuperset(heading)
        ),
        None,
    )


_UNDECIDED = 1.0
"""Log odds. Of two passages at most this far apart, either may answer."""


def _equally_good(question: str, best: Hit, hits: Sequence[Hit]) -> Hit | None:
    """Return the best passage of another page, if it may answer as well as ``best`` and the
    cross-encoder judges it more likely an answer than not. Last year's edition of the same page is
    no other page."""
    page = best.passage.wiki, best.passage.page
    others = [
        hit
        for hit in hits
        if (hit.passage.wiki, hit.passage.page) != page
        and (best.passage.outdated or not hit.passage.outdated)
        and not is_other_edition(question, best.passage, hit.passage)
    ]
    other = max(others, key=lambda hit: hit.score, default=None)
    if other is None or (other.relevance or -1.0) < 0:
        return None
    return other if best.score - other.score <= _UNDECIDED else None


_NEW = 1 / 3


def _adds_something(addition: Quotation, before: Sequence[Quotation]) -> bool:
    """Return whether ``addition`` has a number that the quotations before it do not have, or a
    third of its words is new. A unit that only introduces text for which there was no room adds
    nothing."""
    if outline(addition.words)[-1].introduces:
        return False
    known_stems = stems(plain("\n".join(quotation.words for quotation in before)))
    own_stems = stems(plain(addition.words))
    new_stems = own_stems - known_stems
    return len(new_stems) >= _NEW * len(own_stems) or any(map(str.isdecimal, new_stems))
