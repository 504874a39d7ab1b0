"""One question about two things is answered for each, if no passage answers for both."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.deciding.confidence import Confidence
from bot.answering.question.two_things import two_things
from bot.model import Answer, Clarify, NoAnswer, Question, Reason, Result, Source, Timings, Tone
from indexers.model import EVERYONE, Principal
from tests.bot.answering.composing.test_composer import answerer
from tests.fakes.defaults import Answerer
from tests.fakes.passages import passages
from tests.fakes.retrieval import retrieval_over
from tests.fakes.scripted_model import ScriptedModel

ANYONE = Principal.of(EVERYONE)


@pytest.mark.parametrize(
    ("question", "things", "second"),
    [
        (
            "is parking cheaper in Lyon or in Oslo?",
            ("Lyon", "Oslo"),
            "is parking cheaper in Oslo?",
        ),
        (
            "who signs leave in Lyon and Porto Santo these days?",
            ("Lyon", "Porto Santo"),
            "who signs leave in Porto Santo these days?",
        ),
        (
            "does the lift stop in both Lyon and Oslo?",
            ("Lyon", "Oslo"),
            "does the lift stop in Oslo?",
        ),
        (
            "may drivers rest during loading or during breaks?",
            ("loading", "breaks"),
            "may drivers rest during breaks?",
        ),
        (
            "who looks after his laptop and his phone?",
            ("laptop", "phone"),
            "who looks after his phone?",
        ),
        (
            "where are the keys for the bike shed and for the boat?",
            ("bike shed", "boat"),
            "where are the keys for the boat?",
        ),
        (
            "how long are door logs and web logs kept?",
            ("door logs", "web logs"),
            "how long are web logs kept?",
        ),
        (
            "what runs first in a repo that has bash and go in it?",
            ("bash", "go"),
            "what runs first in a repo that has go in it?",
        ),
        (
            "which linter is there for bash and go in our repos?",
            ("bash", "go"),
            "which linter is there for go in our repos?",
        ),
        (
            "what is the notice for interns vs. permanent staff?",
            ("interns", "permanent staff"),
            "what is the notice for permanent staff?",
        ),
        (
            "how long do we keep door logs in Lyon, compared with web logs?",
            ("door logs", "web logs"),
            "how long do we keep web logs in Lyon?",
        ),
        ("what does Acme lend compared to Bolt?", ("Acme", "Bolt"), "what does Bolt lend?"),
        (
            "what does the firm pay in Lyon for lunch compared with in Oslo?",
            ("Lyon", "Oslo"),
            "what does the firm pay in Oslo for lunch?",
        ),
        (
            "who hears about a van or a lorry late at night?",
            ("van", "lorry"),
            "who hears about a lorry late at night?",
        ),
        ("and in Lyon and Porto Santo?", ("Lyon", "Porto Santo"), "and in Porto Santo?"),
        ("I lost a key in a van and found the other, who hears of it?", None, ""),
        ("can I skip the lunch and leave early?", None, ""),
        ("build vs buy", None, ""),
        ("how long do I have to take or leave it?", None, ""),
        ("is there a lift in Lyon, Oslo and Porto?", None, ""),
        ("who pays a tester for the hour and a half?", None, ""),
        ("We moved to Lyon and Oslo. Is parking for bikes free?", None, ""),
        ("which VS Code theme is there?", None, ""),
        ("what is the difference between Acme and Bolt?", None, ""),
        ("do I take either the bus or the train?", None, ""),
        ("who approves leave, and how long does it take in Lyon?", None, ""),
        ("how do plans support work and travel?", None, ""),
        ("can I book and cancel a desk?", None, ""),
        ("is it at 9 or 10?", None, ""),
        ("what do Lyon and Oslo need for bikes and boats?", None, ""),
        ("compared with Lyon?", None, ""),
        ("is it paid in % or $?", None, ""),
        ("and or?", None, ""),
        ("", None, ""),
    ],
)
def test_two_things_are_found_where_two_noun_phrases_are_parallel(
    question: str, things: tuple[str, str] | None, second: str
) -> None:
    found = two_things(question)

    assert (found.things if found else None) == things
    assert (found.questions[1] if found else "") == second


@given(
    st.lists(st.sampled_from(["who", "and", "or", "vs.", "in", "the", "Lyon", "logs", ",", "?"]))
)
def test_each_question_has_its_thing(words: list[str]) -> None:
    found = two_things(" ".join(words))

    assert found is None or all(map(str.__contains__, found.questions, found.things))


SURE = Confidence(bias=9.0)
QUESTION = "is parking cheaper in Lyon or in Oslo?"
LYON = Source("Lyon", "Parking", "https://w.example/lyon", "Parking is 9.", "w", "lyon", "1")
OSLO = Source("Oslo", "Parking", "https://w.example/oslo", "Parking is 5.", "w", "oslo", "1")
CITIES = Source("Cities", "", "https://w.example/cities", "Lyon: 9. Oslo: 5.", "w", "cities", "1")
MERGED = Source(
    "Greater Lyon & Oslo", "", "https://w.example/both", "Parking is 7.", "w", "both", "1"
)
LUNCH = Source("Lunch", "", "https://w.example/lunch", "Parking is no lunch.", "w", "lunch", "1")
NOTHING = NoAnswer(Reason.NOTHING_FITS, "I found nothing.", timings=Timings(search=1))
WHICH = Clarify("Which one?", ())


def quoted(source: Source, tone: Tone = Tone.ANSWER) -> Answer:
    return Answer(f"{source.quote} [1]", (source,), 0.8, Timings(search=2), tone=tone)


def reply(whole: Result, lyon: Result = NOTHING, oslo: Result = NOTHING) -> tuple[Result, int]:
    """Return the reply to `QUESTION`, and the number of questions that were asked for it."""
    things = two_things(QUESTION)
    assert things
    asked: list[str] = []

    def ask(text: str) -> Result:
        asked.append(text)
        return oslo if "Oslo" in text else lyon

    return things.answer(whole, ask), len(asked)


def test_each_thing_has_its_answer_under_its_name() -> None:
    answer, _ = reply(quoted(LYON), quoted(LYON), quoted(OSLO))

    assert answer.text == "> Lyon\n\nParking is 9. [1]\n\n> Oslo\n\nParking is 5. [2]"
    assert isinstance(answer, Answer)
    assert answer.sources == (LYON, OSLO)
    assert answer.timings.search == 6


def test_of_a_thing_that_is_not_found_the_reply_says_so() -> None:
    answer, _ = reply(quoted(LYON), quoted(LYON), NOTHING)

    assert answer.text == "> Lyon\n\nParking is 9. [1]\n\n> Oslo\n\nI found nothing."


@pytest.mark.parametrize(
    "whole",
    [
        quoted(CITIES),
        quoted(MERGED),
        quoted(MERGED, Tone.CLOSEST),
        replace(quoted(LUNCH, Tone.CLOSEST), nearest=(replace(MERGED, quote=""),)),
        NOTHING,
        WHICH,
    ],
)
def test_what_answers_for_both_or_not_at_all_costs_no_other_search(whole: Result) -> None:
    assert reply(whole, quoted(LYON), quoted(OSLO)) == (whole, 0)


def test_an_unsure_answer_gives_way_to_two_sure_ones_only() -> None:
    whole = quoted(LUNCH, Tone.CLOSEST)

    assert reply(whole, quoted(LYON), quoted(OSLO, Tone.CLOSEST))[0] is whole
    assert reply(whole, quoted(LYON), NOTHING)[0] is whole
    assert reply(whole, quoted(LYON), quoted(OSLO))[0].text.startswith("> Lyon")


def test_an_answer_for_one_thing_gives_way_if_that_for_the_other_is_the_closest() -> None:
    answer, _ = reply(quoted(LYON), quoted(LYON), quoted(OSLO, Tone.CLOSEST))

    assert answer.text.startswith("> Lyon")


def test_a_passage_that_hardly_answers_does_not_answer_for_both() -> None:
    answer, _ = reply(quoted(CITIES, Tone.CLOSEST), quoted(LYON), quoted(OSLO))

    assert answer.text.startswith("> Lyon")


@pytest.mark.parametrize(
    ("lyon", "oslo"),
    [
        (quoted(LYON), quoted(LUNCH)),
        (quoted(LYON), quoted(LYON)),
        (quoted(CITIES), quoted(CITIES)),
        (quoted(LYON), WHICH),
        (quoted(LYON, Tone.CLOSEST), quoted(OSLO, Tone.CLOSEST)),
        (NOTHING, quoted(OSLO, Tone.CLOSEST)),
        (NOTHING, NOTHING),
    ],
)
def test_the_answer_stays_if_no_section_of_its_own_surely_answers_for_a_thing(
    lyon: Result, oslo: Result
) -> None:
    whole = quoted(LUNCH)

    assert reply(whole, lyon, oslo)[0] is whole


PAGES = [
    *passages("lyon", "Parking is nine a day."),
    *passages("oslo", "Parking is five a day."),
    *passages("lunch", "Lunch is at noon."),
]
COMPARED = Question("how much is parking in Lyon compared with Oslo?", ANYONE)


@pytest.mark.parametrize("room", [100, 700])
def test_the_bot_answers_for_two_things_from_two_pages(room: int) -> None:
    bot = Answerer(retrieval_over(PAGES), SURE, ("handbook",), max_characters=room)

    assert bot.answer(COMPARED).text == (
        "> Lyon\n\nParking is nine a day.\n\u2014 **Lyon** [1]\n\n"
        "> Oslo\n\nParking is five a day.\n\u2014 **Oslo** [2]"
    )


def test_a_language_model_writes_of_both_things_by_itself() -> None:
    model = ScriptedModel(["Parking is nine a day in Lyon [1]."])
    bot = answerer(model, PAGES)
    quotes = bot.answer(replace(COMPARED, quoting=True))

    assert bot.answer(COMPARED).text.startswith("Parking is nine a day in Lyon.")
    assert quotes.text.startswith("> Lyon")
