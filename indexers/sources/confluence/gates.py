"""The gates of spaces and pages, as Cloud and Data Center both tell them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from indexers.errors import WikiUnavailable
from indexers.model import EVERYONE
from indexers.sources.confluence.answers import is_space
from indexers.sources.confluence.parallel import parallel_map
from indexers.sources.confluence.product import UNKNOWN, ConfluenceSpace, Listed
from indexers.sources.confluence.rights import (
    PASSABLE,
    Gate,
    Restriction,
    Tokens,
    UnreadGate,
    joined,
    restriction,
)
from indexers.sources.confluence.transport import Refused, Transport

SUBJECTS = 200
"""Subjects of a restriction requested at once."""


def gates(
    wiki: Transport, tokens: Tokens, pages: Sequence[Listed], known: Mapping[str, Restriction]
) -> dict[str, Gate]:
    """Return the gates that ``known`` holds in full, with one request for each of the others."""
    found = {key: part.gate for key, part in known.items() if part.whole}
    wanted = {key for page in pages for key in (*page.ancestors, page.key)}
    missing = sorted(wanted - found.keys() - {UNKNOWN})
    read = parallel_map(lambda key: own_gate(wiki, tokens, key), missing, wiki.concurrency)
    return found | dict(zip(missing, read, strict=True))


def opened(gate: Gate, wiki: Transport, path: str, space: ConfluenceSpace) -> Gate:
    """Return the ``gate`` of ``space`` at ``path``, open to everyone if anonymous visitors really
    see it: the site as a whole may exclude them, which no space says."""
    if EVERYONE not in gate:
        return gate
    try:
        answer = wiki.get(path, anonymous=True)
    except WikiUnavailable as error:
        rest = gate - {EVERYONE}
        refused = isinstance(error, Refused) and error.status < 429
        return rest if refused else UnreadGate(str(error), rest, may_pass=True)
    return PASSABLE if is_space(answer, space) else gate - {EVERYONE}


def own_gate(wiki: Transport, tokens: Tokens, key: str) -> Gate:
    """Return a node's own read restriction, read to its last subject; CLOSED if that is impossible.

    A Confluence that does not answer at all raises an error: that says nothing about this node, and
    the next one would wait for as long.

    Raises:
        WikiUnavailable: Confluence answers nothing at all now. That is no word about
            this node, and the next one would wait for as long.
    """
    parts: list[Restriction] = []
    start, whole = 0, False
    while not whole:
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
            return unread(refused)
        part = restriction(answer, tokens)
        if not part.readable:
            return UnreadGate("Confluence tells it in a form that is not known.")
        if part in parts:
            break  # A server that returns the same subjects for ever.
        parts.append(part)
        if not part.came:
            break
        start += part.came
        whole = part.whole
    return joined(parts)


def read_gate(wiki: Transport, tokens: Tokens, key: str) -> Gate:
    """Return the gate as `own_gate`; an error that another try may avoid is raised.

    Raises:
        WikiUnavailable: Confluence does not tell now.
    """
    gate = own_gate(wiki, tokens, key)
    if isinstance(gate, UnreadGate) and gate.may_pass:
        raise WikiUnavailable(gate.why)
    return gate


def unread(refused: Refused) -> UnreadGate:
    """Return the gate that Confluence ``refused`` to report.

    Raises:
        Refused: it wants to be left alone now, whatever it is asked for.
    """
    if refused.busy:
        raise refused
    return UnreadGate(str(refused), may_pass=not refused.absent)
