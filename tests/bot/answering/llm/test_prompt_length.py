"""A prompt that a server refuses as too long is shortened, and later ones are."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from footnote_bot.bot.answering.llm.model_client import ModelFailed
from footnote_bot.bot.answering.llm.prompt import Prompt
from footnote_bot.bot.answering.llm.providers import model_client_of
from footnote_bot.bot.model import Fallback, Question, Role, Turn
from footnote_bot.config.llm import LlmSettings
from footnote_bot.indexers.model import EVERYONE, Hit, Principal
from tests.fakes.defaults import Prompting
from tests.fakes.embedding import WordEmbedder
from tests.fakes.openai_server import Reply, openai_server
from tests.fakes.passages import passages

COUNT = WordEmbedder().count_tokens
READER = Principal.of(EVERYONE)
HITS = [
    Hit(passage, 10.0 - rank, 0.9)
    for rank in range(4)
    for passage in passages(f"page{rank}", f"Leave of kind {rank} is long. " + "word " * 100)
]
LEAVE = Reply(["Leave is long [1]."])


def prompt(**options: Any) -> Prompt:
    question = Question("How long is leave?", READER, **options)
    return Prompting(COUNT, lambda: "k7f3")(question, HITS)


def refusal(error: dict[str, object]) -> Reply:
    return Reply(status=400, raw=json.dumps({"error": error}).encode())


OPENAI = {
    "message": "This model's maximum context length is 700 tokens. However, you requested 900"
    " tokens (800 in the messages, 100 in the completion). Please reduce the length.",
    "type": "invalid_request_error",
    "param": "messages",
    "code": "context_length_exceeded",
}
LLAMA_CPP = {
    "code": 400,
    "message": "the request exceeds the available context size, try increasing it",
    "type": "exceed_context_size_error",
    "n_prompt_tokens": 800,
    "n_ctx": 700,
}
SILENT = {"message": "prompt is too long", "type": "invalid_request_error"}


@pytest.mark.parametrize("error", [OPENAI, LLAMA_CPP, SILENT])
def test_a_prompt_that_is_too_long_is_made_shorter_and_asked_again(
    error: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    with openai_server(refusal(error), LEAVE, LEAVE) as server:
        model = model_client_of(
            LlmSettings(provider="compatible", model="m", url=server.url, max_tokens=100)
        )
        with caplog.at_level(logging.WARNING):
            assert "".join(model.write(prompt())) == "Leave is long [1]."
        again = "".join(model.write(prompt()))

    sent = [request["messages"][1]["content"] for request in server.asked]
    assert sent[0].count("<passage ") == 4
    assert 1 <= sent[1].count("<passage ") < 4
    assert "kind 0" in sent[1], "the best passage stays, as [1]"
    assert "How long is leave?" in sent[1]
    assert "longer than the language model's server takes" in caplog.text
    assert "context_tokens" in caplog.text
    assert "kind 0" not in caplog.text
    assert again == "Leave is long [1]."
    assert sent[2] == sent[1], "the next one fits at once"


def test_a_prompt_that_no_server_takes_gives_quotations_and_the_person_learns_why() -> None:
    with openai_server(*[refusal(SILENT)] * 9) as server:
        model = model_client_of(
            LlmSettings(provider="compatible", model="m", url=server.url, max_tokens=100)
        )
        with pytest.raises(ModelFailed) as raised:
            list(model.write(prompt()))

    assert raised.value.fallback is Fallback.LENGTH
    assert "too long for the language model" in raised.value.fallback.words
    assert len(server.asked) <= 5


def test_an_error_within_the_stream_tells_of_the_length_too() -> None:
    event = {"error": {"message": "the request exceeds the available context size", "code": 400}}
    with openai_server(Reply(raw=f"data: {json.dumps(event)}\n\n".encode()), LEAVE) as server:
        model = model_client_of(
            LlmSettings(provider="compatible", model="m", url=server.url, max_tokens=100)
        )
        assert "".join(model.write(prompt())) == "Leave is long [1]."


def test_the_thread_goes_before_the_last_passage() -> None:
    prompts = [prompt(history=(Turn(Role.ASKER, "word " * 200),))]
    while shorter := prompts[-1].shorter():
        prompts.append(shorter)

    assert [len(each.shown) for each in prompts] == [4, 3, 2, 1, 1]
    assert ["<thread" in each.user for each in prompts] == [True, True, True, True, False]


def test_a_prompt_without_passages_that_is_refused_shortens_no_other() -> None:
    with openai_server(refusal(SILENT), LEAVE) as server:
        model = model_client_of(
            LlmSettings(provider="compatible", model="m", url=server.url, max_tokens=100)
        )
        with pytest.raises(ModelFailed):
            list(model.write(Prompt("", "word " * 100, (), 100)))
        list(model.write(prompt()))

    assert server.asked[1]["messages"][1]["content"].count("<passage ") == 4
