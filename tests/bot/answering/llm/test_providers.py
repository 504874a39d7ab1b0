"""Each provider with its own library and API, on loopback: requests, responses and failures."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace

import pytest

from footnote_bot.bot.answering.llm.llama_client import LlamaClient
from footnote_bot.bot.answering.llm.model_client import (
    CutShort,
    ModelBusy,
    ModelFailed,
    RetryingModel,
)
from footnote_bot.bot.answering.llm.prompt import Prompt
from footnote_bot.bot.answering.llm.providers import model_client_of
from footnote_bot.bot.errors import ModelMisconfigured
from footnote_bot.config.llm import LlmSettings
from tests.fakes.anthropic_server import anthropic_server
from tests.fakes.openai_server import Reply, openai_server

PROMPT = Prompt("Be brief.", "How long is leave?", (), 10)
PIECES = ["Leave is ", "30 days", " long [1]."]
LEAVE = Reply(PIECES)


def openai(url: str, model: str = "deployment-7") -> LlamaClient:
    return model_client_of(LlmSettings(provider="openai", model=model, url=url), "k-secret")


def refusing(parameter: str, message: str) -> Reply:
    """Return a 400 as OpenAI words it."""
    code = "unsupported_parameter" if parameter == "max_tokens" else "unsupported_value"
    error = {"message": message, "type": "invalid_request_error", "param": parameter, "code": code}
    return Reply(status=400, raw=json.dumps({"error": error}).encode())


NO_MAX_TOKENS = refusing(
    "max_tokens",
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
    "'max_completion_tokens' instead.",
)
NO_TEMPERATURE = refusing(
    "temperature",
    "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) "
    "value is supported.",
)


def test_a_model_that_thinks_is_asked_as_it_wants_to_be_and_that_is_remembered() -> None:
    with openai_server(NO_MAX_TOKENS, NO_TEMPERATURE, LEAVE, LEAVE) as server:
        client = openai(server.url)
        answers = [list(client.write(PROMPT)) for _ in range(2)]

    assert answers == [PIECES, PIECES]
    manners = [
        {name: sent[name] for name in ("max_tokens", "max_completion_tokens", "temperature")
         if name in sent}
        for sent in server.asked
    ]  # fmt: skip
    assert manners == [
        {"max_tokens": 800, "temperature": 0.0},
        {"max_completion_tokens": 800, "temperature": 0.0},
        {"max_completion_tokens": 800, "temperature": 1.0},
        {"max_completion_tokens": 800, "temperature": 1.0},
    ]


def test_a_model_that_is_known_to_think_is_asked_so_at_once() -> None:
    with openai_server(LEAVE) as server:
        short = replace(PROMPT, max_tokens=80)
        assert list(openai(server.url, "o4-mini").write(short)) == PIECES

    (sent,) = server.asked
    assert (sent["max_completion_tokens"], sent["temperature"]) == (800, 1.0)
    assert "max_tokens" not in sent


@pytest.mark.parametrize("refused", [NO_MAX_TOKENS, NO_TEMPERATURE])
def test_what_is_refused_again_is_not_asked_a_third_time(refused: Reply) -> None:
    with openai_server(refused, refused, LEAVE) as server:
        with pytest.raises(ModelFailed, match="it answered 400"):
            list(openai(server.url).write(PROMPT))
        assert len(server.asked) == 2


def test_a_length_that_is_too_long_is_a_failure_and_not_another_manner() -> None:
    too_long = refusing("max_tokens", "max_tokens is too large: 800. At most 100 are possible.")
    with openai_server(too_long, LEAVE) as server:
        with pytest.raises(ModelFailed, match="it answered 400"):
            list(openai(server.url).write(PROMPT))
        assert len(server.asked) == 1


def test_a_short_answer_is_bounded_but_where_thoughts_count() -> None:
    short = replace(PROMPT, max_tokens=80)
    with openai_server(LEAVE, NO_MAX_TOKENS, LEAVE) as server:
        client = openai(server.url)
        for _ in range(2):
            list(client.write(short))

    assert [sent.get("max_tokens") for sent in server.asked] == [80, 80, None]
    assert server.asked[2]["max_completion_tokens"] == 800


def anthropic(url: str, seconds: float = 20.0) -> LlamaClient:
    return model_client_of(
        LlmSettings(provider="anthropic", model="claude-sonnet-4-5", url=url, seconds=seconds),
        "k-secret",
    )


def patient(url: str) -> RetryingModel:
    return RetryingModel(anthropic(url), seconds=10.0, attempts=3, at_once=4, chance=lambda: 0.0)


HAIKU = Reply(PIECES, ending="end_turn")


def test_anthropic_answers_in_the_pieces_that_were_sent() -> None:
    with anthropic_server(HAIKU) as server:
        assert list(anthropic(server.root).write(replace(PROMPT, max_tokens=80))) == PIECES

    (sent,) = server.asked
    assert server.keys == ["k-secret"]
    assert (sent["model"], sent["max_tokens"], sent["stream"]) == ("claude-sonnet-4-5", 80, True)
    assert sent["temperature"] == 0.0
    assert "Be brief." in json.dumps(sent["system"])
    (message,) = sent["messages"]
    assert message["role"] == "user"
    assert "How long is leave?" in json.dumps(message["content"])


@pytest.mark.parametrize("status", [429, 500, 529])
def test_anthropic_is_asked_again_where_it_may_pass(status: int) -> None:
    busy = Reply(status=status, headers={"Retry-After": "0.3"})
    with anthropic_server(busy, HAIKU) as server:
        began = time.monotonic()
        assert list(patient(server.root).write(PROMPT)) == PIECES

        assert len(server.asked) == 2
        assert time.monotonic() - began >= 0.3


def test_anthropic_is_not_asked_again_where_it_will_not_pass() -> None:
    with anthropic_server(Reply(status=401), HAIKU) as server:
        with pytest.raises(ModelFailed, match="it answered 401"):
            list(patient(server.root).write(PROMPT))
        assert len(server.asked) == 1


@pytest.mark.parametrize("ending", ["", "overloaded_error"])
def test_a_stream_of_anthropic_s_that_breaks_is_no_answer(ending: str) -> None:
    with (
        anthropic_server(Reply(["Leave is "], ending=ending)) as server,
        pytest.raises(ModelBusy, match=r"broke off|mid-answer"),
    ):
        list(anthropic(server.root).write(PROMPT))


def test_a_stream_of_anthropic_s_that_breaks_before_a_word_is_begun_again() -> None:
    with anthropic_server(Reply(ending="overloaded_error"), Reply(ending=""), HAIKU) as server:
        assert list(patient(server.root).write(PROMPT)) == PIECES


def test_anthropic_s_key_and_the_pages_go_to_no_other_host() -> None:
    with anthropic_server(HAIKU) as target:
        moved = Reply(status=307, headers={"Location": f"{target.root}/v1/messages"})
        with anthropic_server(moved) as server, pytest.raises(ModelFailed, match="answered 307"):
            list(anthropic(server.root).write(PROMPT))

        assert not target.asked


def test_an_answer_of_anthropic_s_may_be_too_long_or_refused() -> None:
    with anthropic_server(
        Reply(["Leave is"], ending="max_tokens"), Reply([], ending="refusal")
    ) as server:
        client = anthropic(server.root)
        with pytest.raises(CutShort):
            list(client.write(PROMPT))
        with pytest.raises(ModelFailed, match="filter"):
            list(client.write(PROMPT))


def test_silence_of_anthropic_s_ends_a_request() -> None:
    with (
        anthropic_server(Reply(["Leave"], pause=30.0)) as server,
        pytest.raises(ModelBusy, match="does not answer in time"),
    ):
        list(anthropic(server.root, seconds=0.3).write(PROMPT))


def test_a_claude_that_takes_only_temperature_1_is_asked_with_it() -> None:
    message = "`temperature` may only be set to 1 for this model."
    body = {"type": "error", "error": {"type": "invalid_request_error", "message": message}}
    refused = Reply(status=400, raw=json.dumps(body).encode())
    with anthropic_server(refused, HAIKU) as server:
        assert list(anthropic(server.root).write(PROMPT)) == PIECES

    assert [sent["temperature"] for sent in server.asked] == [0.0, 1.0]


def ollama(url: str) -> LlamaClient:
    return model_client_of(LlmSettings(provider="ollama", model="llama3.2", url=url))


def ollama_chunk(delta: dict[str, str], ending: str | None) -> str:
    """Return a chunk as Ollama's OpenAI-compatible endpoint writes it."""
    chunk = {
        "id": "chatcmpl-278",
        "object": "chat.completion.chunk",
        "created": 1764000000,
        "model": "llama3.2",
        "system_fingerprint": "fp_ollama",
        "choices": [{"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": ending}],
    }
    return f"data: {json.dumps(chunk)}\n\n"


def test_ollama_needs_no_key_and_its_thoughts_are_no_answer() -> None:
    body = "".join(
        [
            ollama_chunk({"content": "", "reasoning": "They ask for leave."}, None),
            *(ollama_chunk({"content": piece}, None) for piece in PIECES),
            ollama_chunk({"content": ""}, "stop"),
            "data: [DONE]\n\n",
        ]
    )
    with openai_server(Reply(raw=body.encode())) as server:
        assert list(ollama(server.url).write(PROMPT)) == PIECES

    assert (server.asked[0]["model"], server.asked[0]["max_tokens"]) == ("llama3.2", 800)


def test_a_model_that_ollama_has_not_pulled_is_a_failure() -> None:
    error = {"message": 'model "llama3.2" not found, try pulling it first', "type": "not_found"}
    body = json.dumps({"error": {**error, "param": None, "code": None}}).encode()
    with (
        openai_server(Reply(status=404, raw=body)) as server,
        pytest.raises(ModelFailed, match="it answered 404"),
    ):
        list(ollama(server.url).write(PROMPT))


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llama_index.llms.anthropic", None)

    with pytest.raises(ModelMisconfigured, match=r"footnote-bot\[anthropic\]"):
        model_client_of(LlmSettings(provider="anthropic", model="small"), "k")
