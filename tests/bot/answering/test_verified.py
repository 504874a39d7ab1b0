"""A person's verified answer is given to the question it was written for, and to no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from footnote_bot.bot.answering.deciding.confidence import Confidence
from footnote_bot.bot.answering.model import WrittenAnswer
from footnote_bot.bot.answering.retrieval.library import IndexedLibrary
from footnote_bot.bot.answering.retrieval.retrieval import Retrieval
from footnote_bot.bot.answering.verified import Verified
from footnote_bot.bot.model import Answer, NoAnswer, Question, Role, Source, Turn
from footnote_bot.indexers.index.embedding import LocalEmbedder
from footnote_bot.indexers.model import EVERYONE, OPEN, Acl, Passage, Principal
from tests.fakes.defaults import Answerer, Recheck
from tests.fakes.index import ListIndex
from tests.fakes.live_wikis import Standing, Unavailable
from tests.fakes.wiki import by_section

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
READER = Principal.of(EVERYONE)
HR = Acl.of(["group:hr"])
EMBEDDER = LocalEmbedder()


def source(page: str) -> Source:
    url = f"https://wiki.example.com/{page}"
    return Source("Leave", "", url, "", "handbook", page, "r1")


class Office:
    """A wiki with pages, and the answers that people wrote to questions."""

    def __init__(self, *, live: Standing | Unavailable | None = None) -> None:
        self.index = ListIndex()
        recheck = Recheck({"handbook": live}, lambda _: None, by_section) if live else None
        self.library = IndexedLibrary(self.index, recheck, lambda *_: "", lambda _, owner: owner)
        self.now = NOW
        self.answers: list[WrittenAnswer] = []
        self.verified = Verified(self, self.library, EMBEDDER, lambda: self.now)

    def valid(self, now: datetime) -> Sequence[WrittenAnswer]:
        return [answer for answer in self.answers if answer.expires > now]

    def page(self, key: str, text: str, acl: Acl = OPEN, revision: str = "r1") -> None:
        url = f"https://wiki.example.com/{key}"
        passage = Passage("handbook", key, revision, 0, "Leave", (), url, text, text, acl)
        self.index.replace([passage], EMBEDDER.embed_passages([text]))

    def write(self, question: str, *pages: str, text: str = "In the portal.") -> None:
        indexed = [self.index.page("handbook", page) for page in pages]
        acls = [page.acl for page in indexed if page]
        acl = acls[0]
        for further in acls[1:]:
            acl &= further
        self.answers.append(
            WrittenAnswer(
                id=len(self.answers) + 1,
                question=question,
                text=text,
                author="U1",
                author_name="Ben",
                written=NOW,
                expires=NOW + timedelta(days=9),
                sources=tuple(map(source, pages)),
                fingerprints=tuple(self.library.fingerprint("handbook", page) for page in pages),
                acl=acl,
            )
        )

    def answer_to(self, question: str, reader: Principal = READER) -> str:
        answer = self.verified(Question(question, reader))
        return answer.text if answer else ""


@pytest.fixture
def office() -> Office:
    office = Office()
    office.page("leave", "Leave is booked somewhere.")
    return office


SAME = [
    ("How do I book leave?", "how do i book leave"),
    ("How do I book leave?", "How can I book leave"),
    ("When are taxi rides reimbursed?", "When do taxi rides get reimbursed?"),
    ("Who approves travel expenses?", "Who has to approve my travel expenses?"),
    ("What is the salary band of level 4?", "Salary band for level 4?"),
    ("How long is parental leave?", "What is the length of parental leave?"),
    ("Who owns the #general channel?", "Who owns the general channel?"),
    ("Who do I ask for a new laptop?", "Who can I ask for a new laptop?"),
]
OTHER = [
    ("How do I book leave?", "How do I cancel leave?"),
    ("How do I book annual leave?", "How do I book sick leave?"),
    ("When are taxi rides reimbursed?", "When are train rides reimbursed?"),
    ("What is the salary band of level 4?", "What is the salary band of level 5?"),
    ("Can I carry over leave?", "Can't I carry over leave?"),
    ("How long is parental leave for fathers?", "How long is parental leave for mothers?"),
    ("Is leave paid before six months?", "Is leave paid after six months?"),
    ("Who approves travel in Germany?", "Who approves travel in France?"),
    ("How do I install Docker?", "How do I uninstall Docker?"),
    ("How do I get VPN access?", "When do I get VPN access?"),
    ("Who books leave?", "Where is leave booked?"),
    ("How do I book leave?", "How do I book leave for my team?"),
    ("Who owns the C++ style guide?", "Who owns the C# style guide?"),
    ("What happens at -5 degrees?", "What happens at 5 degrees?"),
    ("What does \U0001f534 mean?", "What does \U0001f7e2 mean?"),
    ("How do I migrate from MySQL to Postgres?", "How do I migrate from Postgres to MySQL?"),
    ("How do I migrate from MySQL to Postgres?", "How do I migrate Postgres to MySQL?"),
    (
        "Can a manager approve expenses of an employee?",
        "Can an employee approve expenses of a manager?",
    ),
    ("How do I book leave?", "???"),
]


@pytest.mark.parametrize(("original", "question"), SAME)
def test_a_question_that_asks_the_same_gets_the_written_answer(
    office: Office, original: str, question: str
) -> None:
    office.write(original, "leave")

    assert office.answer_to(question) == "In the portal. [1]"


@pytest.mark.parametrize(("original", "question"), [*OTHER, *(pair[::-1] for pair in OTHER[:-1])])
def test_a_question_that_only_looks_the_same_does_not_get_the_written_answer(
    office: Office, original: str, question: str
) -> None:
    office.write(original, "leave")

    assert office.answer_to(question) == ""


def test_it_says_who_verified_it_when_and_on_which_pages_it_rests(office: Office) -> None:
    office.write("How do I book leave?", "leave")
    answer = office.verified(Question("How do I book leave?", READER))

    assert answer is not None
    assert answer.verified is not None
    assert answer.verified.words == "Verified by Ben on 24 Nov 2026"
    assert answer.sources == (source("leave"),)
    assert answer.confidence == 1.0


def test_readers_who_may_not_read_every_source_do_not_get_the_answer(office: Office) -> None:
    office.page("secret", "Leave of the board.", HR)
    office.write("How do I book leave?", "leave", "secret")

    assert office.answer_to("How do I book leave?") == ""
    assert office.answer_to("How do I book leave?", Principal.of("group:hr")) == ""
    assert office.answer_to("How do I book leave?", Principal.of(EVERYONE, "group:hr")) != ""


def test_it_is_given_no_more_once_a_page_says_something_else(office: Office) -> None:
    office.write("How do I book leave?", "leave")
    office.page("leave", "Leave is booked somewhere.", revision="r2")
    same_words = office.answer_to("How do I book leave?")
    office.page("leave", "Leave is booked in the calendar.", revision="r3")

    assert same_words != ""
    assert office.answer_to("How do I book leave?") == ""


def test_it_is_given_no_more_once_a_page_is_gone_or_closed(office: Office) -> None:
    office.page("more", "More of leave.")
    office.write("How do I book leave?", "leave")
    office.write("How do I book a desk?", "more")
    office.index.remove("handbook", ["leave"])
    office.index.relabel("handbook", "more", "r2", HR)

    assert office.answer_to("How do I book leave?") == ""
    assert office.answer_to("How do I book a desk?") == ""


@pytest.mark.parametrize(
    ("live", "is_given"),
    [(Standing(), True), (Standing("leave"), False), (Standing(narrowed={"leave": HR}), False),
     (Unavailable(), False)],
)  # fmt: skip
def test_the_wiki_is_checked_before_a_written_answer_is_given(
    live: Standing | Unavailable, is_given: bool
) -> None:
    office = Office(live=live)
    office.page("leave", "Leave is booked somewhere.")
    office.write("How do I book leave?", "leave")

    assert bool(office.answer_to("How do I book leave?")) is is_given


def test_it_ends_with_its_last_day(office: Office) -> None:
    office.write("How do I book leave?", "leave")
    office.now += timedelta(days=10)

    assert office.answer_to("How do I book leave?") == ""


def test_a_search_in_other_wikis_does_not_return_the_written_answer(office: Office) -> None:
    office.write("How do I book leave?", "leave")
    question = Question("How do I book leave?", READER, wikis=("space",))

    assert office.verified(question) is None
    assert office.verified(replace(question, wikis=("space", "handbook"))) is not None


def test_a_follow_up_gets_the_written_answer_only_for_the_very_same_words(office: Office) -> None:
    office.write("How do I book annual leave?", "leave")
    history = (Turn(Role.ASKER, "I have a question."), Turn(Role.BOT, "Which one?"))

    def verified_answer(question: str) -> Answer | None:
        return office.verified(Question(question, READER, history=history))

    assert verified_answer("How can annual leave be booked?") is None
    assert verified_answer("how do I book  annual leave") is not None


def test_the_nearest_written_answer_is_given_and_the_newest_of_equals(office: Office) -> None:
    office.write("How can annual leave be booked?", "leave", text="First.")
    office.write("How do I book annual leave?", "leave", text="Second.")
    office.write("How do I book annual leave?", "leave", text="Third.")

    assert office.answer_to("How do I book annual leave?").startswith("Third.")
    assert office.answer_to("How can annual leave be booked?").startswith("First.")


def test_a_written_answer_comes_before_the_search_which_answers_other_questions(
    office: Office,
) -> None:
    office.write("How do I book leave?", "leave")
    answerer = Answerer(Retrieval(office.index, EMBEDDER), Confidence(), verified=office.verified)
    verified = answerer.answer(Question("How do I book leave?", READER))
    searched = answerer.answer(Question("What is the meaning of life?", READER))

    assert isinstance(verified, Answer)
    assert verified.text == "In the portal. [1]"
    assert isinstance(searched, NoAnswer)
