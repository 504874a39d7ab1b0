"""Pages may change between the search and the fetch of neighbouring passages. Nobody is shown a
passage they may not read, and passages of different pages or revisions are never joined."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.answering.engine.engines import FootnoteQueryEngine
from footnote_bot.bot.answering.retrieval.neighbours import with_neighbours
from footnote_bot.bot.answering.retrieval.retrieval import Retrieval
from footnote_bot.bot.model import Question
from footnote_bot.indexers.model import EVERYONE, NOBODY, OPEN, Acl, Passage, Principal, Reader
from footnote_bot.indexers.ports import PassageRef
from tests.fakes.confidence import always
from tests.fakes.defaults import Answerer, Recheck
from tests.fakes.embedding import WordEmbedder
from tests.fakes.index import ListIndex
from tests.fakes.live_wikis import Standing
from tests.fakes.passages import passages
from tests.fakes.wiki import by_section

BOARD = Acl.of(["group:board"])
READERS = (Principal.of(EVERYONE), Principal.of(EVERYONE, "group:board"))
PAGES = ("leave", "travel")
EMBEDDER = WordEmbedder()
ASKED = "How long is leave?"


def put(index: ListIndex, new_passages: list[Passage]) -> None:
    index.replace(
        new_passages, EMBEDDER.embed_passages([passage.embedded for passage in new_passages])
    )


def word_of(page: str, revision: str, number: int) -> str:
    """Return a word that occurs in one passage only."""
    return f"{page}{revision}{number}x"


@dataclass(frozen=True)
class Event:
    """A change of a page after the search, in the wiki and perhaps in the index."""

    page: str
    kind: str
    acl: Acl
    reaches_index: bool
    """Whether the index learns of it. The wiki always knows."""

    def happen(self, index: ListIndex) -> None:
        if not self.reaches_index:
            return
        if self.kind == "removed":
            index.remove("handbook", [self.page])
        elif self.kind == "relabelled":
            index.relabel("handbook", self.page, "2", self.acl)
        else:
            put(index, passages_of(self.page, 4, "2", self.acl))


def passages_of(page: str, count: int, revision: str, acl: Acl) -> list[Passage]:
    texts = [f"- Leave is {word_of(page, revision, n)} long." for n in range(count)]
    return passages(page, *texts, revision=revision, acl=acl)


class Changing(ListIndex):
    """An index that changes just before neighbours are fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], None] = lambda: None

    def passages(self, places: Collection[PassageRef], *, reader: Reader) -> list[Passage]:
        self.meanwhile()
        return super().passages(places, reader=reader)


ACLS = st.sampled_from([OPEN, BOARD, NOBODY])
EVENTS = st.lists(
    st.builds(
        Event,
        st.sampled_from(PAGES),
        st.sampled_from(["removed", "relabelled", "rewritten"]),
        ACLS,
        st.booleans(),
    ),
    max_size=2,
    unique_by=lambda event: event.page,
)
WORLDS = st.fixed_dictionaries({page: st.tuples(st.integers(1, 5), ACLS) for page in PAGES})


def index_of(world: dict[str, tuple[int, Acl]], events: list[Event]) -> Changing:
    index = Changing()
    for page, (count, acl) in world.items():
        put(index, passages_of(page, count, "1", acl))

    def meanwhile() -> None:
        for event in events:
            event.happen(index)

    index.meanwhile = meanwhile
    return index


@given(WORLDS, EVENTS, st.sampled_from(READERS), st.integers(1, 3))
def test_neighbours_may_be_read_and_belong_to_the_page_and_revision_of_a_hit(
    world: dict[str, tuple[int, Acl]], events: list[Event], reader: Principal, best: int
) -> None:
    index = index_of(world, events)
    pages = Retrieval(index, EMBEDDER)(Question(ASKED, reader)).pages
    before = {hit.passage for page in pages for hit in page.hits}
    around = with_neighbours(pages, index, reader, best=best)
    neighbours = [hit.passage for page in around for hit in page.hits if hit.beside]

    for passage in neighbours:
        page = index.page(passage.wiki, passage.page)
        assert page is not None
        assert page.acl.admits(reader)
        assert passage.acl.admits(reader)
        assert any(
            (hit.page, hit.revision, hit.acl) == (passage.page, passage.revision, passage.acl)
            and abs(hit.ordinal - passage.ordinal) == 1
            for hit in before
        )


@given(WORLDS, EVENTS, st.sampled_from(READERS), st.sampled_from([9.0, 0.0, -9.0]))
def test_no_output_has_a_word_of_a_page_that_was_closed_meanwhile(
    world: dict[str, tuple[int, Acl]], events: list[Event], reader: Principal, bias: float
) -> None:
    index = index_of(world, events)
    gone = [event.page for event in events if event.kind != "relabelled"]
    narrowed = {event.page: event.acl for event in events if event.kind == "relabelled"}
    now = {page: acl for page, (_, acl) in world.items()} | narrowed
    wiki = Standing(*gone, narrowed=now)
    answering = Answerer(
        Retrieval(index, EMBEDDER),
        always(bias),
        recheck=Recheck({"handbook": wiki}, lambda _: None, by_section),
    )
    output = repr(answering.answer(Question(ASKED, reader)))
    # What another application receives, as docs/llamaindex.md describes.
    sources = answering.retriever(reader, limit=9).retrieve(ASKED)
    response = FootnoteQueryEngine(answering.pipeline(reader)).query(ASKED)
    nodes = [*sources, *response.source_nodes]
    output += str(response) + "".join(node.get_content() for node in nodes)

    for page in PAGES:
        if page in gone or not now[page].admits(reader):
            assert not any(
                word_of(page, revision, n) in output for revision in ("1", "2") for n in range(5)
            )
