"""The id of the request that is worked on: a message, a press, a command.

Each log line about the request has the id, and so has the message to a person if it fails.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import blake2s

_BYTES = 4
_current: ContextVar[str] = ContextVar("request", default="")


def current() -> str:
    """Return the id of the request that is worked on here; empty outside of one."""
    return _current.get()


def new_id() -> str:
    """Return an id for a request that is not retried."""
    return os.urandom(_BYTES).hex()


def id_of(*parts: str) -> str:
    """Return the id of the request that these parts name: the same in each process and at each
    retry."""
    return blake2s(
        "\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=_BYTES
    ).hexdigest()


@contextmanager
def request(id_: str) -> Iterator[None]:
    """Work on the request with this id, in this context and those that are copied from it."""
    token = _current.set(id_)
    try:
        yield
    finally:
        _current.reset(token)
