"""The choice of the sentence, item or row that answers: each is compared with the question.

A cross-encoder compares them, if there is one: it reads each with its introduction and its path.
Otherwise the words that they share with the question decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import replace
from math import fsum

from bot.answering.quoting.examples import is_example, is_of_another_thing
from bot.answering.quoting.outline import Unit
from bot.answering.quoting.rows import (
    as_table,
    named_by_first_cell,
    with_range,
    without_other_rows,
    without_previous_rows,
)
from bot.answering.quoting.window import TIE, Window, best_first, moved_back
from bot.answering.reranking.names import is_name_of
from bot.answering.words.shared_words import weighty_stems
from bot.answering.words.stems import Weights, in_order, stems
from bot.answering.words.tables import Table, TextWithTables
from bot.answering.words.things import NamedThings, Thing, in_columns, numbered
from indexers.model import Passage
from indexers.text.prose import Kind

Read = Callable[[str, Sequence[str]], Sequence[float] | None]
"""A question and texts -> how well each text answers, as logits; None if there is no result in
time."""

CHARACTERS = 1600
"""Characters of all texts that are read, about 400 tokens: the choice then takes less time than
ranking four passages. The texts that share most words with the question are read."""
_PLACE = 100
"""Characters of the path before each text."""
_LONGEST = 400
"""Characters that are read of each unit with its introduction."""
_LOGIT_SCALE = 4.0
_WORD_SCALE = 0.6
_EXAMPLE_PENALTY = 0.25
"""How far a worked example is moved back: if its rule is there, too, the rule answers."""


_ELSEWHERE = 10.0
"""How far a unit about another thing than the one asked about is moved back: a cross-encoder hardly
tells "hall 1" from "hall 2"."""
_REPEATED = 0.5
"""The least share of a message's words for a question to repeat it."""


def ranked(  # noqa: PLR0913, PLR0917 - what is compared, and with what
    question: str,
    passage: Passage,
    units: Sequence[Unit],
    weigh: Weights,
    read: Read | None,
    swapped: str = "",
) -> list[Window]:
    """Return the units around ``passage`` that may answer, best first. At most `CHARACTERS` of them
    are read. ``swapped`` is the end of a question that is a follow-up and asks the same about
    another thing: `bot.answering.question.followups.swapped`."""
    candidates = [
        index
        for index, unit in enumerate(units)
        if not only_names(units, index) and not _is_repeated(question, unit)
    ]
    shares = _shares(question, units, candidates or range(len(units)), weigh)
    # Python's sort keeps the order of equals, which is the page's.
    by_share = sorted(shares, key=lambda index: -shares[index])
    if not by_share:
        return []
    examples = (
        set()
        if is_example(question)
        else {index for index in by_share if _is_example(units, index)}
    )
    to_read = list(
        _within(by_share, [len(as_read(units, index)) for index in by_share], CHARACTERS)
    )
    if read and to_read:
        texts = [f"{_path(passage)}\n{as_read(units, index)}" for index in to_read]
        if (scores := read(question, texts)) is not None:
            score_of = dict(zip(to_read, scores, strict=True))
            by_score = _sorted(score_of, _LOGIT_SCALE, examples)
            windows = [replace(window, read=score_of[window.place]) for window in by_score]
            if is_name_of(question, passage):
                windows = _from_the_beginning(windows)
            return _about_what_is_asked(question, swapped, units, windows, examples)
    top = shares[by_share[0]]
    windows = _sorted(shares, _WORD_SCALE * top if top else 1.0, examples)
    return _about_what_is_asked(question, swapped, units, windows, examples)


def _from_the_beginning(windows: Sequence[Window]) -> list[Window]:
    """Return the windows with the first one of the section as the best."""
    first = min(windows, key=lambda window: window.place)
    others = [window for window in windows if window is not first]
    if first is windows[0]:
        return list(windows)
    return moved_back(windows, others, first.behind + 2 * TIE)


def _about_what_is_asked(
    question: str,
    swapped: str,
    units: Sequence[Unit],
    windows: Sequence[Window],
    examples: Set[int],
) -> list[Window]:
    """Return the windows in the order of how well they answer this question, not one about another
    thing."""
    about = _without_other_things(question, units, windows)
    about = _rules_before_examples(question, units, about, examples)
    about = without_previous_rows(swapped, units, about)
    about = _without_previous_sentence(swapped, units, about)
    best = without_other_rows(question, units, _untied(question, units, about))
    return with_range(question, units, best)


def _without_other_things(
    question: str, units: Sequence[Unit], windows: Sequence[Window]
) -> list[Window]:
    """Move back the windows about other things than the numbered ones in the question, if there are
    some about these: "In hall 1" if it asks about hall 2."""
    asked = {thing for thing in numbered(question) if thing.kind != "year"}
    if not asked:
        return list(windows)
    kinds = {thing.kind for thing in asked}
    about, others, rows = [], [], []
    for window in windows:
        unit, row = units[window.place], as_table(units, window.place)
        if _names_any(asked, unit, row):
            about.append(window)
        elif row and kinds & {thing.kind for thing in in_columns(row)}:
            rows.append(window)
        elif kinds & {thing.kind for thing in numbered(unit.text)}:
            others.append(window)
    moved = moved_back(windows, [*others, *rows], _ELSEWHERE) if about else windows
    places = {window.place for window in rows}
    return [replace(window, elsewhere=window.place in places) for window in moved]


def _names_any(asked: Iterable[Thing], unit: Unit, row: Table | None) -> bool:
    if row is None:
        text = TextWithTables(unit.text, unit.text)
    else:  # The question tells of what its rows are.
        kinds = " ".join(thing.kind for thing in asked)
        text = TextWithTables(f"{unit.text} \u00b7 {kinds}", "", (row,))
    return any(map(NamedThings([text]).hold, asked))


def _rules_before_examples(
    question: str, units: Sequence[Unit], windows: Sequence[Window], examples: Set[int]
) -> list[Window]:
    """Move back the worked examples, if a table has a row for the thing that is asked about: the
    row is the rule that they apply. If not, move back those of other numbered things: "a nurse in
    band 5", if the question asks about band 7."""
    question_stems = weighty_stems(question)
    cells = [
        named_by_first_cell(units, window.place)
        for window in windows
        if units[window.place].kind is Kind.TABLE and window.place not in examples
    ]
    has_row = any(cell and cell <= question_stems for cell in cells)
    others = [
        window
        for window in windows
        if window.place in examples
        and (has_row or is_of_another_thing(question, units[window.place].text))
    ]
    return moved_back(windows, others, _ELSEWHERE)


def _without_previous_sentence(
    swapped: str, units: Sequence[Unit], windows: Sequence[Window]
) -> list[Window]:
    """Move back the sentences of the best one's paragraph or list that have no words of the
    follow-up ("And for directors?"), if the best one has none and another one has all."""
    swapped_stems = weighty_stems(swapped)
    best = units[windows[0].place]
    if not swapped_stems or swapped_stems & stems(best.text):
        return list(windows)
    nearby = [
        window
        for window in windows
        if units[window.place].block == best.block
        or units[window.place].listed == best.listed != -1
    ]
    if not any(swapped_stems <= stems(units[window.place].text) for window in nearby):
        return list(windows)
    others = [window for window in nearby if not swapped_stems & stems(units[window.place].text)]
    return moved_back(windows, others, _ELSEWHERE)


def _untied(question: str, units: Sequence[Unit], windows: Sequence[Window]) -> list[Window]:
    """Move back the items and rows that answer equally well as another one of their list, but have
    only some of its words of the question."""
    question_stems = weighty_stems(question)
    shared = {
        window.place: question_stems & stems(units[window.place].text)
        for window in windows
        if window.behind <= TIE and units[window.place].listed >= 0
    }
    lesser = [
        window
        for window in windows
        if any(
            shared[window.place] < words
            for place, words in shared.items()
            if window.place in shared and units[place].listed == units[window.place].listed
        )
    ]
    return moved_back(windows, lesser, 2 * TIE)


def _sorted(scores: dict[int, float], scale: float, examples: Set[int]) -> list[Window]:
    worth = {
        index: score / scale - _EXAMPLE_PENALTY * (index in examples)
        for index, score in scores.items()
    }
    top = max(worth.values())
    return best_first([Window(index, top - value) for index, value in worth.items()])


def _is_example(units: Sequence[Unit], index: int) -> bool:
    return is_example(units[index].text, (units[lead].text for lead in units[index].leads))


def only_names(units: Sequence[Unit], index: int) -> bool:
    """Return whether a unit is the header of a table, or a label ("Suggestions")."""
    unit = units[index]
    if unit.kind is Kind.TABLE:
        return any(index in later.leads for later in units[index + 1 :])
    return unit.kind is Kind.PARAGRAPH and unit.names


def _is_repeated(question: str, unit: Unit) -> bool:
    """Return whether a unit is a message or a command that the question repeats word for word,
    except for dates and names at its ends: the answer is the page's text about it."""
    if unit.kind not in (Kind.QUOTE, Kind.CODE):
        return False
    question_words, unit_words = in_order(question), in_order(unit.text)
    known_words = set(question_words)
    places = [index for index, word in enumerate(unit_words) if word in known_words]
    repeated = unit_words[places[0] : places[-1] + 1] if places else []
    if len(repeated) < _REPEATED * len(unit_words):
        return False
    return f" {' '.join(repeated)} " in f" {' '.join(question_words)} "


def _shares(
    question: str, units: Sequence[Unit], places: Sequence[int], weigh: Weights
) -> dict[int, float]:
    """Return the share of the question's words that each unit has together with its introductions.
    Rare words weigh more."""
    question_stems = stems(question)
    total = fsum(map(weigh, question_stems)) or 1.0
    unit_stems = [stems(unit.text) for unit in units]
    shares = {}
    for index in places:
        with_leads = unit_stems[index].union(*(unit_stems[lead] for lead in units[index].leads))
        shares[index] = fsum(map(weigh, question_stems & with_leads)) / total
    return shares


def _within(places: Sequence[int], sizes: Sequence[int], room: int) -> Iterator[int]:
    for index, size in zip(places, sizes, strict=True):
        room -= size + _PLACE // 2
        if room < 0:
            return
        yield index


def _path(passage: Passage) -> str:
    return " > ".join([passage.title, *passage.headings[-1:]])[:_PLACE]


def as_read(units: Sequence[Unit], index: int) -> str:
    """Return a unit with its introductions, as the cross-encoder reads it below its path."""
    lines = [units[lead].text for lead in units[index].leads]
    return "\n".join([*lines, units[index].text])[-_LONGEST:]
