"""Pages are checked again before an answer goes out."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.answering.deciding.confidence import Confidence
from footnote_bot.bot.answering.retrieval import recheck as rechecking
from footnote_bot.bot.answering.retrieval import rereading
from footnote_bot.bot.answering.retrieval.recheck import MOST_CITED, ROUNDS
from footnote_bot.bot.answering.retrieval.rereading import Rereading
from footnote_bot.bot.answering.retrieval.retrieval import FoundPage, Retrieved
from footnote_bot.bot.answering.texts import CANNOT_CHECK, ONLY_LINKS
from footnote_bot.bot.model import (
    Answer,
    Doubt,
    Linked,
    NoAnswer,
    Question,
    Reason,
    Source,
    Unchecked,
)
from footnote_bot.indexers.model import (
    EVERYONE,
    OPEN,
    Acl,
    Hit,
    LivePage,
    LivePages,
    Page,
    Passage,
    Principal,
    Section,
)
from footnote_bot.indexers.ports import LiveWiki
from tests.fakes.confidence import NEAREST, SURE
from tests.fakes.defaults import Answerer, Recheck
from tests.fakes.engine import checked
from tests.fakes.live_wikis import Broken, Hanging, Standing, Unavailable
from tests.fakes.passages import passages
from tests.fakes.retrieval import TickingClock, retrieval_over
from tests.fakes.threads import no_thread_left
from tests.fakes.wiki import by_section

ANYONE = Principal.of(EVERYONE)
ADA = Principal.of(EVERYONE, "user:ada")
FOR_ADA = Acl.of([EVERYONE], ["user:ada"])
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LEAVE = Question("How long is leave?", ANYONE)

WIKI = [
    *passages("leave", "How long is leave? Leave is thirty days long.", wiki="conf"),
    *passages("holidays", "Leave is long on holidays.", wiki="conf"),
    *passages("travel", "How travel is booked before leave.", wiki="conf"),
    *passages("pets", "Dogs leave at five.", wiki="conf"),
]
NOTES = passages("notes", "Leave is noted here.", wiki="notes")


def never(_: str) -> datetime | None:
    return None


def answerer(
    recheck: Recheck | None, *, pages: Sequence[Passage] = WIKI, confidence: Confidence = SURE
) -> Answerer:
    return Answerer(
        retrieval_over(pages),
        confidence,
        recheck=recheck,
        clock=TickingClock(),
    )


def page_keys(result: Answer | NoAnswer) -> list[str]:
    return [s.page for s in (result.sources if isinstance(result, Answer) else result.nearest)]


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hanging]:
    monkeypatch.setattr(rechecking, "_GRACE", 0.0)
    wiki = Hanging()
    yield wiki
    wiki.release()


def test_unchanged_pages_are_answered_from_as_if_there_were_no_check() -> None:
    wiki = Standing()
    result = answerer(Recheck({"conf": wiki}, never, by_section)).answer(LEAVE)

    plain = answerer(None).answer(LEAVE)
    assert replace(result, timings=plain.timings) == plain
    assert len(wiki.asked) == 1
    assert dict.fromkeys(page_keys(plain), "1").items() <= wiki.asked[0].items()


@pytest.mark.parametrize("wiki", [Standing("leave"), Standing(narrowed={"leave": FOR_ADA})])
@pytest.mark.parametrize("confidence", [SURE, NEAREST])
def test_a_page_that_went_or_was_closed_is_nowhere_in_the_answer(
    wiki: Standing, confidence: Confidence
) -> None:
    result = answerer(Recheck({"conf": wiki}, never, by_section), confidence=confidence).answer(
        LEAVE
    )

    assert page_keys(result)
    assert "leave" not in page_keys(result)
    assert "thirty" not in result.text
    assert result.unchecked is None


def test_a_page_that_was_closed_stands_for_those_who_may_still_read_it() -> None:
    wiki = Standing(narrowed={"leave": FOR_ADA})
    result = answerer(Recheck({"conf": wiki}, never, by_section)).answer(replace(LEAVE, reader=ADA))

    assert page_keys(result)[0] == "leave"


def test_an_answer_that_is_made_again_is_checked_too_but_no_page_twice() -> None:
    wiki = Standing("leave")
    result = answerer(Recheck({"conf": wiki}, never, by_section)).answer(LEAVE)

    keys = [key for request in wiki.asked for key in request]
    assert set(page_keys(result)) < set(keys)
    assert len(keys) == len(set(keys))


@given(
    st.sets(st.integers(0, 39)),
    st.sets(st.integers(0, 39)),
    st.sampled_from([SURE, NEAREST]),
    st.sampled_from([ANYONE, ADA]),
)
def test_an_answer_names_only_pages_that_stand_for_its_reader(
    removed: set[int], narrowed: set[int], confidence: Confidence, reader: Principal
) -> None:
    """However many pages are gone or closed, only a few checks are made."""
    pages = [p for n in range(40) for p in passages(f"p{n}", f"Leave {n}.", wiki="conf")]
    wiki = Standing(
        *(f"p{n}" for n in removed), narrowed=dict.fromkeys((f"p{n}" for n in narrowed), FOR_ADA)
    )
    recheck = Recheck({"conf": wiki}, never, by_section)
    result = answerer(recheck, pages=pages, confidence=confidence).answer(
        replace(LEAVE, reader=reader)
    )

    closed = removed | (narrowed if reader == ANYONE else set())
    assert not {f"p{n}" for n in closed} & set(page_keys(result))
    assert result.unchecked is None
    assert len(wiki.asked) <= ROUNDS
    assert len(wiki.asked[0]) <= MOST_CITED


@pytest.mark.parametrize("confidence", [SURE, NEAREST])
def test_what_is_open_is_found_behind_many_pages_that_were_closed(confidence: Confidence) -> None:
    """For example, a whole space was closed a moment ago."""
    closed = [f"p{number}" for number in range(35)]
    pages = [p for key in closed for p in passages(key, "How long is leave?", wiki="conf")]
    pages += passages("open", "Other words, and how long leave is among them.", wiki="conf")
    wiki = Standing(*closed)
    result = answerer(
        Recheck({"conf": wiki}, never, by_section), pages=pages, confidence=confidence
    ).answer(LEAVE)

    assert page_keys(result) == ["open"]


def asking(key: str, title: str, *headings: str) -> Passage:
    (passage,) = passages(key, "What everybody should know to get started.", wiki="conf")
    return replace(passage, title=title, headings=headings)


def test_suggested_questions_are_headings_of_pages_that_are_open_now() -> None:
    pages = [
        asking("leave", "Leave", "Before", "How do I book leave?"),
        asking("laptop", "How to request a laptop"),
        asking("closed", "How to sack a colleague"),
        asking("why", "Reasons", "Why?"),
        asking("plays", "Play 2 - Build connections", "Action items"),
        asking("long", f"How to {'very ' * 20}do it"),
    ]
    wiki = Standing(narrowed={"closed": FOR_ADA})
    questions = answerer(Recheck({"conf": wiki}, never, by_section), pages=pages).open_questions()

    assert sorted(questions) == ["How do I book leave?", "How to request a laptop?"]


def test_without_a_heading_that_asks_nothing_is_suggested() -> None:
    assert answerer(Recheck({"conf": Standing()}, never, by_section)).open_questions() == []


def test_where_nothing_stands_the_answer_does_not_say_that_anything_did() -> None:
    wiki = Standing(*(passage.page for passage in WIKI))
    result = answerer(Recheck({"conf": wiki}, never, by_section)).answer(LEAVE)

    assert isinstance(result, NoAnswer)
    assert result.text == "I searched and found nothing that answers this."
    assert page_keys(result) == []


def test_a_wiki_without_a_lookout_needs_no_look() -> None:
    wiki = Standing()
    recheck = Recheck({"conf": wiki}, never, by_section)
    result = answerer(recheck, pages=NOTES).answer(LEAVE)

    assert page_keys(result) == ["notes"]
    assert (wiki.asked, result.unchecked) == ([], None)


def test_an_answer_from_a_silent_wiki_says_when_it_was_last_checked(hanging: Hanging) -> None:
    for wiki in (hanging, Unavailable()):
        recheck = Recheck({"conf": wiki}, {"conf": NOON}.get, by_section, seconds=0.05)
        result = answerer(recheck).answer(LEAVE)

        assert page_keys(result)[0] == "leave"
        assert result.unchecked == Unchecked(NOON)


def test_a_page_that_is_known_at_the_time_limit_to_be_closed_is_nowhere_though_the_reply_is_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class RepliesAfterTheLimit(Standing):
        def current(self, cited: Mapping[str, str], seconds: float) -> LivePages:
            time.sleep(seconds + 0.05)
            return LivePages({}, frozenset(cited), {"leave": LivePage(FOR_ADA)})

    monkeypatch.setattr(rechecking, "_GRACE", 240.0)
    recheck = Recheck({"conf": RepliesAfterTheLimit()}, never, by_section, seconds=0.01)
    result = answerer(recheck).answer(LEAVE)

    assert "leave" not in page_keys(result)
    assert result.linked == ()


def test_no_answer_says_so_of_the_pages_that_it_offers(hanging: Hanging) -> None:
    recheck = Recheck({"conf": hanging}, {"conf": NOON}.get, by_section, seconds=0.05)
    result = answerer(recheck, confidence=NEAREST).answer(LEAVE)

    assert isinstance(result, NoAnswer)
    assert len(page_keys(result)) == 3
    assert result.unchecked == Unchecked(NOON)


def test_what_nobody_checked_yet_has_no_date() -> None:
    result = answerer(Recheck({"conf": Unavailable()}, never, by_section)).answer(LEAVE)

    assert result.unchecked == Unchecked(None)
    assert result.unchecked.words.endswith("could not be checked again.")


def test_of_several_silent_wikis_the_oldest_check_counts() -> None:
    pages = [*WIKI[:1], *passages("leave", "How long is leave?", wiki="other")]
    silent = {"conf": Unavailable(), "other": Unavailable()}
    later = NOON.replace(hour=13)

    def unchecked(passes: Mapping[str, datetime]) -> Unchecked | None:
        return (
            answerer(Recheck(silent, passes.get, by_section), pages=pages).answer(LEAVE).unchecked
        )

    assert unchecked({"conf": later, "other": NOON}) == Unchecked(NOON)
    assert unchecked({"conf": later}) == Unchecked(None)


def test_a_silent_wiki_hides_no_failure_of_another(hanging: Hanging) -> None:
    """The wikis are asked at the same time, so that one cannot use up the time of the other."""
    pages = [*WIKI, *passages("leave", "How long is leave?", wiki="other")]
    recheck = Recheck({"conf": hanging, "other": Standing("leave")}, never, by_section, seconds=1.5)
    result = answerer(recheck, pages=pages).answer(LEAVE)

    assert {source.wiki for source in result.sources} == {"conf"}
    assert result.unchecked == Unchecked(None)


def test_one_who_refuses_answers_from_what_could_be_checked() -> None:
    recheck = Recheck({"conf": Unavailable()}, never, by_section, refuses=True)
    result = answerer(recheck, pages=[*WIKI, *NOTES]).answer(LEAVE)

    assert isinstance(result, Answer)
    assert (page_keys(result), result.unchecked) == (["notes"], None)


@pytest.mark.parametrize("confidence", [SURE, NEAREST])
def test_one_who_refuses_says_why_where_nothing_is_left(
    hanging: Hanging, confidence: Confidence
) -> None:
    recheck = Recheck({"conf": hanging}, never, by_section, seconds=0.05, refuses=True)
    result = answerer(recheck, confidence=confidence).answer(LEAVE)

    assert isinstance(result, NoAnswer)
    assert (result.reason, result.text) == (Reason.UNCHECKED, CANNOT_CHECK)
    assert (result.nearest, result.unchecked) == ((), None)


class Slow(Standing):
    """Each check takes ``seconds`` on a fake clock."""

    def __init__(self, *removed: str, seconds: float) -> None:
        super().__init__(*removed)
        self.now = 0.0
        self._seconds = seconds

    def current(self, cited: Mapping[str, str], seconds: float) -> LivePages:
        answer = super().current(cited, seconds)
        self.now += self._seconds
        return answer


def test_all_looks_together_have_one_time_limit(hanging: Hanging) -> None:
    """The first check uses up all the time, so none is left for the second."""

    class ThenHangs(Slow):
        def current(self, cited: Mapping[str, str], seconds: float) -> LivePages:
            of = hanging if self.asked else super()
            return of.current(cited, seconds)

    pages = [p for n in range(12) for p in passages(f"p{n}", f"Leave {n}.", wiki="conf")]
    best = [page.page for page in retrieval_over(pages)(LEAVE).pages[:3]]
    wiki = ThenHangs(*best, seconds=9.0)
    recheck = Recheck({"conf": wiki}, never, by_section, seconds=9.0, clock=lambda: wiki.now)
    began = time.monotonic()
    result = answerer(recheck, pages=pages).answer(LEAVE)

    assert time.monotonic() - began < 30
    assert page_keys(result)
    assert not set(best) & set(page_keys(result))
    assert result.unchecked == Unchecked(None)


def test_a_silent_wiki_is_not_asked_again_for_the_same_question() -> None:
    silent = Unavailable()
    pages = [
        *passages("gone", "How long is leave? It was ten days.", wiki="other"),
        *passages("spring", "How long is leave? A month in spring.", wiki="conf"),
        *passages("winter", "How long is leave? Two weeks when it snows.", wiki="conf"),
        *passages("parents", "How long is leave? For parents a whole year.", wiki="conf"),
        *(p for n in range(9) for p in passages(f"p{n}", f"Leave {n}.", wiki="conf")),
    ]
    live_wikis: dict[str, LiveWiki] = {"conf": silent, "other": Standing("gone")}
    result = answerer(
        Recheck(live_wikis, never, by_section), pages=pages, confidence=NEAREST
    ).answer(LEAVE)

    assert page_keys(result)
    assert len(silent.asked) == 1


def test_looks_that_hang_do_not_pile_up(hanging: Hanging) -> None:
    recheck = Recheck({"conf": hanging}, never, by_section, seconds=0.02, at_once=2)
    asking = answerer(recheck)
    for _ in range(2):
        asking.answer(LEAVE)
        assert hanging.asked.acquire(timeout=240)
    began = time.monotonic()
    patient = answerer(Recheck({"conf": hanging}, never, by_section, seconds=600, at_once=0))
    refused = [asking.answer(LEAVE), patient.answer(LEAVE)]

    assert time.monotonic() - began < 300
    assert [result.unchecked for result in refused] == [Unchecked(None)] * 2
    assert not hanging.asked.acquire(blocking=False)


def test_a_look_that_comes_to_an_end_makes_place_for_another() -> None:
    wiki = Standing()
    asking = answerer(Recheck({"conf": wiki}, never, by_section, at_once=1))
    results = [asking.answer(LEAVE) for _ in range(5)]

    assert [result.unchecked for result in results] == [None] * 5
    assert len(wiki.asked) == 5


def test_a_look_that_hangs_lets_the_process_end() -> None:
    program = """
import threading
from tests.fakes.defaults import Recheck
class Hangs:
    def current(self, cited, seconds):
        threading.Event().wait()
assert Recheck({"w": Hangs()}, lambda _: None, list)._ask("w", {"p": "1"}, 1) is not None
"""
    ended = subprocess.run([sys.executable, "-c", program], timeout=240, check=False)

    assert ended.returncode == 0


def test_a_mistake_of_ours_is_no_silence() -> None:
    with pytest.raises(RuntimeError, match="a mistake of ours"):
        answerer(Recheck({"conf": Broken()}, never, by_section)).answer(LEAVE)


def test_the_log_names_what_was_dropped_by_key_alone(caplog: pytest.LogCaptureFixture) -> None:
    pages = [replace(passage, title="Secret plans") for passage in WIKI]
    live_wikis: dict[str, LiveWiki] = {"conf": Standing("leave"), "notes": Unavailable()}
    with caplog.at_level(logging.INFO, "footnote_bot.bot.answering.retrieval.recheck"):
        answerer(Recheck(live_wikis, never, by_section), pages=[*pages, *NOTES]).answer(LEAVE)

    assert "Page leave of conf is gone or closed for a reader: left out" in caplog.messages
    assert "Secret" not in caplog.text
    assert "thirty" not in caplog.text


def test_looking_again_is_timed() -> None:
    timings = (
        answerer(Recheck({"conf": Standing("leave")}, never, by_section)).answer(LEAVE).timings
    )
    without = answerer(None).answer(LEAVE).timings

    assert timings.check > without.check == 0
    assert timings.total == pytest.approx(timings.retrieve + timings.compose + timings.check)


def test_what_composes_is_given_only_what_may_be_used() -> None:
    """This holds even for a composer that names another page each time."""
    rounds: list[list[str]] = []

    def restless(retrieved: Retrieved) -> Answer | NoAnswer:
        rounds.append([page.page for page in retrieved.pages])
        if not retrieved.pages:
            return NoAnswer(Reason.NOTHING_INDEXED, "Nothing.")
        page = retrieved.pages[0]
        source = Source("T", "", "u", "q", page.wiki, page.page, "1")
        return Answer("A [1]", (source,), 1.0)

    pages = [p for n in range(40) for p in passages(f"p{n}", "Leave.", wiki="conf")]
    retrieved = retrieval_over(pages)(LEAVE)
    keys = [page.page for page in retrieved.pages]
    wiki = Standing(*keys)
    result = checked(Recheck({"conf": wiki}, never, by_section), ANYONE, retrieved, restless)

    checked_keys = [key for request in wiki.asked for key in request]
    assert rounds[0] == keys
    assert all(
        not set(keys_of_round) & set(checked_keys[:n]) for n, keys_of_round in enumerate(rounds)
    )
    assert len(rounds) <= ROUNDS + 1
    assert rounds[-1] == []
    assert page_keys(result) == []


# Pages that cannot be confirmed

OPEN_PAGES = passages("lunch", "How long is leave for lunch? An hour.", wiki="conf")
SECRET = [
    replace(passage, title="Layoffs", headings=("In March",), url=f"{passage.url}#in-march")
    for passage in passages(
        "plan", "How long is leave? Leave is over in March.", wiki="conf", acl=FOR_ADA
    )
]


def silent_ones(hanging: Hanging) -> list[LiveWiki]:
    return [Unavailable(), hanging, Standing(untold=frozenset({"plan", "lunch"}))]


@pytest.mark.parametrize("refuses", [False, True])
@pytest.mark.parametrize("confidence", [SURE, NEAREST])
def test_a_restricted_page_that_cannot_be_confirmed_is_linked_and_nothing_of_it_is_told(
    hanging: Hanging, confidence: Confidence, refuses: bool
) -> None:
    for wiki in silent_ones(hanging):
        recheck = Recheck({"conf": wiki}, never, by_section, seconds=0.05, refuses=refuses)
        result = answerer(recheck, pages=SECRET, confidence=confidence).answer(
            replace(LEAVE, reader=ADA)
        )

        assert isinstance(result, NoAnswer)
        assert result.linked == (
            Linked("conf", "plan", "https://wiki.example.com/id/plan", Doubt.UNCONFIRMED),
        )
        assert not re.search("layoffs|march|over", repr(result), re.IGNORECASE)
        assert result.reason is Reason.UNCHECKED
        assert result.text == (CANNOT_CHECK if refuses else ONLY_LINKS)


def test_what_was_open_to_everyone_is_quoted_beside_the_link(hanging: Hanging) -> None:
    for wiki in silent_ones(hanging):
        recheck = Recheck({"conf": wiki}, {"conf": NOON}.get, by_section, seconds=0.05)
        result = answerer(recheck, pages=[*SECRET, *OPEN_PAGES]).answer(replace(LEAVE, reader=ADA))

        assert page_keys(result) == ["lunch"]
        assert result.unchecked == Unchecked(NOON)
        assert [link.page for link in result.linked] == ["plan"]
        assert "March" not in repr(result)


def test_one_page_that_cannot_be_confirmed_casts_no_doubt_on_another() -> None:
    wiki = Standing(untold=frozenset({"plan"}), narrowed={"lunch": FOR_ADA})
    closed = [replace(passage, acl=FOR_ADA) for passage in OPEN_PAGES]
    recheck = Recheck({"conf": wiki}, never, by_section)
    result = answerer(recheck, pages=[*SECRET, *closed]).answer(replace(LEAVE, reader=ADA))

    assert (page_keys(result), result.unchecked) == (["lunch"], None)
    assert [link.page for link in result.linked] == ["plan"]


def test_what_was_left_out_by_the_answer_is_not_linked() -> None:
    """Only pages that would have been named are linked; the others were checked just in case."""
    recheck = Recheck({"conf": Standing(untold=frozenset({"plan"}))}, never, by_section)
    result = answerer(recheck, pages=[*WIKI, *SECRET]).answer(
        Question("Which dogs leave at five?", ADA)
    )

    assert page_keys(result)[0] == "pets"
    assert result.linked == () or "plan" in [link.page for link in result.linked]
    assert "March" not in repr(result)


@pytest.mark.parametrize("failed", [False, True])
def test_where_no_wiki_is_asked_a_failed_pass_leaves_what_was_open_to_everyone(
    failed: bool,
) -> None:
    """With `check_seconds = 0` the rights are known only from the passes."""
    wiki = Standing()
    recheck = Recheck(
        {"conf": wiki}, {"conf": NOON}.get, by_section, seconds=0, failed_since=lambda _: failed
    )
    result = answerer(recheck, pages=[*SECRET, *OPEN_PAGES]).answer(replace(LEAVE, reader=ADA))

    assert wiki.asked == []
    assert ("March" in repr(result)) is not failed
    assert result.unchecked == (Unchecked(NOON) if failed else None)
    assert [link.page for link in result.linked] == ["plan"] * failed


def test_whether_a_pass_failed_is_asked_once_for_a_question() -> None:
    wikis: list[str] = []

    def failed(wiki: str) -> bool:
        wikis.append(wiki)
        return True

    recheck = Recheck({"conf": Standing()}, never, by_section, seconds=0, failed_since=failed)
    answerer(recheck, pages=[*SECRET, *OPEN_PAGES]).answer(replace(LEAVE, reader=ADA))

    assert wikis == ["conf"]


def test_nobody_is_told_of_links_where_no_page_has_an_address_to_be_told() -> None:
    class Unaddressed(Unavailable):
        @staticmethod
        def plain_address(key: str, url: str) -> str:  # noqa: ARG004 - the port's
            return ""

    result = answerer(Recheck({"conf": Unaddressed()}, never, by_section), pages=SECRET).answer(
        replace(LEAVE, reader=ADA)
    )

    assert isinstance(result, NoAnswer)
    assert (result.reason, result.text, result.linked) == (Reason.UNCHECKED, CANNOT_CHECK, ())


# Pages that were edited since


def page(key: str, *texts: str, title: str = "", acl: Acl = OPEN) -> Page:
    sections = tuple(Section((), "", text) for text in texts)
    return Page(
        "conf", key, title or key.title(), f"https://new.example.com/{key}", "2", acl, sections
    )


@pytest.mark.parametrize("confidence", [SURE, NEAREST])
def test_an_edited_page_is_quoted_as_it_now_stands(confidence: Confidence) -> None:
    now = page("leave", "How long is leave? Leave is forty days long.", title="Days off")
    recheck = Recheck({"conf": Standing(edited={"leave": now})}, never, by_section)
    result = answerer(recheck, confidence=confidence).answer(LEAVE)
    (source,) = [source for source in sources_of(result) if source.page == "leave"]

    assert "thirty" not in repr(result)
    assert (source.title, source.url, source.revision) == ("Days off", now.url, "2")
    assert result.unchecked is None
    if confidence is SURE:
        assert "forty" in result.text


def sources_of(result: Answer | NoAnswer) -> tuple[Source, ...]:
    return result.sources if isinstance(result, Answer) else result.nearest


def test_what_stands_in_an_edited_page_is_quoted_and_what_was_removed_is_not() -> None:
    pages = [
        *passages(
            "leave", "How long is leave? Thirty days.", "The leave password is x7.", wiki="conf"
        )
    ]
    now = page("leave", "Something else is first.", "How long is leave? Thirty days.")
    recheck = Recheck({"conf": Standing(edited={"leave": now})}, never, by_section)
    result = answerer(recheck, pages=pages).answer(LEAVE)

    assert "Thirty days" in result.text
    assert "x7" not in repr(result)
    assert all(source.quote in "How long is leave? Thirty days." for source in sources_of(result))


def test_a_quotation_of_a_table_that_was_cut_stands_in_its_page() -> None:
    """Each passage of the table repeats its header, so quoted lines are apart on the page."""
    table = "| City | Days |\n| --- | --- |\n| Oslo | 28 |\n| Rome | 30 |\n| Bern | 26 |"
    quote = "| City | Days |\n| --- | --- |\n| Bern | 26 |"

    assert rereading.stands_in(quote, page("leave", "You get:", table))
    assert not rereading.stands_in(quote, page("leave", table.replace("26", "27")))
    assert not rereading.stands_in("Oslo\n\nRome", Page(
        "conf", "leave", "Leave", "", "2", OPEN,
        (Section(("North",), "", "Oslo"), Section(("South",), "", "Rome")),
    ))  # fmt: skip


def test_a_page_of_which_nothing_stands_is_left_out() -> None:
    now = page("leave", "This page has moved.")
    recheck = Recheck({"conf": Standing(edited={"leave": now})}, never, by_section)
    result = answerer(recheck).answer(LEAVE)

    assert "leave" not in page_keys(result)
    assert "thirty" not in repr(result)


@pytest.mark.parametrize("confidence", [SURE, NEAREST])
def test_an_edited_page_that_cannot_be_read_again_is_linked_even_if_it_is_open(
    confidence: Confidence,
) -> None:
    recheck = Recheck({"conf": Standing(edited={"leave": None})}, never, by_section)
    result = answerer(recheck, confidence=confidence).answer(LEAVE)

    assert "leave" not in page_keys(result)
    assert "thirty" not in repr(result)
    assert [(link.page, link.doubt) for link in result.linked] == [("leave", Doubt.EDITED)]


@given(
    st.lists(st.text("ab. \n", max_size=40), max_size=6),
    st.lists(st.text("ab. \n", max_size=40), max_size=6),
)
def test_no_passage_of_an_edited_page_says_what_the_page_does_not_say(
    old: list[str], new: list[str]
) -> None:
    hits = tuple(Hit(passage, 1.0, 1.0) for passage in passages("leave", *old, wiki="conf"))
    now = page("leave", *new)
    reread = Rereading(by_section)(FoundPage("conf", "leave", 1.0, hits), now)

    assert all(hit.passage.text in new for hit in (reread.hits if reread else ()))


def test_a_system_without_threads_confirms_nothing_and_costs_no_place() -> None:
    recheck = Recheck({"conf": Standing()}, never, by_section, at_once=1)
    with no_thread_left():
        results = [answerer(recheck).answer(LEAVE) for _ in range(2)]

    assert all(result.unchecked for result in results)
    assert answerer(recheck).answer(LEAVE).unchecked is None
