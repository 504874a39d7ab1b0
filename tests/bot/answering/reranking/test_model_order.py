"""A language model orders passages, and sees only passages whose pages were rechecked before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.answering.engine.nodes import nodes_of, pages_of
from bot.answering.engine.postprocessors import ModelRerank
from bot.answering.engine.query import FootnoteQuery
from bot.answering.reranking.model_order import ModelOrder
from bot.answering.reranking.reranking import Reranking
from bot.model import Answer, Question
from indexers.model import EVERYONE, OPEN, Acl, Page, Passage, Principal, Section
from indexers.ports import LiveWiki
from tests.fakes.confidence import SURE
from tests.fakes.defaults import Answerer, Recheck
from tests.fakes.live_wikis import Standing, Unavailable
from tests.fakes.passages import passages
from tests.fakes.retrieval import TickingClock, retrieval_over
from tests.fakes.wiki import by_section

STAFF = Acl.of(["group:staff"])
ADA = Principal.of(EVERYONE, "group:staff")
LEAVE = Question("How long is leave?", ADA)
WIKI = [
    replace(passage, acl=STAFF)
    for passage in [
        *passages("leave", "How long is leave? Leave is thirty days long.", wiki="conf"),
        *passages("holidays", "Leave is long on holidays.", wiki="conf"),
        *passages("travel", "How travel is booked before leave.", wiki="conf"),
    ]
]
REDACTED = Page(
    "conf", "leave", "leave", "https://wiki.example.com/leave", "2", OPEN,
    (Section((), "", "How long is leave? It is not said any more."),),
)  # fmt: skip


class Model:
    """Puts passages that contain ``first`` first; records the passages that it was shown."""

    def __init__(self, first: str = "holidays") -> None:
        self.first = first
        self.shown: list[list[str]] = []

    def __call__(self, question: Question, candidates: Sequence[Passage]) -> list[float]:
        self.shown.append([passage.text for passage in candidates])
        return [float(self.first in passage.text) for passage in candidates]


def answerer(model: Model, wiki: LiveWiki) -> Answerer:
    return Answerer(
        retrieval_over(WIKI),
        SURE,
        recheck=Recheck({"conf": wiki}, lambda _: None, by_section, seconds=5),
        order=ModelOrder(Reranking(model, seconds=5)),
        clock=TickingClock(),
    )


def test_the_page_that_the_model_puts_first_is_quoted_first() -> None:
    model = Model()
    result = answerer(model, Standing()).answer(LEAVE)

    assert isinstance(result, Answer)
    assert result.sources[0].page == "holidays"
    assert len(model.shown) == 1


@pytest.mark.parametrize(
    "wiki",
    [
        Standing("leave"),
        Standing(narrowed={"leave": Acl.of(["group:board"])}),
        Standing(edited={"leave": REDACTED}),
        Standing(edited={"leave": None}),
        Standing(untold=frozenset({"leave"})),
        Unavailable(),
    ],
    ids=["gone", "closed", "redacted", "edited", "untold", "silent"],
)
def test_it_is_never_shown_what_its_wiki_does_not_confirm(wiki: LiveWiki) -> None:
    model = Model()
    result = answerer(model, wiki).answer(LEAVE)

    assert "thirty" not in repr(model.shown)
    assert "thirty" not in result.text


def test_if_a_page_falls_after_the_ordering_the_others_keep_their_order() -> None:
    """The model is not called again, because each call costs money."""
    model = Model("travel")
    order = ModelRerank(ModelOrder(Reranking(model, seconds=5)))
    query = FootnoteQuery.of(LEAVE)
    nodes = nodes_of(retrieval_over(WIKI)(LEAVE).pages)
    first = order.postprocess_nodes(nodes, query)
    remaining = [node for node in nodes if node.node.metadata["page"] != "holidays"]
    second = order.postprocess_nodes(remaining, query)

    assert [nodes[0].node.metadata["page"] for nodes in (first, second)] == ["travel", "travel"]
    assert "holidays" not in {page.page for page in pages_of(second)}
    assert len(model.shown) == 1


def test_quotations_are_put_in_order_by_no_model() -> None:
    model = Model()
    answerer(model, Standing()).answer(replace(LEAVE, quoting=True))

    assert model.shown == []
