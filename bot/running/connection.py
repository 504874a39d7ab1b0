"""Messages between a command and the running process: JSON objects."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Any

LONGEST = 2**20
"""Most bytes of a message. Neither side sends more."""
PIECE = 2**16
"""Most characters of output in one message: escaped, they take less than `LONGEST` bytes."""
_SEND = 30
"""Seconds that the other side may read nothing, for example while it is suspended."""


class CommandConnection:
    """A side of a connection. One thread receives, any thread may send."""

    def __init__(self, connected: socket.socket) -> None:
        patience = struct.pack("@ll", _SEND, 0)
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, patience)
        self._messages = Connection(connected.detach())
        self._sending = threading.Lock()

    def send(self, message: Mapping[str, object]) -> None:
        """Send a message.

        Raises:
            OSError: the other side is gone, or no longer reads.
        """
        content = json.dumps(message).encode("ascii")  # any text, lone surrogates too
        with self._sending:
            self._messages.send_bytes(content)

    def receive(self) -> dict[str, Any] | None:
        """Return the next message; None if the connection ended, or sent no valid message."""
        try:
            message = json.loads(self._messages.recv_bytes(LONGEST))
        except (EOFError, OSError, ValueError, RecursionError):
            return None
        return message if isinstance(message, dict) else None

    def is_ready(self, seconds: float) -> bool:
        """Return whether `receive` has something to read, after waiting up to ``seconds``."""
        return self._messages.poll(seconds)

    def close(self) -> None:
        self._messages.close()
