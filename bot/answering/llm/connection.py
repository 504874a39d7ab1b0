"""The HTTP client below a provider's library.

The library alone would follow a redirect to another host, with pages and key; and its timeout
counts from byte to byte, so a server that sends keep-alives would hold a request and its slot for
ever. httpx comes with the libraries of the extras `llm` and `anthropic`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import cast

import httpx

_LARGEST = 20_000_000
"""Bytes of a reply; an answer with all its thoughts is smaller."""


def bounded_client(seconds: float, clock: Callable[[], float] = time.monotonic) -> httpx.Client:
    """Return a client that follows no redirect. A reply that takes longer than ``seconds``, or is
    larger than any answer, raises an `httpx.ReadTimeout`."""

    def bind(response: httpx.Response) -> None:
        stream = cast("httpx.SyncByteStream", response.stream)
        response.stream = _Bounded(stream, clock() + seconds, clock)

    return _Client(follow_redirects=False, event_hooks={"response": [bind]})


class _Client(httpx.Client):
    def __del__(self) -> None:
        """Close the connections, as the libraries' own clients do: nobody else would."""
        self.close()


class _Bounded(httpx.SyncByteStream):
    def __init__(
        self, stream: httpx.SyncByteStream, until: float, clock: Callable[[], float]
    ) -> None:
        self._stream = stream
        self._until = until
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        left = _LARGEST
        for piece in self._stream:
            left -= len(piece)
            if left < 0 or self._clock() > self._until:
                raise httpx.ReadTimeout("the reply does not end")
            yield piece

    def close(self) -> None:
        self._stream.close()
