"""The gates of spaces and pages, which Cloud and Data Center report in the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.model import EVERYONE
from footnote_bot.indexers.sources.confluence.answers import is_space
from footnote_bot.indexers.sources.confluence.parallel import parallel_map
from footnote_bot.indexers.sources.confluence.product import UNKNOWN, ConfluenceSpace, Listed
from footnote_bot.indexers.sources.confluence.rights import (
    PASSABLE,
    Gate,
    Restriction,
    Tokens,
    UnreadGate,
    joined,
    restriction,
)
from footnote_bot.indexers.sources.confluence.transport import Refused, Transport

SUBJECTS = 200
"""Subjects of a restriction requested at once."""


def gates(
    wiki: Transport, tokens: Tokens, pages: Sequence[Listed], known: Mapping[str, Restriction]
) -> dict[str, Gate]:
    """Return the gates that are complete in ``known``, and request each of the others."""
    gates_by_id = {key: part.gate for key, part in known.items() if part.whole}
    nodes = {key for page in pages for key in (*page.ancestors, page.key)}
    missing = sorted(nodes - gates_by_id.keys() - {UNKNOWN})
    read_gates = parallel_map(lambda key: own_gate(wiki, tokens, key), missing, wiki.concurrency)
    return gates_by_id | dict(zip(missing, read_gates, strict=True))


def confirm_anonymous(gate: Gate, wiki: Transport, path: str, space: ConfluenceSpace) -> Gate:
    """Return the ``gate`` of ``space`` at ``path``, open to everyone if anonymous visitors really
    see it: the site as a whole may exclude them, which no space says."""
    if EVERYONE not in gate:
        return gate
    try:
        answer = wiki.get(path, anonymous=True)
    except WikiUnavailable as error:
        without_anonymous = gate - {EVERYONE}
        refused = isinstance(error, Refused) and error.status < 429
        return (
            without_anonymous
            if refused
            else UnreadGate(str(error), without_anonymous, may_pass=True)
        )
    return PASSABLE if is_space(answer, space) else gate - {EVERYONE}


def own_gate(wiki: Transport, tokens: Tokens, key: str) -> Gate:
    """Return a node's own read restriction, read to its last subject; an `UnreadGate` if Confluence
    refuses to report it.

    Raises:
        WikiUnavailable: Confluence does not answer at all. That says nothing about this node, and
            the next node would wait for as long.
    """
    parts: list[Restriction] = []
    start, complete = 0, False
    while not complete:
        try:
            answer = wiki.get(
                f"/rest/api/content/{key}/restriction/byOperation/read",
                {
                    "expand": "restrictions.user,restrictions.group",
                    "start": start,
                    "limit": SUBJECTS,
                },
            )
        except Refused as refused:
            return unread_gate(refused)
        part = restriction(answer, tokens)
        if not part.readable:
            return UnreadGate("Confluence tells it in a form that is not known.")
        if part in parts:
            break  # The server returns the same subjects for ever.
        parts.append(part)
        if not part.came:
            break
        start += part.came
        complete = part.whole
    return joined(parts)


def read_gate(wiki: Transport, tokens: Tokens, key: str) -> Gate:
    """Return the gate as `own_gate` does, but raise an error that another try may avoid.

    Raises:
        WikiUnavailable: Confluence does not report the gate now.
    """
    gate = own_gate(wiki, tokens, key)
    if isinstance(gate, UnreadGate) and gate.may_pass:
        raise WikiUnavailable(gate.why)
    return gate


def unread_gate(refused: Refused) -> UnreadGate:
    """Return the gate that Confluence ``refused`` to report.

    Raises:
        Refused: Confluence is too busy for any request now.
    """
    if refused.busy:
        raise refused
    return UnreadGate(str(refused), may_pass=not refused.absent)
