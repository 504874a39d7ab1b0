"""Rights that could not be read: reports about them, and the pages that they close.

Nobody is shown a page with an unread gate. If another try may read the gate (a 500, for example),
it is read once more at the end of the pass, and a gate that stays unread is a failure. If
Confluence refused permanently, each pass warns of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from footnote_bot.indexers.model import NOBODY, Acl, Failed, KnownPage, Relabelled
from footnote_bot.indexers.sources.confluence.extras import Extra
from footnote_bot.indexers.sources.confluence.reading import Seen
from footnote_bot.indexers.sources.confluence.rights import UnreadGate


def narrowed_meanwhile(
    documents: Iterable[Seen | Extra], known: Mapping[str, KnownPage]
) -> dict[str, KnownPage]:
    """Return the indexed pages of ``documents``, open to those readers alone whom the readable
    rights admit."""
    return {
        document.key: replace(indexed, acl=_narrowed(indexed.acl, document.acl))
        for document in documents
        if (indexed := known.get(document.key)) is not None
    }


def relabelled(
    known: Mapping[str, KnownPage], narrowed: Mapping[str, KnownPage]
) -> Iterator[Relabelled]:
    """Yield the rights that differ."""
    for key, indexed in narrowed.items():
        if indexed.acl != known[key].acl:
            yield Relabelled(key, indexed.revision, indexed.acl)


def _narrowed(indexed: Acl, current: Acl) -> Acl:
    return NOBODY if NOBODY in {indexed, current} else indexed & current


def refusals(pages: Iterable[Seen]) -> tuple[str, ...]:
    """Return a warning for each gate that Confluence does not report."""
    return tuple(
        f"{_gate_name(where)} cannot be read: {gate.why} {_effect(gate, count)}"
        for where, (gate, count) in _unread_gates(pages).items()
        if not gate.may_pass
    )


def failures(pages: Sequence[Seen]) -> Iterator[Failed]:
    """Yield a failure for each gate that still could not be read: one line, however many pages it
    closes."""
    for where, (gate, count) in _unread_gates(pages).items():
        if gate.may_pass:
            yield Failed(
                where,
                f"its rights could not be read: {gate.why} {_effect(gate, count)} The next sync"
                " tries again.",
            )


def _unread_gates(pages: Iterable[Seen]) -> dict[str, tuple[UnreadGate, int]]:
    unread: dict[str, tuple[UnreadGate, int]] = {}
    for page in pages:
        for where, gate in page.unread.items():
            unread[where] = (gate, unread[where][1] + 1 if where in unread else 1)
    return unread


def _gate_name(where: str) -> str:
    if where.startswith("space "):
        return f"Who may view {where}"
    return f"The restriction of page {where}"


def _effect(gate: UnreadGate, count: int) -> str:
    pages = "the page" if count == 1 else f"the {count} pages"
    if gate:
        return f"Visitors who are not logged in are not shown {pages} behind it."
    return f"Nobody is shown {pages} behind it."
