"""Questions that wait in files while the database is away.

Each has a file of its own, so that processes that share the folder need no lock: the process that
takes a question deletes its file, and the inbox takes a question only once.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from footnote_bot.bot.conversation.model import IncomingMessage
from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.state.rows import message_columns, message_of

logger = logging.getLogger(__name__)

_MOST = 10_000
"""Most files. Further messages are not stored: Slack delivers again, or the person asks again."""
_ENDING = ".json"


class Spool:
    """Waiting messages in files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, messages: Iterable[IncomingMessage]) -> None:
        """Store all messages. They are on the disk when this returns.

        Raises:
            StateUnavailable: the disk is full, or the folder cannot be written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if len(self._files()) >= _MOST:
                raise StateUnavailable(f"{_MOST} questions wait in {self._folder} already.")
            for message in messages:
                self._write(message)
            _sync(self._folder)
        except OSError as error:
            raise StateUnavailable(
                f"Questions cannot wait in {self._folder}: {error.strerror}."
            ) from error

    def messages(self, most: int) -> list[IncomingMessage]:
        """Return up to ``most`` messages, the earliest first."""
        messages = []
        for file in self._files()[:most]:
            try:
                messages.append(message_of(json.loads(file.read_bytes())))
            except FileNotFoundError:
                continue  # another process took it
            except (OSError, ValueError, TypeError, LookupError) as error:
                # Not its message: it may hold the bytes of the file, which are a question.
                kind = type(error).__name__
                logger.error("%s cannot be read (%s) and is put aside", file, kind)  # noqa: TRY400
                self._put_aside(file)
        return messages

    def remove(self, messages: Iterable[IncomingMessage]) -> None:
        """Delete the files of these messages."""
        for message in messages:
            (self._folder / _name(message)).unlink(missing_ok=True)

    def forget_before(self, when: datetime) -> int:
        """Delete files that were put aside, or never finished, before ``when``: they hold people's
        questions, and nothing reads them any more. Return their number."""
        forgotten = 0
        for file in [*self._glob("*.unreadable"), *self._glob("*.new")]:
            try:
                if file.stat().st_mtime < when.timestamp():
                    file.unlink()
                    forgotten += 1
            except OSError as error:
                logger.warning("%s cannot be deleted: %s", file, error.strerror)
        return forgotten

    def has_messages(self) -> bool:
        return bool(self._files())

    def _files(self) -> Sequence[Path]:
        """Return the files of the waiting messages, the earliest first."""
        return self._glob(f"*{_ENDING}")

    def _glob(self, pattern: str) -> Sequence[Path]:
        try:
            return sorted(self._folder.glob(pattern))
        except OSError:
            return []

    def _write(self, message: IncomingMessage) -> None:
        """Write the message to a file that appears only when it is complete."""
        file = self._folder / _name(message)
        new = file.with_suffix(f".{os.getpid()}.new")
        try:
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                out.write(json.dumps(message_columns(message)).encode())
                out.flush()
                os.fsync(out.fileno())
            new.replace(file)
        except OSError:
            new.unlink(missing_ok=True)
            raise

    def _put_aside(self, file: Path) -> None:
        """Rename a file that cannot be read, so that it is not tried again."""
        try:
            file.replace(file.with_suffix(".unreadable"))
        except OSError as error:
            logger.warning("%s cannot be put aside: %s", file, error.strerror)


def _name(message: IncomingMessage) -> str:
    """Return a file name that sorts as messages do, and is the same for repeated deliveries."""
    identity = (
        message.event,
        message.team,
        message.channel,
        message.ts,
        message.edited,
        message.deleted,
    )
    digest = hashlib.sha256(repr(identity).encode()).hexdigest()[:24]
    return f"{message.ts.zfill(24)[:24]}-{digest}{_ENDING}"


def _sync(folder: Path) -> None:
    """Flush the folder, so that its files' names also survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
