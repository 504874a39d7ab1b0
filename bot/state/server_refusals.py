"""A PostgreSQL server's refusals, in sentences for the operator."""

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
_FORBIDDEN = re.compile(r"permission denied for schema (\S{1,63})")


def why_refused(message: str) -> str:
    """Return why the server refused the connection, or the tables, and what to do, as the end of a
    sentence; empty if the driver's ``message`` says anything else. For a refused connection the
    driver gives no code."""
    for words, why in _REFUSALS:
        if words in message:
            return why
    if missing := _MISSING.search(message):
        kind, name = missing.groups()
        return f'its server has no {kind} "{name}", so create it or correct [state] url.'
    if forbidden := _FORBIDDEN.search(message):
        # Since PostgreSQL 15 only a database's owner may create tables in the schema public.
        return (
            f"its server lets this role create no tables in the schema {forbidden.group(1)}, so"
            " make the role the owner of the database (ALTER DATABASE ... OWNER TO ...)."
        )
    return ""
