"""Slack's signature, checked on the raw bytes before anything parses them.

Bolt checks it, too, but only after it has decoded and parsed the body, so anybody could make it
parse anything.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Sequence
from typing import Protocol

SIGNATURE = "X-Slack-Signature"
TIMESTAMP = "X-Slack-Request-Timestamp"

_LATE = 5 * 60
"""Seconds. Slack's own advice: an older request may be a recorded one."""
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)
_DIGEST = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


class Headers(Protocol):
    """A request's headers; a name may occur several times, in any case."""

    def getall(self, name: str, default: Sequence[str], /) -> Sequence[str]: ...


class Signatures:
    """Verification of Slack's signatures.

    https://docs.slack.dev/authentication/verifying-requests-from-slack/
    """

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        self._secret = secret.encode()
        self._clock = clock

    def may_be_valid(self, headers: Headers) -> bool:
        """Return False if the headers alone show that Slack did not send this, so that the body
        need not be read."""
        return self._timestamp_and_signature(headers) is not None

    def is_valid(self, headers: Headers, body: bytes) -> bool:
        """Return whether the headers have Slack's signature of this body, and it is not too old."""
        parts = self._timestamp_and_signature(headers)
        if parts is None:
            return False
        timestamp, signature = parts
        signed = b"v0:%s:%s" % (timestamp.encode(), body)
        expected = "v0=" + hmac.new(self._secret, signed, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected.encode(), signature.encode())

    def _timestamp_and_signature(self, headers: Headers) -> tuple[str, str] | None:
        """Return timestamp and signature, or None if one is missing, doubled, malformed or too
        old."""
        timestamps, signatures = headers.getall(TIMESTAMP, ()), headers.getall(SIGNATURE, ())
        if len(timestamps) != 1 or len(signatures) != 1:
            return None
        timestamp, signature = timestamps[0], signatures[0]
        if not _SECONDS.fullmatch(timestamp) or not _DIGEST.fullmatch(signature):
            return None
        if abs(self._clock() - int(timestamp)) > _LATE:
            return None
        return timestamp, signature
