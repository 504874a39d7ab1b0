"""A PostgreSQL server's refusals of a connection, in sentences for the operator."""

from __future__ import annotations

import re

_REFUSALS = (
    ("no password supplied", "its server asks for a password, so set FOOTNOTE_STATE_PASSWORD."),
    (
        "password authentication failed",
        (
            "its server refuses the user or the password, so correct FOOTNOTE_STATE_PASSWORD or"
            " [state] url."
        ),
    ),
)
_MISSING = re.compile(r'FATAL: +(database|role) "([^"\n]{1,63})" does not exist')
"""A name in PostgreSQL has at most 63 bytes."""


def why_refused(message: str) -> str:
    """Return why the server refused the connection, and what to do, as the end of a sentence; empty
    if libpq's ``message`` says anything else. The driver gives no code for these errors."""
    for words, why in _REFUSALS:
        if words in message:
            return why
    if missing := _MISSING.search(message):
        kind, name = missing.groups()
        return f'its server has no {kind} "{name}", so create it or correct [state] url.'
    return ""
