"""The context limit of a server: requested if the server reports it, learned if it refuses."""

from __future__ import annotations

import json
import logging
from functools import partial
from typing import Any

import pytest

from bot.answering.llm.connection import bounded_client, fetch
from bot.answering.llm.context_limit import ContextLimit, Fetch, of_compatible, of_ollama
from bot.answering.llm.model_client import ModelFailed
from bot.answering.llm.prompt import Prompt
from bot.answering.llm.providers import model_client_of
from bot.model import Fallback, Question, Role, Turn
from config.llm import LlmSettings
from indexers.model import EVERYONE, Hit, Principal
from tests.fakes.defaults import Prompting
from tests.fakes.embedding import WordEmbedder
from tests.fakes.openai_server import Handler, Reply, openai_server
from tests.fakes.passages import passages

COUNT = WordEmbedder().count_tokens
READER = Principal.of(EVERYONE)
HITS = [
    Hit(passage, 10.0 - rank, 0.9)
    for rank in range(4)
    for passage in passages(f"page{rank}", f"Leave of kind {rank} is long. " + "word " * 100)
]
LEAVE = Reply(["Leave is long [1]."])


def prompt(room: int | None = None, **options: Any) -> Prompt:
    question = Question("How long is leave?", READER, **options)
    return Prompting(COUNT, lambda: "k7f3", room=lambda: room)(question, HITS)


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
    long = prompt()
    with openai_server(refusal(error), LEAVE) as server:
        model = model_client_of(
            LlmSettings(provider="compatible", model="m", url=server.url, max_tokens=100)
        )
        with caplog.at_level(logging.WARNING):
            assert "".join(model.write(long)) == "Leave is long [1]."

    sent = [request["messages"][1]["content"] for request in server.asked]
    assert sent[0].count("<passage ") == 4
    assert 1 <= sent[1].count("<passage ") < 4
    assert "kind 0" in sent[1], "the best passage stays, as [1]"
    assert "How long is leave?" in sent[1]
    assert "longer than the language model's server takes" in caplog.text
    assert "context_tokens" in caplog.text
    assert "kind 0" not in caplog.text
    room = model.room()
    assert room is not None
    assert room < long.tokens
    assert len(prompt(room).shown) == sent[1].count("<passage "), "the next one fits at once"


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
    long = prompt(history=(Turn(Role.ASKER, "word " * 200),))
    assert long.shorter

    shortest = long.shorter(1)
    assert shortest
    assert len(shortest.shown) == 1
    assert "<thread" not in shortest.user
    assert shortest.shorter
    assert shortest.shorter(1) is None


def fetching(key: str = "") -> Fetch:
    return partial(fetch, bounded_client("", 20.0), key)


def show(**info: object) -> dict[str, object]:
    return {"model_info": {"llama.context_length": 131072}, **info}


LOADED = {"models": [{"name": "llama3.2:latest", "context_length": 8192}]}
SET = 'stop    "<|eot|>"\nnum_ctx                        16384\ntemperature 0.7'


@pytest.mark.parametrize(
    ("information", "limit"),
    [
        ({"/api/ps": LOADED, "/api/show": show()}, 8192),
        ({"/api/ps": {"models": []}, "/api/show": show()}, 4096),
        ({"/api/show": show(parameters=SET)}, 16384),
        ({"/api/show": {"model_info": {"tiny.context_length": 2048}}}, 2048),
        ({"/api/show": {"model_info": [1], "parameters": 7}}, 4096),
        ({"/api/ps": "garbage", "/api/show": ["garbage"]}, None),
        ({}, None),
    ],
)
def test_ollama_tells_what_it_would_cut_off_without_a_word(
    information: dict[str, object], limit: int | None
) -> None:
    with openai_server(information=information) as server:
        assert of_ollama(fetching(), server.url, "llama3.2") == limit


@pytest.mark.parametrize(
    ("information", "limit"),
    [
        ({"/v1/models": {"data": [{"id": "m", "max_model_len": 8192}]}}, 8192),
        ({"/v1/models": {"data": [{"id": "a", "max_model_len": 1}, {"id": "b"}]}}, None),
        (
            {
                "/v1/models": {"data": [{"id": "x.gguf", "meta": {"n_ctx_train": 131072}}]},
                "/props": {"default_generation_settings": {"n_ctx": 4096}},
            },
            4096,
        ),
        ({"/v1/models": {"data": [{"id": "m", "context_length": -5}]}}, None),
        ({"/v1/models": {"data": "garbage"}}, None),
        ({}, None),
    ],
)
def test_a_compatible_server_tells_in_the_words_of_its_kind(
    information: dict[str, object], limit: int | None
) -> None:
    with openai_server(information=information) as server:
        assert of_compatible(fetching(), server.url, "m") == limit


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "file:///etc/hostname", "nonsense"])
def test_a_server_that_does_not_tell_has_no_limit_that_is_known(url: str) -> None:
    assert of_ollama(fetching(), url, "m") is None
    assert of_compatible(fetching(), url, "m") is None


class _Guarded(Handler):
    """Gives information about itself only with the key, like a proxy before Ollama."""

    def _send_information(self) -> None:
        if self.headers.get(self.key) == "Bearer k-secret":
            super()._send_information()
        else:
            self.send_error(401)


def test_ollama_behind_a_proxy_is_asked_with_the_key() -> None:
    information = {"/api/ps": {"models": [{"name": "m", "context_length": 8192}]}}
    with openai_server(handler=_Guarded, information=information) as server:
        assert of_ollama(fetching("k-secret"), server.url, "m") == 8192


def test_what_ollama_takes_bounds_the_next_prompt() -> None:
    information = {"/api/ps": {"models": [{"name": "m", "context_length": 900}]}}
    with openai_server(LEAVE, information=information) as server:
        model = model_client_of(
            LlmSettings(provider="ollama", model="m", url=server.url, max_tokens=100)
        )
        room = model.room()

    assert room == 720
    fitted = prompt(room)
    assert fitted.tokens <= 720
    assert 1 <= len(fitted.shown) < 4


def test_it_is_asked_again_after_a_while_and_not_for_each_prompt() -> None:
    now, answers = [0.0], iter([4096, 8192])
    limit = ContextLimit(lambda: next(answers), clock=lambda: now[0])

    assert [limit.tokens(), limit.tokens()] == [4096, 4096]
    now[0] = 61.0
    assert limit.tokens() == 8192


def test_what_a_refusal_taught_is_forgotten_in_time() -> None:
    now = [0.0]
    limit = ContextLimit(clock=lambda: now[0])
    limit.refused(900)
    limit.refused(1200)

    assert limit.room(100) == 900
    now[0] = 601.0
    assert limit.room(100) is None
