"""The place where a process listens: a socket in the data folder, for its owner alone."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_LONGEST = 100
"""Bytes of a socket's address; systems allow 103 to 107."""


def socket_in(data_dir: Path) -> Path:
    """Return the place of the socket, in a folder of its own: some systems ignore the permissions
    of a socket, and none those of a folder."""
    return data_dir / "process" / "socket"


def listen(data_dir: Path) -> socket.socket | None:
    """Return a socket that listens; None if a living process listens there. The socket of a dead
    one is replaced. The caller holds the index, so there is no second one that tries.

    Raises:
        OSError: there can be none here.
    """
    file = socket_in(data_dir)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    found = file.parent.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise PermissionError(f"{file.parent} is not a folder of this user")
    file.parent.chmod(0o700)
    if is_alive(file):
        return None
    file.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    try:
        with _short(file) as address:
            listener.bind(address)
        file.chmod(0o600)
        listener.listen(16)
    except BaseException:
        listener.close()
        raise
    return listener


def is_alive(file: Path) -> bool:
    """Return whether a process listens at the socket."""
    connected = connect(file)
    if connected is None:
        return False
    connected.close()
    return True


def connect(file: Path) -> socket.socket | None:
    """Return a connection to the process at the socket; None if there is none, or it is another
    user's, who must not be told what is asked."""
    connected = socket.socket(socket.AF_UNIX)
    try:
        if not _is_trusted(file):
            connected.close()
            return None
        with _short(file) as address:
            connected.connect(address)
    except OSError:  # none listens, or the socket is closed to us
        connected.close()
        return None
    except BaseException:
        connected.close()
        raise
    return connected


def _is_trusted(file: Path) -> bool:
    """Return whether the socket is this user's. Root also trusts the data folder's owner."""
    user, owner = os.geteuid(), file.lstat().st_uid
    return owner == user or (user == 0 and owner == file.parents[1].stat().st_uid)


@contextmanager
def _short(file: Path) -> Iterator[str]:
    """Yield an address of the file that is short enough: through a link, if need be."""
    file = file.absolute()
    if len(os.fsencode(file)) <= _LONGEST:
        yield str(file)
        return
    with TemporaryDirectory(prefix="footnote-") as folder:
        link = Path(folder, "process")
        link.symlink_to(file.parent, target_is_directory=True)
        yield str(link / file.name)
