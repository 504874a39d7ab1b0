"""Ask one question about each of two things: "how long are app logs kept compared with web logs?".

A passage that names both things may answer it. If none does, the question is asked about each thing
by itself, as if two people had asked. Grammar alone cannot tell two things from one name ("terms
and conditions"), so the answers decide, too: each must come from a section of its own, which names
its thing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.answering.question.compounds import asks_twice, first_asking
from bot.answering.question.several import combined, total
from bot.answering.words.english import ARTICLES, POSSESSIVES, PREPOSITIONS, word_set
from bot.answering.words.roles import read
from bot.answering.words.stems import in_order, stems
from bot.model import Answer, Clarify, Result, Source, Tone

_LONGEST = 300
"""Characters of a question. A longer one is rarely about two things alone."""
_MOST = 4
"""Words of a thing."""
_PLAIN = 2
"""The same if it is no name and shares no noun with the other: "leave and travel"."""

_TOKEN = re.compile(r"[^\s,;:()?!\"\u201c\u201d]++|[,;:()?!\"\u201c\u201d]")
_COMPARISON = re.compile(r"\b(?:(?i:compared (?:with|to)|versus)|vs)(?:\.|\b)\s*")
_JOINT = re.compile(r"\b(?:and|or)\b\s*", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<!\bvs)[.!?\n]\s", re.IGNORECASE)
_RELATION = re.compile(
    r"\b(?:between|differences?|differs?|different|either|neither)\b", re.IGNORECASE
)
"""Words that ask about both things together."""
_DETERMINERS = ARTICLES | POSSESSIVES
"""Those that begin no clause, as "that" may."""
_PREPOSITIONS = PREPOSITIONS - {"after", "as", "before", "until"}
"""The same."""
_BEFORE = _DETERMINERS | _PREPOSITIONS | {"both", "has", "have"}
"""Words after which the name of a thing begins."""
_AMOUNTS = word_set("early far fast half high long many much often soon")


@dataclass(frozen=True, slots=True)
class TwoThings:
    """Two ``things``, and the ``questions`` about each by itself."""

    things: tuple[str, str]
    questions: tuple[str, str]

    def answer(self, whole: Result, ask: Callable[[str], Result]) -> Result:
        """Return the answers to both questions, each under its thing, or ``whole``, the answer to
        the question as it was asked, if that does as well or they are less sure. ``ask`` answers a
        question."""
        if not isinstance(whole, Answer) or self._is_covered(whole):
            return whole
        results = [ask(question) for question in self.questions]
        replies = [result for result in results if not isinstance(result, Clarify)]
        firsts = {
            number: reply.sources[0]
            for number, reply in enumerate(replies)
            if isinstance(reply, Answer)
        }
        sections = {(source.wiki, source.page, source.url) for source in firsts.values()}
        sure = [isinstance(reply, Answer) and reply.tone is Tone.ANSWER for reply in replies]
        is_better = (
            len(replies) == len(results)
            and len(sections) == len(firsts)
            and all(self._is_named_in(source, number) for number, source in firsts.items())
            # Where the wiki hardly answers the whole, more guesses are no help.
            and (any(sure) if whole.tone is Tone.ANSWER else all(sure))
        )
        if not is_better:
            return whole
        reply = combined(self.things, replies)
        return replace(reply, timings=total([whole.timings, reply.timings]))

    def _is_covered(self, answer: Answer) -> bool:
        """Return whether the best quotation names both things, or a page writes them as one name:
        "Health and Safety"."""
        best = answer.sources[0]
        if answer.tone is Tone.ANSWER and all(self._is_named_in(best, n) for n in (0, 1)):
            return True
        names = [
            f"{source.title}\n{source.heading}" for source in (*answer.sources, *answer.nearest)
        ]
        return any(map(self._is_written_together, [best.quote, *names]))

    def _is_written_together(self, text: str) -> bool:
        one, two = map(in_order, self.things)
        written = " ".join(in_order(text.replace("&", " and ").replace("/", " or ")))
        return any(f" {one[-1]} {joint} {two[0]} " in f" {written} " for joint in ("and", "or"))

    def _is_named_in(self, source: Source, number: int) -> bool:
        own = stems(self.things[number]) - stems(self.things[1 - number])
        return own <= stems(f"{source.title} {source.heading} {source.quote}")


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or a mark of a question, from ``start`` to ``end``."""

    text: str
    start: int
    end: int

    @property
    def folded(self) -> str:
        return self.text.casefold()

    @property
    def may_name(self) -> bool:
        """Return whether it may be part of the name of a thing."""
        return (
            any(map(str.isalnum, self.text))
            and any(word.weighs for word in read(self.text))
            and self.folded not in _AMOUNTS | {"both"}
            and not self.text.isdecimal()
        )

    @property
    def is_name(self) -> bool:
        return self.start > 0 and any(map(str.isupper, self.text)) and self.may_name


_Pair = tuple[Sequence[_Token], Sequence[_Token]]


def two_things(question: str) -> TwoThings | None:
    """Return the two things that ``question`` asks the same about; None if it asks about one, or
    if that is not clear."""
    if len(question) > _LONGEST or _RELATION.search(question) or asks_twice(question):
        return None
    sentence = max((match.end() for match in _SENTENCE.finditer(question.rstrip())), default=0)
    find, joints = _compared, list(_COMPARISON.finditer(question, sentence))
    if not joints:
        find, joints = _joined, list(_JOINT.finditer(question, sentence))
    asking = first_asking(question[sentence:])
    # In "got a new phone and lost the card, what now?", the joint belongs to the story.
    begins = sentence + (asking or 0)
    found = [
        things
        for joint in joints
        if joint.start() > begins
        and (things := find(question, begins, joint, is_asked=asking is not None))
    ]
    return found[0] if len(found) == 1 else None


def _tokens(text: str, start: int, end: int) -> list[_Token]:
    tokens = []
    for match in _TOKEN.finditer(text, start, end):
        word = match[0].rstrip(".") or match[0]
        tokens.append(_Token(word, match.start(), match.start() + len(word)))
    return tokens


def _compared(
    question: str, start: int, joint: re.Match[str], *, is_asked: bool
) -> TwoThings | None:
    """Return the things of "P of X compared with Y" and "P of X for us, compared with Y"."""
    left = _tokens(question, start, joint.start())
    right = _tokens(question, joint.end(), len(question))
    while left and not left[-1].text[-1].isalnum():
        left.pop()
    preposition = right[0].folded if right and right[0].folded in _PREPOSITIONS else ""
    other = _thing_at_start(right[1:] if preposition else right)
    if not other or not left:
        return None
    if preposition:
        thing = _thing_after(left, preposition)
    else:
        thing = _thing_with_head(left, other) or _name_like(left, other)
        run = _thing_at_end(left)
        if not thing and is_asked and _word_before(left, run) in _BEFORE:
            thing = run[-len(other) :]
    return _asked(question, thing, other, left[-1].end, other[-1].end) if thing else None


def _joined(question: str, start: int, joint: re.Match[str], *, is_asked: bool) -> TwoThings | None:
    """Return the things of "P of X and Y" and "P of X or of Y"."""
    left = _tokens(question, start, joint.start())
    right = _tokens(question, joint.end(), len(question))
    if not left or not right:
        return None
    pair = _similar_pair(left, right)
    if right[0].folded in _PREPOSITIONS:
        thing, other = _thing_at_end(left), _thing_at_start(right[1:])
        is_parallel = _word_before(left, thing, _DETERMINERS) == right[0].folded
        pair = (thing, other) if thing and other and is_parallel else None
    elif not pair and is_asked:
        pair = _short_pair(left, right)
    return _asked(question, *pair, left[-1].end, pair[1][-1].end) if pair else None


def _similar_pair(left: Sequence[_Token], right: Sequence[_Token]) -> _Pair | None:
    """Return two noun phrases with the same head ("staging logs and web logs"), or two names."""
    thing, other = _thing_at_end(left), _thing_at_start(right)
    if not thing or not other or _word_before(left, thing) == ",":
        return None
    head = stems(thing[-1].text)
    at = next((n for n, token in enumerate(other) if stems(token.text) == head), 0)
    if at and len(thing) > 1:
        return thing[-at - 1 :], other[: at + 1]
    names, other_names = _names_at_end(thing), _names_at_start(other)
    return (names, other_names) if names and other_names else None


def _short_pair(left: Sequence[_Token], right: Sequence[_Token]) -> _Pair | None:
    """Return two short noun phrases after a preposition, or each after a determiner."""
    thing, other = _thing_at_end(left), _thing_at_start(right)
    if not thing or not other or thing[-1].is_name or other[0].is_name:
        return None
    if any(token.start >= other[-1].end and token.text[-1].isalnum() for token in right):
        # In "for a van or lorry that fails", what follows belongs to both.
        other = other[: len(thing)]
    before = _word_before(left, thing)
    has_determiner = right[0].folded in _DETERMINERS
    # After "to" often comes a verb.
    is_parallel = has_determiner if before in _DETERMINERS else before in _BEFORE - {"to"}
    is_short = len(thing) <= _PLAIN and len(other) <= _PLAIN
    return (thing, other) if is_parallel and is_short else None


def _asked(
    question: str, thing: Sequence[_Token], other: Sequence[_Token], first: int, last: int
) -> TwoThings:
    """Return the things and the question about each. The first ends at ``first`` with what it asks,
    the second at ``last``."""
    one = question[thing[0].start : thing[-1].end]
    two = question[other[0].start : other[-1].end]
    rest = question[last:]
    before = re.sub(r"\bboth\s+\Z", "", question[: thing[0].start], flags=re.IGNORECASE)
    between = question[thing[-1].end : first]
    return TwoThings((one, two), (f"{before}{one}{between}{rest}", f"{before}{two}{between}{rest}"))


def _thing_at_end(tokens: Sequence[_Token]) -> list[_Token]:
    """Return the words that may name a thing at the end of ``tokens``."""
    run: list[_Token] = []
    for token in reversed(tokens):
        if not token.may_name:
            break
        run.insert(0, token)
    return run


def _thing_at_start(tokens: Sequence[_Token]) -> list[_Token]:
    """Return the same at their beginning, without a determiner."""
    run: list[_Token] = []
    for token in tokens[1:] if tokens and tokens[0].folded in _DETERMINERS else tokens:
        if not token.may_name:
            break
        run.append(token)
    return run if len(run) <= _MOST else []


def _word_before(
    tokens: Sequence[_Token], run: Sequence[_Token], skipped: frozenset[str] = frozenset()
) -> str:
    """Return the word before the ``run`` at the end of ``tokens``, in lower case, without the
    ``skipped`` ones; empty if there is none."""
    before = [token.folded for token in tokens[: len(tokens) - len(run)]]
    while before and before[-1] in skipped:
        before.pop()
    return before[-1] if before else ""


def _thing_after(tokens: Sequence[_Token], preposition: str) -> list[_Token]:
    """Return the thing after the last such ``preposition``; empty if there is none."""
    places = [place for place, token in enumerate(tokens) if token.folded == preposition]
    return _thing_at_start(tokens[places[-1] + 1 :]) if places else []


def _thing_with_head(tokens: Sequence[_Token], other: Sequence[_Token]) -> list[_Token]:
    """Return the thing with the head of ``other``, with at most as many words; empty if there is
    none."""
    head = stems(other[-1].text)
    places = [place for place, token in enumerate(tokens) if stems(token.text) == head]
    if len(other) < 2 or not places:
        return []
    run = _thing_at_end(tokens[: places[-1] + 1])[-len(other) :]
    return run if len(run) > 1 else []


def _name_like(tokens: Sequence[_Token], other: Sequence[_Token]) -> list[_Token]:
    """Return the name at the end of ``tokens``, or the only one, if ``other`` is a name, too."""
    if not _names_at_start(other):
        return []
    if names := _names_at_end(tokens):
        return names
    runs = list(_runs_of_names(tokens))
    return runs[0] if len(runs) == 1 else []


def _runs_of_names(tokens: Sequence[_Token]) -> Iterator[list[_Token]]:
    run: list[_Token] = []
    for token in tokens:
        if token.is_name:
            run.append(token)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _names_at_start(tokens: Sequence[_Token]) -> list[_Token]:
    return next(_runs_of_names(tokens), []) if tokens and tokens[0].is_name else []


def _names_at_end(tokens: Sequence[_Token]) -> list[_Token]:
    return list(_runs_of_names(tokens))[-1] if tokens and tokens[-1].is_name else []
