"""May somebody read a Markdown wiki: its readers are the one gate of all its pages."""

from __future__ import annotations

from collections.abc import Sequence

from indexers.findings import Access, GateInWords
from indexers.model import EVERYONE, Acl, Principal


def access(  # noqa: PLR0913 - what the wiki, the page and the person are
    wiki: str, *, readers: Sequence[str], rule: Acl, email: str, reader: Principal, key: str
) -> Access:
    """``rule`` is made of ``readers``; ``key`` is empty if there is no such page."""
    groups = [named for named in readers if named.startswith("@")]
    if not key:
        why = "this wiki has no page at this address"
        return Access(wiki, email, may_read=None, why=why, read=False)
    if not rule.admits(reader) and groups:
        why = f"it may be read by {', '.join(groups)}, and only Slack knows who is in that"
        return Access(wiki, email, may_read=None, why=why, page=key)
    gate = GateInWords(f"all of {wiki}", passed=rule.admits(reader), why=_why(readers))
    return Access(wiki, email, may_read=gate.passed, gates=(gate,), page=key, title=key)


def _why(readers: Sequence[str]) -> str:
    if EVERYONE in readers:
        return "open to everyone"
    return f"readers are {', '.join(readers)}"
