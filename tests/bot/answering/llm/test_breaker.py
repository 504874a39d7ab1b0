"""A model that fails is not asked until it answers a probe; nobody waits for it meanwhile."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import pytest

from footnote_bot.bot.answering.llm.breaker import Breaker
from footnote_bot.bot.answering.llm.causes import Cause
from footnote_bot.bot.answering.llm.model_client import CutShort, ModelFailed, RetryingModel
from footnote_bot.bot.answering.llm.prompt import Prompt
from footnote_bot.bot.model import Fallback
from footnote_bot.playground.slack.watching import PATIENCE
from tests.fakes.threads import no_thread_left

PROMPT = Prompt("Be brief.", "How long is leave?", (), 10)


class Model:
    """Raises the next of its errors, or answers; ``asked`` is who asked."""

    def __init__(self, *errors: Exception | None) -> None:
        self.errors = list(errors)
        self.asked: list[str] = []

    def write(self, prompt: Prompt) -> Iterator[str]:
        self.asked.append("question" if prompt == PROMPT else "probe")
        if self.errors and (error := self.errors.pop(0)):
            raise error
        yield "Leave."


class Pauses:
    """Pauses between probes, which the test ends one by one."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._ends = queue.SimpleQueue[None]()
        self.begun = threading.Semaphore(0)

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self.begun.release()
        self._ends.get()

    def end(self) -> None:
        assert self.begun.acquire(timeout=PATIENCE)
        self._ends.put(None)


def down(cause: Cause = Cause.REFUSED) -> ModelFailed:
    return ModelFailed("no", cause=cause)


class Told:
    """The causes that were told, in order."""

    def __init__(self) -> None:
        self.causes: list[Cause | None] = []
        self._news = threading.Semaphore(0)

    def __call__(self, cause: Cause | None) -> None:
        self.causes.append(cause)
        self._news.release()

    def wait(self) -> None:
        assert self._news.acquire(timeout=PATIENCE)


def retrying(model: Model, told: Told, pauses: Pauses, seconds: float = PATIENCE) -> RetryingModel:
    return RetryingModel(
        model, seconds=seconds, attempts=1, at_once=4,
        chance=lambda: 0.0, observe=told, pause=pauses,
    )  # fmt: skip


def fallback_of(model: RetryingModel) -> Fallback | None:
    try:
        list(model.write(PROMPT))
    except ModelFailed as error:
        return error.fallback
    return None


def test_of_a_hundred_questions_three_ask_a_model_that_fails_and_a_probe_brings_it_back() -> None:
    told, pauses = Told(), Pauses()
    model = Model(*[down()] * 3, down(Cause.KEY), CutShort("enough"))
    client = retrying(model, told, pauses)

    fallbacks = [fallback_of(client) for _ in range(100)]
    assert fallbacks == [Fallback.FAILED] * 3 + [Fallback.AWAY] * 97
    assert model.asked == ["question"] * 3
    for _ in range(2):
        told.wait()
        pauses.end()
    told.wait()
    assert told.causes == [Cause.REFUSED, Cause.KEY, None]
    assert pauses.seconds == [30.0, 30.0]
    assert fallback_of(client) is None
    assert model.asked == ["question"] * 3 + ["probe"] * 2 + ["question"]


def test_after_a_probe_one_failure_is_enough_until_a_question_is_answered() -> None:
    told, pauses = Told(), Pauses()
    model = Model(*[down()] * 3, None, down(), None, None, down(), down())
    client = retrying(model, told, pauses)
    for _ in range(3):
        fallback_of(client)
    told.wait()
    pauses.end()
    told.wait()

    assert fallback_of(client) is Fallback.FAILED
    assert client.is_away
    told.wait()
    pauses.end()
    told.wait()
    assert fallback_of(client) is None
    assert [fallback_of(client) for _ in range(2)] == [Fallback.FAILED] * 2
    assert not client.is_away


@pytest.mark.parametrize(
    "errors",
    [
        [down(), None] * 20,
        [down(), down(), ModelFailed("it answered 400")] * 20,
        [down(), down(), CutShort("at its length")] * 20,
    ],
    ids=["every second time", "a refusal", "a long answer"],
)
def test_a_model_that_answers_in_between_is_asked_on(errors: list[Exception | None]) -> None:
    model = Model(*errors)
    client = retrying(model, Told(), Pauses())
    for _ in range(20):
        fallback_of(client)

    assert model.asked == ["question"] * 20


class Hanging(Model):
    """Answers nothing until ``over``."""

    def __init__(self) -> None:
        super().__init__()
        self.over = threading.Event()

    def write(self, prompt: Prompt) -> Iterator[str]:
        self.asked.append("question")
        self.over.wait()
        yield "Leave."


def test_a_model_that_hangs_is_too_slow_three_times_and_those_in_line_do_not_wait_on() -> None:
    told, model = Told(), Hanging()
    client = retrying(model, told, Pauses(), seconds=0.1)
    fallbacks = queue.SimpleQueue[Fallback | None]()
    askers = [
        threading.Thread(target=lambda: fallbacks.put(fallback_of(client))) for _ in range(16)
    ]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    told.wait()

    assert told.causes == [Cause.TIMEOUT]
    assert len(model.asked) == 4
    assert {fallbacks.get() for _ in askers} <= {Fallback.SLOW, Fallback.BUSY, Fallback.AWAY}
    assert fallback_of(client) is Fallback.AWAY
    model.over.set()


def test_a_timeout_of_a_request_with_less_time_says_nothing_about_the_model() -> None:
    model = Hanging()
    client = retrying(model, Told(), Pauses(), seconds=600.0)
    for _ in range(4):
        assert fallback_of(client.within(0.01)) is Fallback.SLOW

    assert not client.is_away
    model.over.set()


def test_without_a_thread_to_close_it_again_it_does_not_open() -> None:
    told = Told()
    breaker = Breaker(lambda: None, told, Pauses())
    with no_thread_left():
        for _ in range(5):
            breaker.note(Cause.DNS)

    assert not told.causes
    breaker.note(Cause.DNS)
    assert told.causes == [Cause.DNS]
