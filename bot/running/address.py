"""The address where a process listens: a socket in the data folder, only for the folder's owner."""

from __future__ import annotations

import os
import socket
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_LONGEST = 100
"""Most bytes of a socket's address; systems allow 103 to 107."""


def socket_in(data_dir: Path) -> Path:
    """Return the path of the socket, in a folder of its own: some systems ignore the permissions of
    a socket, but every system respects those of a folder."""
    return data_dir / "process" / "socket"


def listen(data_dir: Path) -> socket.socket | None:
    """Return a listening socket; None if a live process listens there. A dead process's socket is
    replaced. The caller holds the index, so no second process tries at the same time.

    Raises:
        OSError: no socket can be made here.
    """
    file = socket_in(data_dir)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    status = file.parent.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise PermissionError(f"{file.parent} is not a folder of this user")
    file.parent.chmod(0o700)
    if is_alive(file):
        return None
    file.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    try:
        with _short_address(file) as address:
            listener.bind(address)
        file.chmod(0o600)
        listener.listen(16)
    except BaseException:
        listener.close()
        raise
    return listener


def is_alive(file: Path) -> bool:
    """Return whether a process listens at the socket."""
    connection = connect(file)
    if connection is None:
        return False
    connection.close()
    return True


def connect(file: Path) -> socket.socket | None:
    """Return a connection to the process at the socket; None if there is none. A process of another
    user must not see the request, so it counts as none."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        if not _is_trusted(file):
            connection.close()
            return None
        with _short_address(file) as address:
            connection.connect(address)
    except OSError:  # nobody listens, or the socket is closed to us
        connection.close()
        return None
    except BaseException:
        connection.close()
        raise
    return connection


def _is_trusted(file: Path) -> bool:
    """Return whether the socket is this user's. Root also trusts the data folder's owner."""
    user, owner = os.geteuid(), file.lstat().st_uid
    return owner == user or (user == 0 and owner == file.parents[1].stat().st_uid)


def is_of_owner(connected: socket.socket) -> bool:
    """Return whether the other side runs as this process's user, or as root. If the system cannot
    tell, only the socket's permissions decide."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    peer = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", peer)
    return user in {0, os.geteuid()}


@contextmanager
def _short_address(file: Path) -> Iterator[str]:
    """Yield a short enough address of the file, through a link if necessary."""
    file = file.absolute()
    if len(os.fsencode(file)) <= _LONGEST:
        yield str(file)
        return
    with TemporaryDirectory(prefix="footnote-") as folder:
        link = Path(folder, "process")
        link.symlink_to(file.parent, target_is_directory=True)
        yield str(link / file.name)
