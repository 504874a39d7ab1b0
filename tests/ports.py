"""Ports for servers that listen only after a test has told others where."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from itertools import chain, cycle, islice

_FIRST, _OF_A_WORKER, _WORKERS = 20_000, 750, 16
"""All below 32768: what asks for any free port is given a higher one, so it cannot take a port
that was found here before the server listens there."""


def _of_this_worker() -> range:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS
    first = _FIRST + worker * _OF_A_WORKER
    return range(first, first + _OF_A_WORKER)


_ports = _of_this_worker()
# Two runs of the tests on one machine do not begin with the same port.
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
