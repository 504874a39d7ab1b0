"""The contract of PassageIndex: embedded, on a server, also over HTTP, behind a pointer, and the
fake."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from qdrant_client import QdrantClient

from footnote_bot.indexers.index.current import CurrentIndex
from footnote_bot.indexers.index.edge import EdgeIndex
from footnote_bot.indexers.index.folder_catalog import FolderCatalog
from footnote_bot.indexers.index.server import Server, ServerIndex
from footnote_bot.indexers.model import (
    EVERYONE,
    NOBODY,
    OPEN,
    Acl,
    Audience,
    KnownPage,
    Passage,
    Principal,
    Reader,
)
from footnote_bot.indexers.ports import Embedding, PassageIndex
from tests.fakes.embedding import WordEmbedder
from tests.fakes.index import ListIndex
from tests.fakes.passages import passages
from tests.fakes.qdrant_server import QdrantServer
from tests.fakes.searching import search
from tests.long import tries

# qdrant-client in memory stands in for the server, and warns about missing features.
pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning")

ANYONE = Principal.of(EVERYONE)
EMBEDDER = WordEmbedder()
DIMENSIONS = EMBEDDER.dimensions


class SteppingBack:
    """A clock that a time server sets back again and again."""

    def __init__(self) -> None:
        self._now = 1_800_000_000.0

    def __call__(self) -> float:
        self._now -= 3_600.0
        return self._now


def edge(folder: Path) -> PassageIndex:
    return EdgeIndex.open(folder / "edge", dimensions=DIMENSIONS)


def edge_with_a_clock_that_steps_back(folder: Path) -> PassageIndex:
    return EdgeIndex.open(folder / "edge", dimensions=DIMENSIONS, clock=SteppingBack())


def server(_: Path) -> PassageIndex:
    memory = Server("http://qdrant.example.com:6333", client=QdrantClient(":memory:"))
    return ServerIndex.open(memory, collection="passages", dimensions=DIMENSIONS)


def current(folder: Path) -> PassageIndex:
    catalog = FolderCatalog(folder, lambda place: EdgeIndex.open(place, dimensions=DIMENSIONS))
    return CurrentIndex(catalog, "model-splitter")


def fake(_: Path) -> PassageIndex:
    return ListIndex()


@pytest.fixture(scope="module")
def qdrant() -> Iterator[Server]:
    with QdrantServer("key") as http:
        client = Server(http.url, http.key)
        yield client
        client.client.close()


def over_http(qdrant: Server) -> PassageIndex:
    """An index on a server over HTTP, in a collection that the next one replaces."""
    qdrant.client.delete_collection("passages")
    return ServerIndex.open(qdrant, collection="passages", dimensions=DIMENSIONS)


def real_server(_: Path) -> PassageIndex:
    """An index on a server in a collection of its own, which the next one replaces."""
    real = Server(REAL, os.environ.get("QDRANT_API_KEY"))
    collection = f"footnote-contract-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    real.client.delete_collection(collection)
    return ServerIndex.open(real, collection=collection, dimensions=DIMENSIONS)


REAL = os.environ.get("FOOTNOTE_TEST_QDRANT_URL", "")
OPENERS = (
    edge,
    edge_with_a_clock_that_steps_back,
    server,
    over_http,
    current,
    fake,
    *([real_server] if REAL else []),
)


@pytest.fixture(params=OPENERS, ids=lambda opener: opener.__name__)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PassageIndex]:
    opener: Callable[[Any], PassageIndex] = request.param
    opened = opener(request.getfixturevalue("qdrant") if opener is over_http else tmp_path)
    yield opened
    opened.close()


def put(index: PassageIndex, passages_: Sequence[Passage]) -> None:
    index.replace(passages_, EMBEDDER.embed_passages([passage.embedded for passage in passages_]))


def find(
    index: PassageIndex,
    text: str,
    *,
    reader: Reader = ANYONE,
    limit: int = 10,
    wikis: Sequence[str] | None = None,
) -> list[Passage]:
    vector = EMBEDDER.embed_question(text)
    hits = search(index, text, vector, reader=reader, limit=limit, wikis=wikis)
    return [hit.passage for hit in hits]


def test_an_empty_index_knows_and_finds_nothing(index: PassageIndex) -> None:
    assert index.known("handbook") == {}
    assert index.counts() == {}
    assert index.wikis() == frozenset()
    assert index.embeddings(["no such digest"]) == {}
    assert index.digests("handbook", "leave") == frozenset()
    assert index.sweep("handbook") == 0
    assert find(index, "leave") == []


def test_what_was_written_is_found_as_it_was(index: PassageIndex) -> None:
    (plain,) = passages("leave", "Ask your lead for leave.")
    full = replace(
        plain,
        headings=("Time off", "Leave"),
        url="https://wiki.example.com/leave#leave",
        text="Ask [your lead](https://wiki.example.com/lead) for `leave`.",
        acl=Acl.of([EVERYONE], ["group:a", "user:b"]),
        owner="Ada",
        updated=date(2025, 11, 3),
        outdated=True,
    )
    put(index, [full])

    assert find(index, "leave", reader=Principal.of(EVERYONE, "group:a")) == [full]


def test_an_index_knows_its_pages_and_counts_them(index: PassageIndex) -> None:
    put(index, passages("leave", "One.", "Two.", revision="r1"))
    put(index, passages("travel", "Three.", acl=NOBODY))
    put(index, passages("leave", "Four.", wiki="engineering"))

    assert index.known("handbook") == {
        "leave": KnownPage("r1", OPEN),
        "travel": KnownPage("1", NOBODY),
    }
    assert index.counts() == {"handbook": (2, 3), "engineering": (1, 1)}


def test_a_page_gets_another_owner_with_a_label_and_keeps_its_own_without_one(
    index: PassageIndex,
) -> None:
    (plain,) = passages("leave", "Ask your lead.", revision="7")
    put(index, [replace(plain, owner="ada")])
    index.relabel("handbook", "leave", "8", OPEN)
    first = (find(index, "lead")[0].owner, index.page("handbook", "leave"))
    index.relabel("handbook", "leave", "8", OPEN, "bob")
    replaced = (find(index, "lead")[0].owner, index.page("handbook", "leave"))
    index.relabel("handbook", "leave", "8", OPEN, "")
    removed = (find(index, "lead")[0].owner, index.page("handbook", "leave"))

    assert first == ("ada", KnownPage("8", OPEN, "ada"))
    assert replaced == ("bob", KnownPage("8", OPEN, "bob"))
    assert removed == ("", KnownPage("8", OPEN))
    assert index.embeddings([plain.digest])


def test_one_page_is_known_as_all_are(index: PassageIndex) -> None:
    put(index, passages("leave", "Ask your lead.", revision="7"))
    put(index, passages("leave", "Ask.", wiki="space", acl=NOBODY))
    index.relabel("handbook", "leave", "8", Acl.of(["group:hr"]))

    assert index.page("handbook", "leave") == index.known("handbook")["leave"]
    assert index.page("space", "leave") == KnownPage("1", NOBODY)
    assert index.page("handbook", "travel") is None


def test_a_page_has_one_revision(index: PassageIndex) -> None:
    put(index, passages("leave", "Leave is short.", "Leave is paid.", "Leave is rare."))
    put(index, passages("leave", "Leave is long.", revision="2"))

    assert [p.text for p in find(index, "leave is short")] == ["Leave is long."]
    assert index.known("handbook") == {"leave": KnownPage("2", OPEN)}
    assert index.counts() == {"handbook": (1, 1)}


def test_a_revision_may_be_written_again(index: PassageIndex) -> None:
    put(index, passages("leave", "Leave is short.", "Leave is paid."))
    put(index, passages("leave", "Leave is long."))

    assert [p.text for p in find(index, "leave")] == ["Leave is long."]
    assert index.sweep("handbook") == 0


def test_a_page_returns_to_an_earlier_revision(index: PassageIndex) -> None:
    put(index, passages("leave", "Leave is short."))
    index.relabel("handbook", "leave", "2", NOBODY)
    put(index, passages("leave", "Leave is short.", "Leave is paid."))

    assert len(find(index, "leave")) == 2


def test_replacing_takes_one_page_at_one_revision(index: PassageIndex) -> None:
    two_pages = passages("leave", "One.") + passages("travel", "Two.")
    two_revisions = passages("leave", "One.") + passages("leave", "Two.", revision="2")
    for wrong in (two_pages, two_revisions, []):
        with pytest.raises(ValueError, match="one page at one revision"):
            index.replace(wrong, [EMBEDDER.embed_question("x") for _ in wrong])

    assert index.counts() == {}


def test_wikis_do_not_share_pages(index: PassageIndex) -> None:
    put(index, passages("leave", "Leave of one wiki."))
    put(index, passages("leave", "Leave of the other wiki.", wiki="engineering"))
    index.relabel("engineering", "leave", "2", NOBODY)
    index.remove("engineering", ["leave"])

    assert [p.wiki for p in find(index, "leave")] == ["handbook"]


def test_a_search_keeps_to_the_wikis_it_is_given(index: PassageIndex) -> None:
    put(index, passages("leave", "Leave of one wiki."))
    put(index, passages("leave", "Leave of the other.", wiki="engineering"))

    assert [p.wiki for p in find(index, "leave", wikis=["engineering"])] == ["engineering"]
    assert len(find(index, "leave", wikis=["engineering", "handbook"])) == 2
    assert find(index, "leave", wikis=[]) == []


def test_a_new_label_changes_rights_and_revision_alone(index: PassageIndex) -> None:
    (passage,) = passages("leave", "Leave is long.")
    put(index, [passage])
    find(index, "leave")  # cached rights must not outlive the label
    narrow = Acl.of(["group:people"])
    index.relabel("handbook", "leave", "2", narrow)

    assert find(index, "leave") == []
    assert find(index, "leave", reader=Principal.of("group:people")) == [
        replace(passage, revision="2", acl=narrow)
    ]
    assert index.known("handbook") == {"leave": KnownPage("2", narrow)}
    assert index.embeddings([passage.digest]).keys() == {passage.digest}


def test_a_label_that_goes_back_leaves_all_as_it_was(index: PassageIndex) -> None:
    narrow = Acl.of(["group:people"])
    put(index, passages("leave", "Leave is long.", "Leave is paid.", acl=narrow))
    before = index.known("handbook"), find(index, "leave", reader=Principal.of("group:people"))
    index.relabel("handbook", "leave", "2", OPEN)

    assert len(find(index, "leave")) == 2

    index.relabel("handbook", "leave", "1", narrow)

    assert find(index, "leave") == []
    assert before == (
        index.known("handbook"),
        find(index, "leave", reader=Principal.of("group:people")),
    )


def test_a_label_for_a_page_that_is_not_there_does_nothing(index: PassageIndex) -> None:
    index.relabel("handbook", "leave", "2", OPEN)

    assert index.known("handbook") == {}


def test_removed_pages_are_gone(index: PassageIndex) -> None:
    put(index, passages("leave", "Leave is long."))
    put(index, passages("travel", "Travel is far."))
    index.remove("handbook", ["leave", "never there"])
    index.remove("handbook", [])

    assert index.known("handbook").keys() == {"travel"}
    assert {p.page for p in find(index, "leave")} == {"travel"}
    assert index.counts() == {"handbook": (1, 1)}


def test_readers_without_tokens_find_nothing(index: PassageIndex) -> None:
    put(index, passages("leave", "Leave is long."))

    assert find(index, "leave", reader=Principal()) == []


def test_nobody_finds_what_is_closed(index: PassageIndex) -> None:
    put(index, passages("leave", "Leave is long.", acl=NOBODY))

    assert find(index, "leave", reader=Principal.of(EVERYONE, "user:root", "group:all")) == []


TOKENS = st.frozensets(st.sampled_from([EVERYONE, "group:a", "group:b", "user:c"]))
ACLS = st.frozensets(TOKENS, min_size=1, max_size=3).map(Acl)
PRINCIPALS = TOKENS.map(Principal)
READERS = PRINCIPALS | st.frozensets(PRINCIPALS, min_size=1, max_size=3).map(Audience)


@tries(
    25,
    # One index serves all examples, each in a wiki of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acls=st.lists(ACLS, min_size=1, max_size=5), reader=READERS)
def test_a_reader_finds_exactly_what_the_rights_admit(
    index: PassageIndex, acls: list[Acl], reader: Reader
) -> None:
    wiki = str(uuid.uuid4())
    for number, acl in enumerate(acls):
        put(index, passages(f"page {number}", "Leave is long.", acl=acl, wiki=wiki))
    pages = {p.page for p in find(index, "leave", reader=reader, wikis=[wiki])}

    assert pages == {f"page {n}" for n, acl in enumerate(acls) if acl.admits(reader)}


def test_meanings_that_stand_can_be_had_by_digest(index: PassageIndex) -> None:
    stored = passages("leave", "One.", "Two.")
    put(index, stored)
    (expected,) = EMBEDDER.embed_passages([stored[1].embedded])
    embeddings = index.embeddings([stored[1].digest, stored[1].digest, "no such digest"])

    assert embeddings.keys() == {stored[1].digest}
    # Numbers of 16 bits have eleven that count.
    assert embeddings[stored[1].digest].whole == pytest.approx(expected.whole, rel=2**-11, abs=1e-6)
    assert embeddings[stored[1].digest].sentences == expected.sentences


def test_a_page_has_the_digests_of_its_passages(index: PassageIndex) -> None:
    stored = passages("leave", "One.", "Two.")
    put(index, stored)

    assert index.digests("handbook", "leave") == {passage.digest for passage in stored}


def test_cosines_compare_question_and_passage_however_it_was_found(index: PassageIndex) -> None:
    put(index, passages("leave", "Leave is long.", "Holidays are short.", "Travel is far."))
    question = EMBEDDER.embed_question("how long is leave")
    hits = search(index, "how long is leave", question, reader=ANYONE, limit=3)
    stored = EMBEDDER.embed_passages([hit.passage.embedded for hit in hits])

    assert len(hits) == 3
    assert [hit.cosine for hit in hits] == [
        pytest.approx(sum(a * b for a, b in zip(question, meaning.whole, strict=True)), abs=0.01)
        for meaning in stored
    ]
    assert [hit.closest for hit in hits] == pytest.approx([hit.cosine for hit in hits])


def test_hits_come_best_first(index: PassageIndex) -> None:
    put(index, passages("leave", "Leave is long.", "Travel is far.", "Leave is paid and long."))
    hits = search(
        index, "long leave", EMBEDDER.embed_question("long leave"), reader=ANYONE, limit=3
    )

    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[-1].passage.text == "Travel is far."


def test_no_more_hits_than_asked_for(index: PassageIndex) -> None:
    put(index, passages("leave", *(f"Leave number {n} is long." for n in range(9))))

    assert len(find(index, "leave", limit=4)) == 4
    assert find(index, "leave", limit=0) == []


def test_copies_are_one_hit(index: PassageIndex) -> None:
    """A page between its old place and its new one, and boilerplate on every page."""
    (stored,) = passages("leave", "Leave is long.")
    put(index, [stored])
    put(index, [replace(stored, page="time-off/leave")])
    put(index, passages("travel", "Travel is far."))

    assert len(find(index, "leave")) == 2


def test_words_find_what_the_vector_does_not_say(index: PassageIndex) -> None:
    texts = [f"Something else, number {n}." for n in range(30)]
    put(index, passages("errors", *texts, "Restart it after ERR-1234."))
    hits = search(index, "err-1234", EMBEDDER.embed_question("x"), reader=ANYONE, limit=1)

    assert [hit.passage.text for hit in hits] == ["Restart it after ERR-1234."]


def test_without_a_vector_only_words_are_searched(index: PassageIndex) -> None:
    put(index, passages("leave", "Leave is long.", "Travel is far."))
    hits = search(index, "travel", (), reader=ANYONE, limit=5)

    assert [(hit.passage.text, hit.cosine) for hit in hits] == [("Travel is far.", 0.0)]


@pytest.mark.parametrize("text", ["", " ", "the", "😀", "\x00", "\ud800", "où ça ?", "x" * 10_000])
def test_any_question_can_be_searched(index: PassageIndex, text: str) -> None:
    put(index, passages("leave", "Leave is long."))
    vector = EMBEDDER.embed_question("leave")

    assert len(search(index, text, vector, reader=ANYONE, limit=3)) == 1


def test_a_settled_index_says_the_same(index: PassageIndex) -> None:
    for revision in ("1", "2", "3"):
        put(index, passages("leave", *(f"Leave {n}." for n in range(40)), revision=revision))
    before = find(index, "leave 7")
    index.settle()

    assert find(index, "leave 7") == before
    assert index.counts() == {"handbook": (1, 40)}


def test_passages_are_given_by_their_places(index: PassageIndex) -> None:
    put(index, passages("leave", "One.", "Two.", "Three."))
    put(index, passages("leave", "Uno.", wiki="engineering"))
    put(index, passages("travel", "Far."))
    places = [
        ("handbook", "leave", 2),
        ("handbook", "leave", 0),
        ("engineering", "leave", 0),
        ("handbook", "leave", 3),
        ("handbook", "leave", 2),
        ("handbook", "leave", -1),
        ("handbook", "nowhere", 0),
    ]
    result = index.passages(places, reader=ANYONE)

    assert result == [
        *passages("leave", "Uno.", wiki="engineering"),
        *(p for p in passages("leave", "One.", "Two.", "Three.") if p.ordinal != 1),
    ]
    assert index.passages([], reader=ANYONE) == []


def test_passages_are_given_at_the_revision_that_stands(index: PassageIndex) -> None:
    put(index, passages("leave", "Leave is short.", "Leave is paid."))
    put(index, passages("leave", "Leave is long.", revision="2"))
    places = [("handbook", "leave", 0), ("handbook", "leave", 1)]
    result = index.passages(places, reader=ANYONE)
    index.remove("handbook", ["leave"])

    assert [(passage.text, passage.revision) for passage in result] == [("Leave is long.", "2")]
    assert index.passages(places, reader=ANYONE) == []


def test_a_passage_is_given_with_its_new_label_and_rights(index: PassageIndex) -> None:
    put(index, passages("leave", "Leave is long."))
    narrow = Acl.of(["group:people"])
    index.relabel("handbook", "leave", "2", narrow)
    places = [("handbook", "leave", 0)]
    (passage,) = index.passages(places, reader=Principal.of("group:people"))

    assert (passage.revision, passage.acl) == ("2", narrow)
    assert index.passages(places, reader=ANYONE) == []
    assert index.passages(places, reader=Principal()) == []


def test_an_index_speaks_the_language_of_its_pages(index: PassageIndex) -> None:
    put(index, passages("leave", "Leave is thirty days long, and it is paid."))

    assert not index.foreign_language("how long is my leave?")
    assert not index.foreign_language("vpn setup mac")
    # "do" and "a" are Portuguese stop words, too.
    assert not index.foreign_language("do volunteers need a DBS?")
    spanish = "\u00bfcu\u00e1ntos d\u00edas de vacaciones tengo y no he pedido?"
    assert index.foreign_language(spanish) == "spanish"
    assert index.foreign_language("Wie lange kann ich im Urlaub sein?") == "german"
    # Dutch has as many of these words.
    assert index.foreign_language("Wie viele Leute sind am Montag da?") == "german"
    assert list(index.languages(reader=ANYONE)) == ["english"]


@pytest.mark.parametrize(
    "question",
    [
        "What does Jan van der Berg approve?",
        "Who is Maria de los Santos?",
        "Is the Rue de la Paix office open?",
    ],
)
def test_a_foreign_name_makes_no_foreign_question(index: PassageIndex, question: str) -> None:
    assert not index.foreign_language(question)


def test_a_reader_learns_of_no_language_of_pages_that_they_may_not_read(
    index: PassageIndex,
) -> None:
    put(index, passages("boards", "Trello boards have power-ups.", acl=Acl.of(["group:board"])))

    assert list(index.languages(reader=ANYONE)) == []
    assert list(index.languages(reader=Principal.of("group:board"), wikis=["others"])) == []


def put_words(index: PassageIndex, passages_: Sequence[Passage]) -> None:
    index.replace(passages_, [Embedding(())] * len(passages_))


def test_a_passage_without_an_embedding_is_found_by_its_words(index: PassageIndex) -> None:
    put(index, passages("travel", "Trains are booked a week ahead."))
    put_words(index, passages("leave", "Sick notes are due on Tuesday."))

    assert "leave" in [passage.page for passage in find(index, "When are sick notes due?")]
    assert index.unembedded.counts() == {"handbook": 1}
    assert index.embeddings([p.digest for p in passages("leave", "Sick notes ...")]) == {}


def test_an_embedding_follows_and_nothing_else_changes(index: PassageIndex) -> None:
    secret = Acl.of({"user:anna@example.com"})
    stored = passages("leave", "Sick notes are due on Tuesday.", "Leave is thirty days.")
    put_words(index, stored)
    index.relabel("handbook", "leave", "2", secret, "ben@example.com")
    waiting = index.unembedded.passages("handbook", index.unembedded.digests("handbook"))
    texts = [passage.embedded for passage in waiting.values()]
    index.unembedded.embed(
        "handbook", dict(zip(waiting, EMBEDDER.embed_passages(texts), strict=True))
    )

    assert index.unembedded.counts() == {}
    assert index.unembedded.digests("handbook") == []
    assert len(index.embeddings([passage.digest for passage in stored])) == 2
    assert find(index, "How long is leave?") == []
    anna = Principal.of(EVERYONE, "user:anna@example.com")
    hits = find(index, "How long is leave?", reader=anna)
    assert {(hit.acl, hit.revision, hit.owner) for hit in hits} == {
        (secret, "2", "ben@example.com")
    }


def test_an_embedding_of_what_left_or_changed_meanwhile_is_dropped(index: PassageIndex) -> None:
    put_words(index, passages("leave", "Leave is thirty days."))
    put_words(index, passages("travel", "Trains are booked a week ahead."))
    digests = index.unembedded.digests("handbook")
    index.remove("handbook", ["travel"])
    put_words(index, passages("leave", "Leave is forty days.", revision="2"))
    late = dict.fromkeys(digests, EMBEDDER.embed_passages(["Leave is thirty days."])[0])
    index.unembedded.embed("handbook", late)

    assert index.unembedded.counts() == {"handbook": 1}
    assert [passage.text for passage in find(index, "leave forty days")] == ["Leave is forty days."]


def test_the_passages_of_the_newest_pages_wait_first(index: PassageIndex) -> None:
    dated = {"old": date(2020, 1, 1), "new": date(2026, 1, 1), "undated": None}
    for page, updated in dated.items():
        (passage,) = passages(page, f"The {page} rule.")
        put_words(index, [replace(passage, updated=updated)])
    page_of = {passage.digest: passage.page for passage in find(index, "rule")}

    assert [page_of[digest] for digest in index.unembedded.digests("handbook")] == [
        *("new", "old", "undated")
    ]
