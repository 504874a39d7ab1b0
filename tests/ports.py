"""Ports for servers that start listening only after a test has published the port."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from itertools import chain, cycle, islice

_FIRST, _OF_A_WORKER, _WORKERS = 20_000, 750, 16
"""All below 32768. The system hands out higher ports, so it cannot take a port found here before
the server listens."""


def _of_this_worker() -> range:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS
    first = _FIRST + worker * _OF_A_WORKER
    return range(first, first + _OF_A_WORKER)


_ports = _of_this_worker()
# Two test runs on one machine start with different ports.
_offered = cycle(chain(_ports[(start := os.getpid() % len(_ports)) :], _ports[:start]))


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on, not the same as the call before.

    Raises:
        OSError: all ports of this worker are taken.
    """
    for port in islice(_offered, len(_ports)):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError(f"nothing is free of {_ports}")
