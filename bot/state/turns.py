"""One at a time, and what is urgent first."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """A lock of threads. Whoever is ``urgent`` waits for the one that has its turn, and for
    others that are urgent, but for nobody else."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._whose: int | None = None
        self._urgent = 0

    @contextmanager
    def turn(self, *, urgent: bool = False) -> Iterator[None]:
        """Within one's own turn it is one's turn."""
        me = threading.get_ident()
        if self._whose == me:
            yield
            return
        with self._changed:
            self._urgent += urgent
            try:
                self._changed.wait_for(lambda: self._whose is None and (urgent or not self._urgent))
                self._whose = me
            finally:
                self._urgent -= urgent
        try:
            yield
        finally:
            with self._changed:
                self._whose = None
                self._changed.notify_all()
