"""The HTTP client below a provider's library.

The library alone would follow a redirect to another host, with pages and key; its timeout counts
from byte to byte, so a server that sends a byte now and then would hold a request and its slot for
ever; and a few packed bytes may unpack to gigabytes. httpx comes with the libraries of the extras
`llm` and `anthropic`.
"""

from __future__ import annotations

import ssl
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpx

from footnote_bot.bot.answering.llm.model_client import DEADLINE

_LARGEST = 20_000_000
"""Bytes of a reply; an answer with all its thoughts is smaller."""


def bounded_client(ca_file: str, seconds: float) -> httpx.Client:
    """Return a client that trusts the certificates of ``ca_file`` (empty: the well-known ones),
    follows no redirect and takes no compressed reply. A request that takes longer than ``seconds``
    in all, or until `DEADLINE`, or whose reply is too large, raises an `httpx.ReadTimeout`.

    Raises:
        OSError: ``ca_file`` cannot be read, or holds no certificates.
    """

    def begin(_: httpx.Request) -> None:
        _ALLOWANCE.set(_Allowance(min(time.monotonic() + seconds, DEADLINE.get()), _LARGEST))

    client = _Client(
        follow_redirects=False,
        headers={"Accept-Encoding": "identity"},
        verify=ssl.create_default_context(cafile=ca_file) if ca_file else True,
        event_hooks={"request": [begin], "response": [_refuse_compressed]},
    )
    for transport in (client._transport, *client._mounts.values()):  # noqa: SLF001
        if isinstance(transport, httpx.HTTPTransport):
            # httpx has no option for this; httpcore, below it, has.
            pool: Any = transport._pool  # noqa: SLF001
            pool._network_backend = _Bounded(pool._network_backend)  # noqa: SLF001
    return client


def _refuse_compressed(reply: httpx.Response) -> None:
    if reply.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise httpx.DecodingError("the reply is compressed, and none was asked for")


class _Client(httpx.Client):
    def __del__(self) -> None:
        """Close the connections, as the libraries' own clients do: nobody else would."""
        self.close()


@dataclass(slots=True)
class _Allowance:
    """What a request has left: the time ``until`` then, and ``bytes_`` of its reply."""

    until: float
    bytes_: int

    def timeout(self) -> dict[str, float]:
        """Return the time left as httpcore's option. Raises: httpx.ReadTimeout: nothing is left."""
        left = self.until - time.monotonic()
        if left <= 0 or self.bytes_ < 0:
            raise httpx.ReadTimeout("the reply does not end")
        return {"timeout": left}


_ALLOWANCE: ContextVar[_Allowance] = ContextVar("allowance")
"""That of the request that this thread makes."""


class _Bounded:
    """httpcore's network backend, or one of its streams, within the request's allowance."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def connect_tcp(self, **options: Any) -> _Bounded:
        return _Bounded(self._inner.connect_tcp(**options | _ALLOWANCE.get().timeout()))

    def start_tls(self, **options: Any) -> _Bounded:
        return _Bounded(self._inner.start_tls(**options | _ALLOWANCE.get().timeout()))

    def write(self, data: bytes, **_: Any) -> None:
        self._inner.write(data, **_ALLOWANCE.get().timeout())

    def read(self, size: int, **_: Any) -> bytes:
        allowance = _ALLOWANCE.get()
        data: bytes = self._inner.read(size, **allowance.timeout())
        allowance.bytes_ -= len(data)
        return data
