"""A slow, busy, broken or nonsensical model, over real HTTP and LlamaIndex's own client."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from itertools import repeat

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
from footnote_bot.bot.model import Fallback
from footnote_bot.config.llm import LlmSettings
from footnote_bot.playground.slack.watching import PATIENCE
from tests.fakes.openai_server import Handler, Reply, openai_server
from tests.fakes.scripted_model import ScriptedModel
from tests.fakes.threads import no_thread_left

PROMPT = Prompt("Be brief.", "How long is leave?", (), 10)
LEAVE = Reply(["Leave is ", "30 days", " long [1]."])


def client(url: str, seconds: float = PATIENCE) -> LlamaClient:
    return model_client_of(
        LlmSettings(provider="compatible", model="small", url=url, seconds=seconds),
        "k-secret",
    )


def patient(
    url: str, *, seconds: float = PATIENCE, attempts: int = 3, at_once: int = 4
) -> RetryingModel:
    return RetryingModel(
        client(url), seconds=seconds, attempts=attempts, at_once=at_once, chance=lambda: 0.0
    )


def test_the_answer_comes_in_the_pieces_that_were_sent() -> None:
    with openai_server(LEAVE) as server:
        assert list(client(server.url).write(PROMPT)) == ["Leave is ", "30 days", " long [1]."]

    (request,) = server.asked
    assert request["stream"] is True
    assert request["model"] == "small"
    assert request["max_tokens"] == 800
    assert [(message["role"], message["content"]) for message in request["messages"]] == [
        ("system", "Be brief."),
        ("user", "How long is leave?"),
    ]
    assert server.keys == ["Bearer k-secret"]


@pytest.mark.parametrize(
    "pieces",
    [
        ["<think>\nThey ask", " for leave.</think>\n", "Leave is 30 days."],
        ["\n<th", "ink>Leave</th", "ink>Leave is ", "30 days."],
        ["<think></think>Leave is 30 days."],
        ["Leave is 30 days."],
    ],
)
def test_thoughts_that_a_server_leaves_in_the_text_are_no_answer(pieces: list[str]) -> None:
    with openai_server(Reply(pieces)) as server:
        assert "".join(client(server.url).write(PROMPT)).strip() == "Leave is 30 days."


@pytest.mark.parametrize("pieces", [["<think>They ask"], ["<think>", "</thi"]])
def test_thoughts_alone_are_no_answer(pieces: list[str]) -> None:
    with openai_server(Reply(pieces)) as server:
        assert not list(client(server.url).write(PROMPT))


def test_what_only_looks_like_a_thought_is_kept() -> None:
    with openai_server(Reply(["<", "thi"]), Reply(["<thin", "g> is a tag."])) as server:
        model = client(server.url)
        assert ["".join(model.write(PROMPT)) for _ in range(2)] == ["<thi", "<thing> is a tag."]


class _Alive(Handler):
    """Without pieces, it sends keep-alives as long as the connection is open."""

    def stream(self, reply: Reply) -> None:
        while not (reply.pieces or self.server.over.wait(0.02)):
            self.wfile.write(b": keep-alive\n\n")
        super().stream(reply)


class _InTurn:
    """Sends each prompt to the next of the clients."""

    def __init__(self, *clients: LlamaClient) -> None:
        self._clients = iter(clients)

    def write(self, prompt: Prompt) -> Iterator[str]:
        return next(self._clients).write(prompt)


def test_keep_alives_do_not_hold_a_place_for_ever() -> None:
    # Two servers: on a busy machine the first request may not be sent in time.
    with openai_server(Reply(), handler=_Alive) as alive, openai_server(LEAVE) as server:
        clients = _InTurn(client(alive.url, seconds=0.3), client(server.url))
        model = RetryingModel(clients, seconds=PATIENCE, attempts=1, at_once=1, chance=lambda: 0.0)
        with pytest.raises(ModelFailed):
            list(model.within(0.3).write(PROMPT))

        assert "".join(model.write(PROMPT)) == "Leave is 30 days long [1]."


def test_an_error_within_a_stream_before_a_word_is_begun_again() -> None:
    overloaded = Reply(raw=b'data: {"error": {"message": "overloaded", "code": 529}}\n\n')
    with openai_server(overloaded, LEAVE) as server:
        assert "".join(patient(server.url).write(PROMPT)) == "Leave is 30 days long [1]."


def test_a_redirect_is_not_followed() -> None:
    with openai_server(LEAVE) as target:
        moved = Reply(status=307, headers={"Location": f"{target.url}/chat/completions"})
        with openai_server(moved) as server, pytest.raises(ModelFailed, match="it answered 307"):
            list(patient(server.url).write(PROMPT))

        assert not target.asked


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 529])
def test_what_may_pass_is_asked_again(status: int) -> None:
    with openai_server(Reply(status=status, headers={"Retry-After": "0"}), LEAVE) as server:
        assert "".join(patient(server.url).write(PROMPT)) == "Leave is 30 days long [1]."
        assert len(server.asked) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_what_will_not_pass_is_not_asked_again(status: int) -> None:
    with openai_server(Reply(status=status), LEAVE) as server:
        with pytest.raises(ModelFailed, match=f"it answered {status}"):
            list(patient(server.url).write(PROMPT))
        assert len(server.asked) == 1


def test_retry_after_is_obeyed() -> None:
    with openai_server(Reply(status=429, headers={"Retry-After": "0.6"}), LEAVE) as server:
        began = time.monotonic()
        list(patient(server.url).write(PROMPT))

        assert time.monotonic() - began >= 0.6


def test_a_pause_longer_than_the_time_left_is_not_waited_for() -> None:
    with openai_server(Reply(status=429, headers={"Retry-After": "3600"}), LEAVE) as server:
        began = time.monotonic()
        with pytest.raises(ModelBusy, match="it answered 429"):
            list(patient(server.url).write(PROMPT))

        assert time.monotonic() - began < PATIENCE


def test_it_is_asked_so_many_times_and_no_more() -> None:
    busy = Reply(status=503, headers={"Retry-After": "0"})
    with openai_server(*[busy] * 9) as server:
        with pytest.raises(ModelBusy):
            list(patient(server.url, attempts=2).write(PROMPT))
        assert len(server.asked) == 2


def test_a_server_that_is_not_there_is_a_failure() -> None:
    with openai_server() as server:
        closed_url = server.url
    with pytest.raises(ModelBusy, match="it refuses the connection"):
        list(patient(closed_url, attempts=1).write(PROMPT))


@pytest.mark.parametrize(
    "stalling",
    [
        Reply(["Leave is ", "30 days"], pause=10 * PATIENCE),
        Reply([f"{number} " for number in range(20_000)], pause=0.05),
    ],
    ids=["stalls", "trickles"],
)
def test_a_model_has_its_seconds_and_no_more(stalling: Reply) -> None:
    with openai_server(stalling) as server:
        began = time.monotonic()
        with pytest.raises(ModelFailed, match=r"in time|within") as failed:
            list(patient(server.url, seconds=0.4).write(PROMPT))

        assert time.monotonic() - began < PATIENCE
        assert failed.value.fallback is Fallback.SLOW


def test_silence_ends_a_request() -> None:
    with (
        openai_server(Reply(["Leave"], pause=PATIENCE)) as server,
        pytest.raises(ModelBusy, match="does not answer in time"),
    ):
        list(client(server.url, seconds=0.2).write(PROMPT))


def test_an_answer_that_breaks_off_is_none_and_is_not_begun_again() -> None:
    with openai_server(Reply(["Leave is 30 days "], ending=""), LEAVE) as server:
        with pytest.raises(ModelBusy, match="broke off"):
            list(patient(server.url).write(PROMPT))
        assert len(server.asked) == 1


def test_an_answer_that_breaks_off_before_it_began_is_asked_for_again() -> None:
    with openai_server(Reply(ending=""), LEAVE) as server:
        assert "".join(patient(server.url).write(PROMPT)) == "Leave is 30 days long [1]."


def test_an_answer_that_is_too_long_is_told_to_be_cut() -> None:
    with openai_server(Reply(["Leave is 30"], ending="length")) as server, pytest.raises(CutShort):
        list(client(server.url).write(PROMPT))


def test_what_a_filter_stopped_is_a_failure() -> None:
    with (
        openai_server(Reply(["Leave"], ending="content_filter")) as server,
        pytest.raises(ModelFailed, match="filter"),
    ):
        list(client(server.url).write(PROMPT))


@pytest.mark.parametrize(
    "nonsense",
    [
        b"<html>Gateway</html>",
        b"data: {not json\n\n",
        b'data: {"choices": 7}\n\n',
        b'data: {"choices": [{"delta": 3}]}\n\n',
        b"data: [1, 2, 3]\n\n",
        b'data: {"error": {"message": "How long is leave?"}}\n\n',
        b"\xff\xfe\x00",
        b"",
    ],
)
def test_nonsense_is_a_failure_and_none_of_it_is_told(nonsense: bytes) -> None:
    with openai_server(*[Reply(raw=nonsense)] * 3) as server, pytest.raises(ModelFailed) as failed:
        list(client(server.url).write(PROMPT))

    assert "leave" not in str(failed.value)
    assert "k-secret" not in str(failed.value)


def test_no_more_ask_at_once_than_may() -> None:
    with openai_server(Reply(["a"], pause=10 * PATIENCE), LEAVE) as server:
        bounded = patient(server.url, attempts=1, at_once=1)

        def first() -> None:
            with pytest.raises(ModelFailed):
                list(bounded.write(PROMPT))

        thread = threading.Thread(target=first)
        thread.start()
        while not server.asked:
            time.sleep(0.005)
        with pytest.raises(ModelFailed) as failed:
            list(bounded.within(0.25).write(PROMPT))
    thread.join()

    assert failed.value.fallback is Fallback.BUSY


def test_a_place_is_free_again_however_an_answer_ended() -> None:
    scripted = ScriptedModel("one", ModelFailed("no"), "three")
    bounded = RetryingModel(scripted, seconds=PATIENCE, attempts=3, at_once=1, chance=lambda: 0.0)

    assert "".join(bounded.write(PROMPT)) == "one"
    with pytest.raises(ModelFailed):
        list(bounded.write(PROMPT))
    assert "".join(bounded.write(PROMPT)) == "three"


@pytest.mark.parametrize(
    ("settings", "key", "message"),
    [
        (LlmSettings(provider="compatible", model="small"), "", r"`\[llm\] url`"),
        (LlmSettings(provider="azure", model="small"), "k", r"`\[llm\] url`"),
        (LlmSettings(provider="openai", model="small"), "", "key"),
        (LlmSettings(provider="anthropic", model="small"), "", "key"),
    ],
)
def test_what_is_missing_is_said(settings: LlmSettings, key: str, message: str) -> None:
    with pytest.raises(ModelMisconfigured, match=message):
        model_client_of(settings, key)


def test_a_key_is_in_no_description() -> None:
    described = model_client_of(LlmSettings(provider="openai", model="small"), "k-secret")

    assert "k-secret" not in repr(described)


class Endless:
    """Writes faster than its reader reads, and never ends."""

    def write(self, _prompt: Prompt) -> Iterator[str]:
        yield from repeat("and so on ", 50_000)
        raise AssertionError("nobody told it to stop")


def test_a_model_that_writes_without_end_is_stopped_however_much_lies_ready() -> None:
    model = RetryingModel(Endless(), seconds=60.0, attempts=1, at_once=4, chance=lambda: 0.0)
    pieces = model.write(PROMPT)
    with pytest.raises(ModelFailed, match="does not stop writing"):
        for _ in pieces:
            pass


def test_a_system_without_threads_is_too_busy_and_costs_no_place() -> None:
    model = RetryingModel(
        ScriptedModel("Leave."), seconds=PATIENCE, attempts=1, at_once=1, chance=lambda: 0.0
    )
    with no_thread_left():
        for _ in range(2):
            with pytest.raises(ModelFailed, match="new thread") as failed:
                list(model.write(PROMPT))
            assert failed.value.fallback is Fallback.BUSY

    assert "".join(model.write(PROMPT)) == "Leave."


def test_a_mistake_in_the_reading_of_an_answer_is_a_failure_at_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    model = RetryingModel(
        ScriptedModel(ValueError("odd")), seconds=600, attempts=3, at_once=1, chance=lambda: 0.0
    )
    for _ in range(2):
        with pytest.raises(ModelFailed, match="ValueError"):
            list(model.write(PROMPT))

    assert "Traceback" in caplog.text


def test_a_request_to_a_model_that_hangs_ends_when_the_client_is_closed() -> None:
    over = threading.Event()

    class Hanging:
        def write(self, prompt: Prompt) -> Iterator[str]:
            del prompt
            closed.close()
            over.wait(PATIENCE)
            yield ""

    closed = RetryingModel(Hanging(), seconds=PATIENCE, attempts=1, at_once=1, chance=lambda: 0.0)

    with pytest.raises(ModelFailed, match="Footnote is stopping"):
        list(closed.within(PATIENCE).write(PROMPT))
    over.set()
