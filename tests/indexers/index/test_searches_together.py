"""Several searches at once find the same passages with the same scores as one by one, to the last
bit."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, cast

import pytest
from qdrant_client import QdrantClient

from footnote_bot.bot.answering.retrieval.retrieval import Retrieval
from footnote_bot.bot.model import Question, Role, Turn
from footnote_bot.indexers.index.edge import EdgeIndex
from footnote_bot.indexers.index.embeddings import pack
from footnote_bot.indexers.index.passages import StoredPassages
from footnote_bot.indexers.index.server import Server, ServerIndex
from footnote_bot.indexers.model import EVERYONE, Acl, Hit, Passage, Principal
from footnote_bot.indexers.ports import Embedding, IndexQuery
from tests.fakes.embedding import WordEmbedder

EMBEDDER = WordEmbedder()
WORDS = "leave laptop travel office salary pension holiday badge meeting printer".split()  # noqa: SIM905 - read as words
PAGES = 120
ANN = Principal.of(EVERYONE, "group:staff")
GUEST = Principal.of(EVERYONE)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoredPassages]:
    folder = tmp_path_factory.mktemp("index") / "passages"
    with EdgeIndex.open(folder, dimensions=EMBEDDER.dimensions) as opened:
        fill(opened)
        yield opened


def fill(index: StoredPassages) -> None:
    """Write pages of random words. Some repeat the same text, some are closed to guests, and some
    wait for their embedding."""
    chance = random.Random(7)  # noqa: S311 - the same pages in every run
    for page in range(PAGES):
        acl = Acl.of({"group:staff"}) if page % 5 == 0 else Acl.of({EVERYONE})
        texts = [" ".join(chance.choices(WORDS, k=12)) for _ in range(3)]
        if page % 40 == 0:
            texts[0] = "leave of the office"
        passages = [
            Passage("handbook", f"p{page}", "1", at, f"Page {page}", (), "", text, text, acl)
            for at, text in enumerate(texts)
        ]
        wholes = [embedding.whole for embedding in EMBEDDER.embed_passages(texts)]
        halves = [EMBEDDER.embed_question(" ".join(text.split()[:6])) for text in texts]
        embeddings = [
            Embedding(()) if page % 11 == 0 else Embedding(whole, pack([half, whole]))
            for whole, half in zip(wholes, halves, strict=True)
        ]
        index.replace(passages, embeddings)


def queries(seed: int) -> list[IndexQuery]:
    """Return the queries of a follow-up: the same question with several others. The last has no
    vector, as in an index of another model."""
    chance = random.Random(seed)  # noqa: S311 - the same in every run
    question = " ".join(chance.choices(WORDS, k=3))
    texts = [question, *(f"{word} {question}" for word in chance.sample(WORDS, 3)), WORDS[seed]]
    return [
        *(IndexQuery(text, EMBEDDER.embed_question(text)) for text in texts),
        IndexQuery(question, ()),
    ]


class OneByOne:
    """An index that searches for several queries one after another."""

    def __init__(self, index: StoredPassages) -> None:
        self._index = index

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def search(self, queries: Sequence[IndexQuery], **options: Any) -> list[list[Hit]]:
        return [hits for query in queries for hits in self._index.search([query], **options)]


def untied(hits: list[Hit]) -> list[Hit]:
    """Return the hits without those that tie for last place: which of them are found varies."""
    return [hit for hit in hits if hit.score > hits[-1].score]


@pytest.mark.parametrize("reader", [ANN, GUEST])
@pytest.mark.parametrize("seed", range(8))
def test_searches_together_find_what_they_find_alone(
    index: StoredPassages, reader: Principal, seed: int
) -> None:
    index_queries = queries(seed)

    together = index.search(index_queries, reader=reader, limit=20)

    alone = OneByOne(index).search(index_queries, reader=reader, limit=20)
    assert [[hit.score for hit in hits] for hits in together] == [
        [hit.score for hit in hits] for hits in alone
    ]
    assert list(map(untied, together)) == list(map(untied, alone))
    assert all(hits for hits in together)
    assert all(hit.passage.acl.admits(reader) for hits in together for hit in hits)


@pytest.mark.parametrize("text", ["And the badge?", "How long is leave, and who has the laptop?"])
def test_a_follow_up_finds_what_its_searches_find_one_by_one(
    index: StoredPassages, text: str
) -> None:
    history = (
        Turn(Role.ASKER, "Where is the travel office?"),
        Turn(Role.ASKER, "Who pays the pension?"),
        Turn(Role.BOT, "The salary office pays the pension each month."),
    )
    question = Question(text, ANN, history=history)

    together, alone = (
        Retrieval(searched, EMBEDDER, clock=lambda: 0.0)(question)
        for searched in (index, cast("StoredPassages", OneByOne(index)))
    )

    assert together == alone
    assert len(together.pages) > 20


def test_an_old_version_is_in_none_of_them(index: StoredPassages) -> None:
    """Every search finds the new version, and none finds the replaced one."""
    text = "zanzibar leave"
    for revision in ("1", "2"):
        passage = Passage(
            "handbook", "news", revision, 0, "News", (), "", text, text, Acl.of({EVERYONE})
        )
        index.replace([passage], EMBEDDER.embed_passages([text]))
    index_queries = [
        IndexQuery(words, EMBEDDER.embed_question(words)) for words in ("zanzibar", text)
    ]

    together = index.search(index_queries, reader=GUEST, limit=10)

    assert [
        [h.passage.revision for h in hits if h.passage.page == "news"] for hits in together
    ] == [
        ["2"],
        ["2"],
    ]
    index.remove("handbook", ["news"])


@pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning")
def test_a_server_is_asked_once_for_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    client = QdrantClient(":memory:")
    server = Server("https://qdrant.example.com", client=client)
    index = ServerIndex.open(server, collection="all", dimensions=EMBEDDER.dimensions)
    fill(index)
    batches: list[int] = []
    query = client.query_batch_points

    def counted(name: str, requests: Sequence[Any], **options: Any) -> Any:
        batches.append(len(requests))
        return query(name, requests, **options)

    monkeypatch.setattr(client, "query_batch_points", counted)
    index_queries = queries(0)[:5]
    together = index.search(index_queries, reader=ANN, limit=10)

    assert batches == [len(index_queries)]
    alone = OneByOne(index).search(index_queries, reader=ANN, limit=10)
    for hits, expected in zip(together, alone, strict=True):
        # In memory, the last bit of a score differs from one search to the next.
        scores = [hit.score for hit in expected]
        assert [hit.score for hit in hits] == pytest.approx(scores)
        assert hits[0].passage == expected[0].passage
    index.close()


def test_nobody_finds_a_passage_that_is_closed_to_them(index: StoredPassages) -> None:
    nobody = Principal.of()

    assert index.search(queries(0), reader=nobody, limit=10) == [[]] * len(queries(0))
    assert index.search([], reader=ANN, limit=10) == []
