"""One at a time, and what is urgent first."""

from __future__ import annotations

import threading
import time

import pytest

from bot.state.turns import Turns


def started(turns: Turns, name: str, said: list[str], *, urgent: bool) -> threading.Thread:
    def work() -> None:
        with turns.turn(urgent=urgent):
            said.append(name)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def waiting(turns: Turns, number: int) -> None:
    """Until so many wait."""
    until = time.monotonic() + 10
    while len(turns._changed._waiters) < number:  # type: ignore[attr-defined] - of the library
        assert time.monotonic() < until
        time.sleep(0.001)


def test_what_is_urgent_comes_before_all_that_wait() -> None:
    turns, said = Turns(), list[str]()
    with turns.turn():
        threads = [started(turns, f"ordinary {n}", said, urgent=False) for n in range(5)]
        waiting(turns, 5)
        threads.append(started(turns, "urgent", said, urgent=True))
        waiting(turns, 6)
    for thread in threads:
        thread.join(10)

    assert said[0] == "urgent"
    assert len(said) == 6


def test_one_is_at_work_at_a_time() -> None:
    turns, inside, most = Turns(), list[int](), list[int]()

    def work(number: int) -> None:
        for _ in range(50):
            with turns.turn(urgent=number % 2 == 0):
                inside.append(number)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert set(most) == {1}
    assert len(most) == 300


def test_within_a_turn_it_is_one_s_turn_and_an_error_ends_it() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.turn(), turns.turn(urgent=True):
        _ = 1 / 0
    said: list[str] = []
    started(turns, "next", said, urgent=False).join(10)

    assert said == ["next"]
