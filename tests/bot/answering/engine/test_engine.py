"""The answer path: its LlamaIndex retriever and engines, its steps, and the events of these."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.bridge.pydantic import Field
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.instrumentation.events.base import BaseEvent
from llama_index.core.schema import MetadataMode, NodeWithScore

from footnote_bot.bot.answering.engine.engines import (
    FootnoteChatEngine,
    FootnoteQueryEngine,
    FootnoteResponse,
)
from footnote_bot.bot.answering.engine.events import RecheckEvent, VerificationEvent
from footnote_bot.bot.answering.engine.nodes import nodes_of
from footnote_bot.bot.answering.llm.prompt import Prompt
from footnote_bot.bot.answering.retrieval.retrieval import FoundPage
from footnote_bot.bot.model import Answer, NoAnswer, Question
from footnote_bot.indexers.model import EVERYONE, Acl, LivePages, Principal
from tests.bot.answering.composing.test_composer import ScriptedModel, composer
from tests.fakes.confidence import SURE
from tests.fakes.defaults import Answerer, Recheck
from tests.fakes.live_wikis import Standing
from tests.fakes.passages import passages
from tests.fakes.retrieval import retrieval_over
from tests.fakes.wiki import by_section

ANYONE = Principal.of(EVERYONE)
ADA = Principal.of(EVERYONE, "user:ada")
ASKED = "How long is leave?"
WIKI = [
    *passages("leave", "How long is leave? Leave is thirty days long.", "Leave is paid."),
    *passages("secret", "Secret leave is longer.", acl=Acl.of(["user:ada"])),
    *passages("travel", "Travel comes before leave."),
]


def answerer(wiki: Standing | None = None, **parts: Any) -> Answerer:
    recheck = Recheck({"handbook": wiki}, lambda _: None, by_section) if wiki else None
    return Answerer(retrieval_over(WIKI), SURE, recheck=recheck, **parts)


def engine(wiki: Standing | None = None, **parts: Any) -> FootnoteQueryEngine:
    return FootnoteQueryEngine(answerer(wiki, **parts).pipeline(ANYONE))


class EventRecorder(BaseEventHandler):
    """Records the events that it receives."""

    events: list[BaseEvent] = Field(default_factory=list)

    @classmethod
    def class_name(cls) -> str:
        return "EventRecorder"

    def handle(self, event: BaseEvent, **_: Any) -> None:
        self.events.append(event)


@pytest.fixture
def recorder() -> Iterator[EventRecorder]:
    root, handler = get_dispatcher(), EventRecorder()
    before = list(root.event_handlers)
    root.add_event_handler(handler)
    yield handler
    root.event_handlers[:] = before


def pages(nodes: list[NodeWithScore]) -> list[str]:
    return list(dict.fromkeys(node.node.metadata["page"] for node in nodes))


async def test_a_retriever_brings_what_its_reader_may_read_and_what_stands_now() -> None:
    everyone = answerer(Standing("travel")).retriever(ANYONE, limit=5)
    ada = answerer(Standing()).retriever(ADA, limit=5)

    assert pages(everyone.retrieve(ASKED)) == ["leave"]
    assert set(pages(await ada.aretrieve(ASKED))) == {"leave", "secret", "travel"}


def test_the_page_that_replaces_a_fallen_page_is_checked_too() -> None:
    wiki = Standing("leave")
    nodes = answerer(wiki).retriever(ADA, limit=2).retrieve(ASKED)
    looked_at = {page for request in wiki.asked for page in request}

    assert set(pages(nodes)) == {"secret", "travel"}
    assert looked_at >= {"leave", "secret", "travel"}


def test_the_best_node_s_score_is_the_chance_that_it_answers() -> None:
    pieces = answerer()
    nodes = pieces.retriever(ANYONE, limit=3).retrieve(ASKED)
    result = pieces.answer(Question(ASKED, ANYONE))
    scores = [node.get_score() for node in nodes]

    assert scores[0] == pytest.approx(result.confidence, abs=1e-5)
    assert scores == sorted(scores, reverse=True)


def test_a_prompt_holds_title_and_text_and_no_key_or_address() -> None:
    node = answerer().retriever(ANYONE, limit=1).retrieve(ASKED)[0].node
    for mode in (MetadataMode.LLM, MetadataMode.EMBED):
        content = node.get_content(mode)

        assert "title: Leave" in content
        assert "thirty days" in content
        assert not any(f"{key}:" in content for key in ("wiki", "page", "url", "language"))


def test_nobody_else_s_question_is_answered() -> None:
    with pytest.raises(ValueError, match="another reader"):
        answerer().pipeline(ANYONE).answer(Question(ASKED, ADA))


async def test_the_response_carries_the_answer_and_names_only_what_it_cites() -> None:
    response = await engine(Standing()).aquery(ASKED)

    assert isinstance(response, FootnoteResponse)
    assert isinstance(response.result, Answer)
    assert str(response) == response.result.text
    assert set(pages(response.source_nodes)) == {source.page for source in response.result.sources}
    best = max(node.get_score() for node in response.source_nodes)
    assert best == pytest.approx(response.result.confidence, abs=1e-5)


def test_the_passage_that_is_shown_is_the_source_node() -> None:
    response = engine(Standing()).query(ASKED)

    assert isinstance(response, FootnoteResponse)
    assert isinstance(response.result, Answer)
    (node,) = response.source_nodes
    assert response.result.sources[0].quote in node.text


def test_a_page_that_fell_is_in_no_part_of_the_response() -> None:
    response = engine(Standing("leave")).query(ASKED)

    assert "thirty" not in repr(response)


def test_a_chat_engine_remembers_what_was_said() -> None:
    chat = FootnoteChatEngine(answerer().pipeline(ANYONE))
    first = chat.chat(ASKED)
    followed = "".join(chat.stream_chat("And is it paid?").response_gen)

    assert "thirty days" in str(first)
    assert "Leave is paid." in followed
    assert [message.content for message in chat.chat_history][::2] == [ASKED, "And is it paid?"]
    chat.reset()
    assert chat.chat_history == []
    chat.chat("And is it paid?", [ChatMessage(content=ASKED, role="user")])
    assert len(chat.chat_history) == 3


def test_who_listens_hears_of_the_recheck(recorder: EventRecorder) -> None:
    engine(Standing("leave")).query(ASKED)
    looks = [event for event in recorder.events if isinstance(event, RecheckEvent)]

    assert looks[-1].fell == 1
    assert looks[-1].stand >= 1
    for event in recorder.events:
        assert event.model_dump_json()


def test_who_listens_hears_what_became_of_a_model_s_sentences(recorder: EventRecorder) -> None:
    model = ScriptedModel("Leave is thirty days long [1]. Leave is ninety days long [1].")
    engine(composer=composer(model)).query(ASKED)
    (event,) = [event for event in recorder.events if isinstance(event, VerificationEvent)]

    assert (event.unclear, sum(event.dropped.values())) == (1, 1)


def test_computing_steps_take_turns_and_waiting_steps_hold_none() -> None:
    steps: list[str] = []

    class Turns:
        def __enter__(self) -> None:
            steps.append("begun")

        def __exit__(self, *_: object) -> None:
            steps.append("over")

    class Rechecked(Standing):
        def current(self, cited: Mapping[str, str], seconds: float) -> LivePages:
            steps.append("rechecked")
            return super().current(cited, seconds)

    class Writing(ScriptedModel):
        def write(self, prompt: Prompt) -> Iterator[str]:
            steps.append("written")
            return super().write(prompt)

    def read(_: Question, pages: Sequence[FoundPage]) -> tuple[FoundPage, ...]:
        steps.append("read")
        return tuple(pages)

    model = Writing("Leave is thirty days long [1].")
    for composing in (None, composer(model)):
        observed = answerer(Rechecked(), composer=composing, rerank=read, turns=Turns())
        observed.pipeline(ANYONE).answer(Question(ASKED, ANYONE))

    searched, computed = ["begun", "read", "over"], ["begun", "over"]
    quoted = [*searched, *computed, "rechecked"]
    composed = [*searched, "rechecked", *computed, "written"]
    assert steps == [*quoted, *composed]


def test_nothing_of_a_question_or_a_page_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    for text in (ASKED, "quantum zebra"):
        result, _ = answerer(Standing("travel")).pipeline(ANYONE).answer(Question(text, ANYONE))
        assert isinstance(result, Answer | NoAnswer)

    assert "leave" not in caplog.text.casefold()
    assert "zebra" not in caplog.text.casefold()


def test_nodes_are_the_same_on_every_look() -> None:
    retrieved = retrieval_over(WIKI)(Question(ASKED, ADA)).pages

    assert [node.node.node_id for node in nodes_of(retrieved)] == [
        str(hit.passage.id) for page in retrieved for hit in page.hits
    ]
