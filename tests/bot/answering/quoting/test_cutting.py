"""The text that is shown around the words that answer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.answering.quoting.cutting import LATE, cut
from bot.answering.quoting.outline import outline
from bot.answering.quoting.window import Window
from tests.indexers.light_markdown import SECTIONS


def lines_of(text: str, *answering: str, room: int = 700) -> list[str]:
    """Return the lines shown. ``answering`` are the beginnings of units, the best first; each is a
    little behind the one before."""
    units = outline(text)
    places = [next(n for n, u in enumerate(units) if u.text.startswith(w)) for w in answering]
    windows = [Window(place, 0.1 * behind) for behind, place in enumerate(places)]
    return [units[at].text for at in cut(units, windows, room).shown]


def bold(text: str, **behind: float) -> list[str]:
    """Return the lines in bold. ``behind`` has first words of units, and how far each is behind."""
    units = outline(text)
    windows = [
        Window(at, behind[word])
        for word in sorted(behind, key=lambda word: behind[word])
        for at, unit in enumerate(units)
        if unit.text.startswith(word)
    ]
    return [units[at].text for at in cut(units, windows, 700).bold]


LONG = "This sentence is here so that a paragraph has more than three hundred characters of text. "
CLOSED = f"{LONG * 3}Leave is thirty days long. It is paid. {LONG * 2}"


def test_a_short_section_is_shown_whole() -> None:
    text = "Leave is long.\n\nIt is paid.\n\n- Ask your lead."

    assert lines_of(text, "It is paid", "Leave") == [
        "Leave is long.",
        "It is paid.",
        "Ask your lead.",
    ]


def test_of_a_long_paragraph_what_answers_and_what_follows_are_shown() -> None:
    """Qualifiers and exceptions follow the statement that they limit."""
    assert lines_of(CLOSED, "Leave is thirty") == [
        "Leave is thirty days long.",
        "It is paid.",
        LONG.strip(),
        LONG.strip(),
    ]


def test_a_sentence_that_leans_on_the_one_before_is_shown_with_it() -> None:
    assert lines_of(CLOSED, "It is paid")[:2] == ["Leave is thirty days long.", "It is paid."]


ITEMS = "\n".join(f"- item {n} says something that takes its room in a list" for n in range(20))


def test_an_item_is_shown_with_the_sentence_above_its_list() -> None:
    lines = lines_of(f"You need all of these things:\n\n{ITEMS}", "item 7")

    assert lines == [
        "You need all of these things:",
        "item 7 says something that takes its room in a list",
    ]


def test_items_that_answer_as_well_are_shown_in_the_order_of_the_page() -> None:
    lines = lines_of(f"You need:\n\n{ITEMS}", "item 7", "item 3", "item 9")

    assert [line.partition(" says")[0] for line in lines] == [
        "You need:",
        "item 3",
        "item 7",
        "item 9",
    ]


def test_what_ends_with_a_colon_is_shown_with_what_it_introduces() -> None:
    lines = lines_of(f"{LONG * 4}\n\nYou need:\n\n{ITEMS}", "You need", room=200)

    assert lines[0] == "You need:"
    assert [line.partition(" says")[0] for line in lines[1:]] == ["item 0", "item 1", "item 2"]


def test_the_list_that_ends_the_answering_paragraph_is_shown_with_it() -> None:
    above = "You may do it. It is subject to the following rules:"
    lines = lines_of(f"{above}\n\n{ITEMS}\n\n{BEFORE}", "You may", "You can", room=200)

    assert lines[:2] == ["You may do it.", "It is subject to the following rules:"]
    assert [line.partition(" says")[0] for line in lines[2:]] == ["item 0", "item 1"]


def test_a_row_is_shown_with_its_header_and_no_other_row() -> None:
    rows = [f"| City{n} | {n} days off work |" for n in range(40)]
    table = "\n".join(["| City | Days |", "| --- | --- |", *rows])

    assert lines_of(table, "City27") == ["City · Days", "City27 · 27 days off work"]


def test_what_has_no_room_gives_way_to_what_has() -> None:
    text = f"Leave is {'very ' * 80}long. Ask your lead."

    assert lines_of(text, "Leave", "Ask", room=100) == ["Ask your lead."]
    assert lines_of(text, "Leave", room=100) == []


def test_what_introduces_an_introduction_is_shown_with_it() -> None:
    text = "Set the limit first, and then restart.\n\n```\nlimit = 5\n```\n\n- It holds at once."

    assert lines_of(text, "It holds", room=40) == []
    assert lines_of(text, "It holds")[0] == "Set the limit first, and then restart."


@given(SECTIONS, st.integers(20, 700), st.data())
def test_what_is_shown_fits_and_nothing_is_shown_without_what_introduces_it(
    text: str, room: int, data: st.DataObject
) -> None:
    units = outline(text)
    places = data.draw(st.permutations(range(len(units)))) if units else []
    behind = sorted(
        data.draw(st.lists(st.floats(0, 2), min_size=len(places), max_size=len(places)))
    )
    piece = cut(
        units,
        [Window(*pair) for pair in zip(places, behind, strict=True)],
        room,
    )
    size = sum(len(units[at].text) + 1 for at in piece.shown)

    assert list(piece.shown) == sorted(set(piece.shown))
    assert size <= room
    assert all(set(units[at].leads) <= set(piece.shown) for at in piece.shown)
    assert set(piece.cores) <= set(piece.shown)
    if piece.shown and units[last := piece.shown[-1]].introduces:
        assert last in (*piece.cores, len(units) - 1)


def test_introductions_of_what_there_is_no_room_for_are_not_shown() -> None:
    text = f"Leave is so:\n\nThe rules:\n\nThese:\n\n{'word ' * 200}."

    assert lines_of(text, "Leave is") == ["Leave is so:"]


@given(
    st.lists(st.sampled_from(["a b.", "a b:", "- a:", "- b", "  - c:", LONG, "| a: | b |"])),
    st.integers(0, 300),
)
def test_a_cut_shows_the_answering_unit_or_nothing(lines: list[str], room: int) -> None:
    units = outline("\n\n".join(lines))
    for core in range(len(units)):
        piece = cut(units, [Window(core, 0.0)], room)

        assert not piece.shown or core in piece.shown


def groups_of(text: str, answer: str, others: float = LATE) -> list[list[str]]:
    """Return the groups of lines shown, the one that answers first. The ``others`` are so far
    behind it."""
    units = outline(text)
    place = next(n for n, unit in enumerate(units) if unit.text.startswith(answer))
    windows = [Window(at, others) for at in range(len(units)) if at != place]
    return [
        [units[at].text for at in group]
        for group in cut(units, [Window(place, 0), *windows], 700).ordered
    ]


BEFORE = "You can ask for it in the tool at any time, and it is seldom that anybody refuses it."
LENGTHY = f"{BEFORE[:-1]} without a word of why, or of whom to ask instead in such a case as yours."


def test_what_answers_is_told_before_what_stands_above_it() -> None:
    answer = "Leave is thirty days long."

    assert groups_of(f"{BEFORE} {answer} Ask.", answer) == [[answer, "Ask."], [BEFORE]]
    assert groups_of(f"{BEFORE}\n\n{answer}\n\nAsk.", answer) == [[answer, "Ask."], [BEFORE]]


def test_what_answers_comes_with_what_it_leans_on_and_what_introduces_it() -> None:
    leaning = groups_of(f"{LONG}{BEFORE} It is thirty days long.", "It is")
    item = groups_of(f"You get:\n\n- {LENGTHY}\n- Leave of thirty days.", "Leave of")

    assert leaning == [[BEFORE, "It is thirty days long."], [LONG.strip()]]
    assert item == [["You get:", LENGTHY, "Leave of thirty days."]]


def test_a_few_words_above_it_in_its_list_stay_there() -> None:
    text = "Before.\n\nYou get:\n\n1. A desk.\n2. Leave of thirty days.\n3. A chair."

    assert groups_of(text, "Leave of") == [
        ["You get:", "A desk.", "Leave of thirty days.", "A chair."],
        ["Before."],
    ]


def test_what_adds_nothing_is_not_told_after_the_answer_that_it_stands_above() -> None:
    answer = "Leave is thirty days long."
    code = f"Ask so:\n\n```\nask\n```\n\n{answer}"
    far = LATE + 0.1

    assert groups_of(f"{BEFORE} {answer} Ask.", answer, far) == [[answer, "Ask."]]
    assert groups_of(f"{BEFORE}\n\n{answer}", answer, far) == [[answer]]
    assert groups_of(f"- {LENGTHY}\n- {answer}", answer, far) == [[answer]]
    assert groups_of(code, answer, far) == [[answer]]
    assert groups_of(code, answer) == [[answer], ["Ask so:", "ask"]]


def test_items_above_the_answer_keep_their_order() -> None:
    answer = "Leave is booked."

    assert groups_of(f"- {LENGTHY}\n- {answer}", answer) == [[LENGTHY, answer]]


def test_numbered_steps_keep_their_order() -> None:
    answer = "Leave is booked."

    assert groups_of(f"1. {BEFORE}\n2. {answer}", answer) == [[BEFORE, answer]]


def test_items_that_answer_together_have_none_in_bold() -> None:
    steps = "Do this:\n\n1. Ask your lead. Be polite.\n2. Tell the desk.\n   - Call it."
    rows = "| City | Days |\n| --- | --- |\n| Berlin | 30 |\n| Rome | 25 |"

    assert bold(steps, Ask=0, Tell=0.3) == []
    assert bold(steps, Ask=0, Tell=0.9) == ["Ask your lead."]
    assert bold(steps, Ask=0, Be=0.3, Do=0.3, Tell=0.9) == ["Ask your lead."]
    assert bold(steps, Tell=0, Call=0.3, Ask=0.9) == ["Tell the desk."]
    assert bold(rows, Rome=0, Berlin=0.1) == []
    assert bold(rows, Rome=0, Berlin=0.3) == ["Rome · 25"]
    assert bold("Leave is long.\n\nAsk.", Leave=0, Ask=0.1) == ["Leave is long."]


def test_of_items_that_form_one_sentence_none_is_in_bold() -> None:
    exceptions = "Unpaid work is free, unless it is:\n\n- done at night, or\n- paid by a partner"
    rooms = "Rooms:\n\n- Ada\n- Bob, for\n- Cy"

    assert bold(exceptions, done=0) == []
    assert bold(exceptions, paid=0) == []
    assert bold(rooms, Ada=0) == ["Ada"]
    assert bold(f"{rooms}\n\nFree:\n\n- done, or\n- paid", Ada=0) == ["Ada"]


def test_steps_that_answer_together_are_told_from_the_first() -> None:
    steps = "\n".join(
        f"{n}. step {n} says something that takes its room in it" for n in range(1, 30)
    )

    assert [line.partition(" says")[0] for line in lines_of(steps, "step 3 ", "step 4 ")][:4] == [
        "step 1",
        "step 2",
        "step 3",
        "step 4",
    ]
    assert [line.partition(" says")[0] for line in lines_of(steps, "step 3 ")] == ["step 3"]
    assert len(lines_of(ITEMS, "item 3 ", "item 4 ")) == 2


def test_of_steps_below_a_step_only_these_are_told_from_the_first() -> None:
    above = f"1. Other. {LONG}\n2. Ask:\n"
    steps = "\n".join(f"   {n}. step {n} says something that takes its room" for n in range(1, 20))
    lines = [line.partition(" says")[0] for line in lines_of(above + steps, "step 3 ", "step 4 ")]

    assert lines[:4] == ["Ask:", "step 1", "step 2", "step 3"]


def test_short_items_and_rows_above_the_answer_keep_their_order() -> None:
    answer = "Leave is booked."
    rows = "| Country | Days |\n| --- | --- |\n| Denmark | 30 |\n| France | 25 |\n| Portugal | 22 |"

    assert groups_of(f"- {BEFORE}\n- {answer}", answer) == [[BEFORE, answer]]
    assert [len(group) for group in groups_of(rows, "France")] == [4]


@given(SECTIONS, st.integers(0, 700))
def test_everything_that_is_shown_is_told_once(text: str, room: int) -> None:
    units = outline(text)
    piece = cut(units, [Window(place, 0.1 * place) for place in range(len(units))], room)
    places = [at for group in piece.ordered for at in group]

    assert sorted(places) == list(piece.shown)
    assert set(piece.cores) <= set(piece.ordered[0])


def test_a_step_stays_without_its_code() -> None:
    text = f"Do this:\n\n1. Add a step:\n\n```\n{'x' * 700}\n```\n\n2. Run it."

    assert lines_of(text, "Run", "Add") == ["Do this:", "Add a step:", "Run it."]


def test_an_introduction_is_not_shown_without_what_it_introduces() -> None:
    text = (
        f"Push it:\n\n```\ngit push {'x' * 700}\n```\n\n{BEFORE}\n\nLeave is long.\n\nAsk for it:"
    )

    assert lines_of(text, "Leave is", "You can") == [BEFORE, "Leave is long."]


def test_a_question_and_a_heading_are_told_only_before_their_answer() -> None:
    answer, heading = "A: Leave is thirty days long.", "Leave of absence"

    assert groups_of(f"How long is it?\n\n{answer}", answer) == [["How long is it?", answer]]
    assert groups_of(f"How long is it?\n\n{BEFORE}\n\n{answer}", answer) == [[answer], [BEFORE]]
    assert groups_of(f"{BEFORE}\n\n{heading}\n\n{answer}", answer) == [[heading, answer], [BEFORE]]


def test_an_item_that_introduces_the_answer_is_told_to_its_end() -> None:
    text = f"- {BEFORE} (See the act.)\n  - Leave is long.\n- Ask."

    assert groups_of(text, "Leave") == [[BEFORE, "(See the act.)", "Leave is long.", "Ask."]]
