"""Footnote's search inside LlamaIndex."""

from __future__ import annotations

from footnote_bot.indexers.model import EVERYONE, Acl, Principal
from tests.fakes.passages import passages
from tests.fakes.retrieval import retrieval_over


def test_llama_index_searches_with_its_reader_s_rights() -> None:
    # LlamaIndex takes three seconds to import, and no other test needs it.
    from llama_index.core.llms import MockLLM
    from llama_index.core.query_engine import RetrieverQueryEngine

    from footnote_bot.bot.answering.engine.retriever import ConfirmedRetriever, FootnoteRetriever

    search = retrieval_over(
        [
            *passages("leave", "Leave is thirty days long.", "Leave is paid."),
            *passages("secret", "Secret leave is longer.", acl=Acl.of(["group:board"])),
            *passages("travel", "Travel is far."),
        ]
    )
    everyone = FootnoteRetriever(search, reader=Principal.of(EVERYONE))
    board = ConfirmedRetriever(
        search,
        reader=Principal.of(EVERYONE, "group:board"),
        limit=2,
        recheck=None,
        chance=lambda _, __: 0.5,
    )
    nodes = everyone.retrieve("How long is secret leave?")

    assert {node.metadata["page"] for node in nodes} == {"leave", "travel"}
    assert nodes[0].text == "Leave is thirty days long."
    assert nodes[0].metadata["url"] == "https://wiki.example.com/leave"
    assert nodes[0].node_id == str(passages("leave", "x")[0].id)
    assert len(board.retrieve("secret leave")) == 2
    assert board.retrieve("secret leave")[0].metadata["page"] == "secret"

    engine = RetrieverQueryEngine.from_args(everyone, llm=MockLLM())
    response = engine.query("How long is secret leave?")

    assert "Leave is thirty days long." in str(response)
    assert "longer" not in str(response)
    assert {node.metadata["page"] for node in response.source_nodes} == {"leave", "travel"}
