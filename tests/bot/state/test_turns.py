"""Turns come one at a time, urgent ones first."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from footnote_bot.bot.state.turns import Turns


def started(turns: Turns, name: str, names: list[str], *, urgent: bool) -> threading.Thread:
    def work() -> None:
        with turns.turn(urgent=urgent):
            names.append(name)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def waiting(turns: Turns, number: int) -> None:
    """Wait until this many threads wait."""
    until = time.monotonic() + 60
    while len(turns._urgent) + len(turns._patient) < number:
        assert time.monotonic() < until
        time.sleep(0.001)


def test_urgent_turns_come_first_and_the_others_in_order() -> None:
    turns, names = Turns(), list[str]()
    with turns.turn():
        threads = []
        for number in range(5):
            threads.append(started(turns, f"ordinary {number}", names, urgent=False))
            waiting(turns, number + 1)
        threads.append(started(turns, "urgent", names, urgent=True))
        waiting(turns, 6)
    for thread in threads:
        thread.join(60)

    assert names == ["urgent", *(f"ordinary {n}" for n in range(5))]


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
        thread.join(60)

    assert set(most) == {1}
    assert len(most) == 300


def test_within_a_turn_it_is_one_s_turn_and_an_error_ends_it() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.turn(), turns.turn(urgent=True):
        _ = 1 / 0
    names: list[str] = []
    started(turns, "next", names, urgent=False).join(60)

    assert names == ["next"]


def test_whoever_gives_up_waiting_keeps_nobody_from_their_turn() -> None:
    """Ctrl-C reaches only the main thread."""
    turns, begun, over = Turns(), threading.Event(), threading.Event()
    interrupted = threading.Event()

    def busy() -> None:
        with turns.turn():
            begun.set()
            over.wait(60)

    def interrupt(*_: object) -> None:
        if not interrupted.is_set():
            interrupted.set()
            raise KeyboardInterrupt

    def press() -> None:
        waiting(turns, 1)  # an earlier interrupt would end the tests
        # Python heeds a signal that comes just before a wait only after it.
        while not interrupted.is_set():
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)
            interrupted.wait(0.1)

    holder, pressing = threading.Thread(target=busy), threading.Thread(target=press)
    holder.start()
    begun.wait(60)
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        pressing.start()
        with pytest.raises(KeyboardInterrupt), turns.turn():
            pass
    finally:
        pressing.join(60)
        signal.signal(signal.SIGALRM, before)
    over.set()
    holder.join(60)
    names: list[str] = []
    started(turns, "next", names, urgent=False).join(60)

    assert names == ["next"]


class Interrupting:
    """A guard that is interrupted by Ctrl-C right after it, the first time."""

    def __init__(self) -> None:
        self._lock, self._pressed = threading.Lock(), False

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()
        if not self._pressed:
            self._pressed = True
            raise KeyboardInterrupt


@pytest.mark.parametrize("is_free", [True, False])
def test_whoever_gives_up_as_they_begin_to_wait_keeps_nobody_from_their_turn(
    is_free: bool,
) -> None:
    turns, names = Turns(), list[str]()
    begun, over = threading.Event(), threading.Event()

    def busy() -> None:
        with turns.turn():
            begun.set()
            over.wait(60)

    holder = threading.Thread(target=busy, daemon=True)
    if not is_free:
        holder.start()
        begun.wait(60)
    guard, turns._guard = turns._guard, Interrupting()  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt), turns.turn():
        pass
    turns._guard = guard
    over.set()
    started(turns, "next", names, urgent=False).join(60)

    assert names == ["next"]
