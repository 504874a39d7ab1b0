"""Things that a question asks for and the pages lack, although they have others of the kind."""

from __future__ import annotations

from collections import Counter
from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.deciding import absent
from bot.answering.deciding.absent import MissingThing, missing_thing
from bot.answering.words import things
from bot.answering.words.roles import Word, read
from indexers.model import Hit
from tests.fakes.passages import passages

HOSTS = """\
| Host | Address |
|---|---|
| web-12 | 10.0.0.12 |
| web-13 | 10.0.0.13 |
| web-14 | 10.0.0.14 |
"""
LEAVE = ("In 2023, annual leave is 25 days.", "In 2024, annual leave is 26 days.")
OFFICES = ("The Munich office is led by Ada.", "The Hamburg office is led by Bob.")
PORTS = """\
| Port | Service |
|---|---|
| 22 | SSH |
| 6379 | Redis |
"""
PARTS = """\
| Part no. | Lead time |
|---|---|
| 4711-02-A | 3 days |
| 4720-12 | 6 weeks |
"""
BANDS = """\
| Band | Weekday | Beds |
|---|---|---|
| 2 | \u00a312.45 | 6 to 15 |
| 5 | \u00a317.90 | 7 |
"""
RANGES = """\
Lockers are given to teams.

| Numbers | Team |
|---|---|
| 1 to 10 | Sales |
| 11 to 20 | Legal |
"""
FLOORS = ("Sales sits on floor 2.", "Legal sits on floor 3.", "Floor 4 is empty.")


def missing_from(question: str, *texts: str) -> MissingThing | None:
    hits = [
        Hit(passage, 10.0 - place, 0.5, 0.5)
        for place, text in enumerate(texts)
        for passage in passages(f"page{place}", text)
    ]
    missing = missing_thing(question, hits)
    return missing if missing and missing.others else None


@pytest.mark.parametrize(
    ("question", "pages", "thing", "neighbours"),
    [
        ("what is the address of host web-99?", (HOSTS,), "web-99", ("web-12", "web-13", "web-14")),
        ("how much annual leave in 2026?", LEAVE, "2026", ("2023", "2024")),
        (
            "how much annual leave in 2026?",
            ("In 2023, everybody has 25 days of annual leave.", LEAVE[1]),
            "2026",
            ("2023", "2024"),
        ),
        ("who leads the Berlin office?", OFFICES, "Berlin", ("Munich", "Hamburg")),
        ("who sits on floor 9?", FLOORS, "floor 9", ("floor 2", "floor 3")),
        ("what does band 7 earn on a weekday?", (BANDS,), "band 7", ("Band 2", "Band 5")),
        (
            "what does a level 7 engineer earn?",
            ("A level 3 engineer earns 50 from 2024. A level 4 engineer earns 60 from day 1.",),
            "level 7",
            ("level 3", "level 4"),
        ),
        (
            "which engine has the A380neo?",
            ("The A320neo has LEAP engines. The A330neo has Trent engines.",),
            "A380neo",
            ("A320neo", "A330neo"),
        ),
        (
            "address of web-99?",
            (f"{HOSTS}| db-1 | 10.0.0.21 |\n",),
            "web-99",
            ("web-12", "web-13", "web-14"),
        ),
        ("NB-4013", ("NB-4012 means that the disk is full.", "Ask us."), "NB-4013", ("NB-4012",)),
        ("what does SEV5 mean?", ("SEV1: all are hit. SEV2: some.",), "SEV5", ("SEV1", "SEV2")),
        (
            "who leads the HR team?",
            ("The Sales team is led by Ada. The Legal team is led by Bob.",),
            "HR",
            ("Sales", "Legal"),
        ),
        (
            "who leads the Berlin office?",
            ("Ada leads the New York office. Ben leads the Hamburg office.",),
            "Berlin",
            ("New York", "Hamburg"),
        ),
        (
            "what does a level 7 engineer earn?",
            ("A level 3 engineer earns 50. A level 4 engineer earns 60.",),
            "level 7",
            ("level 3", "level 4"),
        ),
    ],
)
def test_a_thing_is_missing_where_the_pages_tell_of_others_of_its_kind(
    question: str, pages: tuple[str, ...], thing: str, neighbours: tuple[str, ...]
) -> None:
    missing = missing_from(question, *pages)

    assert missing is not None
    assert (missing.thing, missing.others) == (thing, neighbours)
    assert {passage.page for passage in missing.passages} <= {f"page{n}" for n in range(len(pages))}


@pytest.mark.parametrize(
    ("question", "pages"),
    [
        ("what is the address of host web-13?", (HOSTS,)),
        ("what is the address of host web-99?", ("Hosts have addresses.",)),
        ("address of host web-13?", ("Hosts web-12 to web-14 share the address 10.0.0.1.",)),
        ("how do I restart web-99?", ("To restart a host, run reboot.", "web-12 was restarted.")),
        ("how do I restart web-99?", ("To restart a host, for example web-12, run reboot.",)),
        ("how much annual leave in 2024?", LEAVE),
        ("how much annual leave in 2026?", ("Annual leave is 25 days.", LEAVE[1])),
        ("how much annual leave in 2026?", ("Since 2024, annual leave is 25 days.", LEAVE[0])),
        ("how much annual leave in 2026?", ("Annual leave is 25 days for everybody.", LEAVE[1])),
        ("how much annual leave in 2026?", ("As in 2023, leave is 25 days in all years.",)),
        ("who leads the Munch office?", OFFICES),
        ("who sits on floor 3?", ("Floors 2 to 4: sales sits there.",)),
        ("who sits on floor two?", FLOORS),
        ("do I need approval for a 3-day trip?", ("Trips of more than 2 days need approval.",)),
        (
            "what bonus does grade 7 get?",
            ("| Grade | Bonus |\n| --- | --- |\n| Grade 4 | 2000 |\n| Grade 5+ | 3000 |",),
        ),
        (
            "how much leave in year 4?",
            ("In year 1 you get 20 days of leave. From year 2 you get 22 days of leave.",),
        ),
        ("who is on floor 3?", (*FLOORS, "Third floor is for legal.")),
        ("who leads the NYC office?", (*OFFICES, "The New York office is led by Ada.")),
        (
            "which JS client do we use?",
            ("We use the Python client. We use the JavaScript client.",),
        ),
        ("address of web-99?", (f"{HOSTS}| others | 10.0.0.1 |\n",)),
        ("does HTTP2 work?", ("HTTP/2 and HTTP/3 work.", "HTTP1 works, HTTP3 works.")),
        ("who approves £60?", ("Ada approves £50. Bob approves £500.",)),
        ("who approves thirty days of leave?", ("Ada approves 30 days of leave.",)),
        ("can I deploy on Friday?", ("Deploy on Monday.", "We deploy on Tuesday.")),
        ("", LEAVE),
        ("2026", ()),
    ],
)
def test_nothing_is_missing_that_a_rule_a_range_or_other_words_hold_of(
    question: str, pages: tuple[str, ...]
) -> None:
    assert missing_from(question, *pages) is None


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("what is port 6379?", PORTS),
        ("what is port 22?", PORTS),
        ("who gets port 6432?", "The pool listens on 6432."),
        ("what is error 4012?", "NB-4012: the disk is full."),
        ("what is error 101?", "E101: the disk is full."),
        ("what changed in release 3.13?", "v3.13.2: the clock."),
        ("how long does the 6.8 drill last?", "Drill \u00d8 6.8: 45 minutes."),
        ("what is drill 6.8?", "Drill \u00d8 6.8: 45 minutes."),
        ("lead time of 4711-02-A?", PARTS),
        ("lead time of 4711-02?", PARTS),
        ("what changed in 3.13.2?", "3.13.2 (2026-04-28): the clock."),
        ("what changed in release 3.13?", "3.13.2 (2026-04-28): the clock."),
        ("is there a freeze on Friday 15:00?", "Freeze: Fri 14:00."),
        ("who is at 10.0.0.13?", HOSTS),
        ("what is alarm 950?", "Codes 900\u2013999 are the robot's."),
        ("who sits in seat 15?", "Seats 1\u2013200: sales."),
        ("is 2-day notice enough?", "Give two days of notice."),
        ("what does band 5 earn?", BANDS),
        ("what does band 7 earn?", BANDS.replace("| 5 |", "| 5 to 8 |")),
        ("what does band 7 earn?", BANDS.replace("| 5 |", "| 5 and up |")),
        ("what does band 7 earn?", BANDS.replace("| 5 |", "| all others |")),
        ("which team has locker 7?", RANGES),
        ("who has locker 7?", "Our lockers:\n\n| Owner | No. |\n|---|---|\n| Ada | 7 |"),
        ("can it wait until half past 3?", "After 15:30 it waits."),
        ("what happened on 31.12.2026?", "On 31 December it rained."),
        ("where do 2-4 people meet?", "Up to 5 people meet here."),
    ],
)
def test_a_thing_is_named_in_a_cell_a_range_or_alone(question: str, page: str) -> None:
    hits = [Hit(passage, 1.0, 0.5, 0.5) for passage in passages("page", page)]

    assert missing_thing(question, hits) is None


@pytest.mark.parametrize(
    ("question", "page", "thing"),
    [
        ("part number 4720-13", PARTS, "4720-13"),
        ("what changed in 3.13.1?", "3.13.2: the clock. 3.13.0: the panel.", "3.13.1"),
        ("who is in hall 3?", "Deliveries to hall 1 take 3\u20135 days.", "hall 3"),
        ("who is in hall 3?", "Hall 1 is open 00:00\u201314:00.", "hall 3"),
        ("which bearing has the FX-400?", "Serial no. 20-1499: FX-200.", "FX-400"),
        ("torque of BT50?", "Bores of 10\u201360 mm. BT40: 110 Nm.", "BT50"),
        ("what does band 7 earn?", BANDS, "band 7"),
        ("where does lift 7 go?", BANDS, "lift 7"),
        ("which team has locker 21?", RANGES, "locker 21"),
    ],
)
def test_an_amount_or_a_time_or_a_number_in_a_column_of_something_else_names_no_thing(
    question: str, page: str, thing: str
) -> None:
    hits = [Hit(passage, 1.0, 0.5, 0.5) for passage in passages("page", page)]

    missing = missing_thing(question, hits)

    assert missing is not None
    assert missing.thing == thing


def test_what_is_missing_is_said_with_what_is_there() -> None:
    missing = missing_from("what is the address of host web-99?", HOSTS)

    assert missing is not None
    assert missing.words == (
        "I found nothing about web-99. The pages tell of web-12, web-13 and web-14."
    )


def test_what_is_missing_is_named_as_whoever_asked_wrote_it() -> None:
    missing = missing_from(
        "what did we choose in RFC 009?", "In RFC 002 we chose Go. In RFC 003 Rust."
    )

    assert missing is not None
    assert missing.words == "I found nothing about RFC 009. The pages tell of RFC 002 and RFC 003."


@given(st.text(max_size=60), st.lists(st.text(max_size=80), max_size=3))
def test_whatever_is_asked_and_written_what_is_missing_stands_on_no_page(
    question: str, texts: list[str]
) -> None:
    missing = missing_from(question, *texts)

    assert missing is None or all(missing.thing not in text for text in texts)


def test_each_passage_is_read_once_however_much_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_for: list[object] = []
    times = Counter[str]()

    def counted(text: str) -> tuple[Word, ...]:
        times[text] += 1
        return read(text)

    monkeypatch.setattr(things, "read", counted)
    monkeypatch.setattr(absent, "_others", lambda _, thing, __: looked_for.append(thing))
    missing_from("who leads the Oslo office, the Bonn office or the Kiel office?", *OFFICES, *LEAVE)

    assert len(looked_for) > 1
    assert {many for text, many in times.items() if text.startswith("Page")} == {1}


def test_of_a_pasted_text_only_the_first_things_are_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_for: list[object] = []
    monkeypatch.setattr(absent, "_others", lambda _, thing, __: looked_for.append(thing))
    missing_from(
        "who leads " + ", ".join(f"the {letter}xxville office" for letter in ascii_uppercase),
        *OFFICES,
    )

    assert 1 <= len(looked_for) < len(ascii_uppercase) / 2


@given(
    st.from_regex(r"[a-z]{1,3}[-_ ]?", fullmatch=True),
    st.lists(st.integers(1, 9999), min_size=3, max_size=4, unique=True),
    st.from_regex(r"[a-z]{0,3}", fullmatch=True),
)
def test_a_code_that_a_page_names_is_not_missing(
    letters: str, numbers: list[int], suffix: str
) -> None:
    codes = [f"{letters}{number}{suffix}" for number in numbers]
    pages = (
        f"The password of {code} is short. It was secret{number} before."
        for code, number in zip(codes, numbers, strict=True)
    )

    assert missing_from(f"What is the password of {codes[0]}?", *pages) is None


@pytest.mark.parametrize("roughly", ["like", "about", "around"])
def test_an_amount_that_is_only_estimated_is_no_numbered_thing(roughly: str) -> None:
    question = f"who handles big marketing deals, {roughly} 40k?"
    hits = [Hit(passage, 1.0, 0.5, 0.5) for passage in passages("deals", "Ada handles deals.")]

    assert missing_thing(question, hits) is None
