"""A lock of threads in which urgent holders come first."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class Turns:
    """A lock of threads. An ``urgent`` caller waits for the current holder and for earlier urgent
    callers, but for nobody else."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._holder: int | None = None
        self._urgent: deque[_Waiter] = deque()
        self._patient: deque[_Waiter] = deque()

    @contextmanager
    def turn(self, *, urgent: bool = False) -> Iterator[None]:
        """Hold the lock. Reentrant."""
        me = threading.get_ident()
        if self._holder == me:
            yield
            return
        self._wait(_Waiter(me), self._urgent if urgent else self._patient)
        try:
            yield
        finally:
            with self._guard:
                self._pass_on()

    def _wait(self, waiter: _Waiter, queue: deque[_Waiter]) -> None:
        """Wait for the turn. If interrupted, leave the queue, or pass the turn on."""
        try:
            with self._guard:
                if self._holder is None:
                    self._holder = waiter.thread
                    return
                queue.append(waiter)
            waiter.turn.acquire()
        except BaseException:  # Ctrl-C
            with self._guard:
                if waiter in queue:
                    queue.remove(waiter)
                elif self._holder == waiter.thread:
                    self._pass_on()
            raise

    def _pass_on(self) -> None:
        """Wake only the next waiter: waking all of them would cost each a time slice."""
        queue = self._urgent or self._patient
        waiter = queue.popleft() if queue else None
        self._holder = waiter.thread if waiter else None
        if waiter:
            waiter.turn.release()


@dataclass(frozen=True, slots=True, eq=False)
class _Waiter:
    """A waiter. ``turn`` is a semaphore that is released when its turn has come."""

    thread: int
    turn: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
