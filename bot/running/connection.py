"""Messages between a command and the running process: JSON objects, one per line."""

from __future__ import annotations

import json
import os
import socket
import struct
import threading
from collections.abc import Mapping
from selectors import EVENT_READ, DefaultSelector
from typing import Any

LONGEST = 2**20
"""Most bytes of a line. Neither side sends more."""
PIECE = 2**16
"""Most characters of output in one message: escaped, they take less than `LONGEST` bytes."""
_SEND = 30
"""Seconds that the other side may read nothing, for example while it is suspended."""


class CommandConnection:
    """A side of a connection. One thread receives, any thread may send."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._received = bytearray()
        self._searched = 0
        self._sending = threading.Lock()
        patience = struct.pack("@ll", _SEND, 0)
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, patience)

    def send(self, message: Mapping[str, object]) -> None:
        """Send a message.

        Raises:
            OSError: the other side is gone, or no longer reads.
        """
        line = json.dumps(message).encode("ascii") + b"\n"  # any text, lone surrogates too
        with self._sending:
            self._socket.sendall(line)

    def receive(self) -> dict[str, Any] | None:
        """Return the next message; None if the connection ended, or sent no valid message."""
        while (end := self._received.find(b"\n", self._searched)) < 0:
            self._searched = len(self._received)
            if self._searched > LONGEST:
                return None
            try:
                piece = self._socket.recv(2**16)
            except ConnectionError:
                return None
            if not piece:
                return None
            self._received += piece
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        self._searched = 0
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            return None
        return message if isinstance(message, dict) else None

    def is_ready(self, seconds: float) -> bool:
        """Return whether `receive` has something to read, after waiting up to ``seconds``."""
        if b"\n" in self._received:
            return True
        # Not `select.select`, which takes no file numbers above 1023.
        with DefaultSelector() as selector:
            selector.register(self._socket, EVENT_READ)
            return bool(selector.select(seconds))

    def read_no_more(self) -> None:
        """Let `receive`, in another thread, return None."""
        try:
            self._socket.shutdown(socket.SHUT_RD)
        except OSError:
            return  # the other side was quicker

    def is_of_owner(self) -> bool:
        """Return whether the other side runs as this process's user, or as root. If the system
        cannot tell, only the socket's permissions decide."""
        if not hasattr(socket, "SO_PEERCRED"):
            return True
        peer = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        _, user, _ = struct.unpack("3i", peer)
        return user in {0, os.geteuid()}

    def close(self) -> None:
        self._socket.close()
