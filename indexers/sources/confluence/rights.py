"""Rights to a page: gates of tokens, made from Confluence's rights.

A person may read a page if they may view its space and, for every ancestor and the page itself,
pass its read restriction. Unknown rights are `CLOSED`.

Tokens name the site, and are of Confluence alone: a Slack user group, or a group of another
Confluence, that happens to have the same name passes nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from footnote_bot.indexers.model import EVERYONE, NOBODY, OPEN, Acl

Gate = frozenset[str]

PASSABLE: Gate = frozenset({EVERYONE})
"""A node without a restriction; a space that anonymous visitors may view."""
CLOSED: Gate = frozenset()
"""Passed by nobody: unreadable rights, or rights that name nobody known."""


class UnreadGate(frozenset[str]):
    """A gate that could not be read in full. Mostly none of it was read, and then it equals CLOSED.

    ``why`` is Confluence's answer; ``is_temporary``: another try may read it. ``failed``: it was
    an error that may be permanent. A sync takes it for a refusal; a check has no answer then.
    """

    why: str
    is_temporary: bool
    failed: bool

    def __new__(
        cls, why: str, read: Iterable[str] = (), *, is_temporary: bool = False, failed: bool = False
    ) -> Self:
        gate = super().__new__(cls, read)
        gate.why, gate.is_temporary, gate.failed = why, is_temporary, failed
        return gate


_ANONYMOUS = {"anonymous", "anonymous_users", "anonymous-users"}
_LICENSED = {"all_licensed_users", "all-licensed-users", "licensed", "loggedin", "registered"}


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens for the people and groups of one site."""

    site: str

    def user(self, key: str) -> str:
        """Return a person's token; ``key`` is an account id (Cloud) or a user key (Data Center)."""
        return f"confluence-user:{self.site}:{key}"

    def group(self, key: str) -> str:
        """Return a group's token; ``key`` is a group's id (Cloud) or its name (Data Center)."""
        return f"confluence-group:{self.site}:{key}"

    @property
    def licensed(self) -> str:
        """Return the token of everyone who may log in."""
        return f"confluence-licensed:{self.site}"


def acl(space: Gate, nodes: Iterable[Gate]) -> Acl:
    """Return the Acl of a page in ``space`` with the restrictions ``nodes``, its own and its
    ancestors': a reader must pass all of them. Equal rights give equal Acls, whichever node they
    come from."""
    gates = {space, *nodes}
    if CLOSED in gates:
        return NOBODY
    return Acl(frozenset(gates - {PASSABLE})) if gates - {PASSABLE} else OPEN


@dataclass(frozen=True, slots=True)
class Restriction:
    """A node's read restriction, as far as one response reports it.

    ``came`` is how many subjects the response named in its longer list, ``whole`` whether it named
    all; it is not ``readable`` if its format is unknown.
    """

    gate: Gate
    whole: bool = True
    came: int = 0
    readable: bool = True


UNREADABLE = Restriction(CLOSED, whole=False, readable=False)


def restriction(answer: object, tokens: Tokens) -> Restriction:
    """Read ``restrictions.user`` and ``restrictions.group`` of the ``read`` operation.

    A node is unrestricted only if Confluence explicitly says that there are no subjects. A subject
    without a name restricts it, too, and so does a subject that is counted and not named.
    """
    subjects = answer.get("restrictions") if isinstance(answer, Mapping) else None
    if not isinstance(subjects, Mapping):
        return UNREADABLE
    gate: set[str] = set()
    longest, whole = 0, True
    for kind in ("user", "group"):
        listed = subjects.get(kind)
        rows = listed.get("results") if isinstance(listed, Mapping) else None
        if not isinstance(listed, Mapping) or not isinstance(rows, list):
            return UNREADABLE
        longest = max(longest, len(rows))
        gate.update(filter(None, (_subject_token(row, kind, tokens) for row in rows)))
        whole = whole and not _has_more(listed, len(rows))
    return Restriction(frozenset(gate) if longest or not whole else PASSABLE, whole, longest)


def _has_more(listed: Mapping[str, Any], count: int) -> bool:
    """Return whether more subjects are, or may be, on another page of results."""
    links = listed.get("_links")
    if isinstance(links, Mapping) and links.get("next"):
        return True
    start, size, limit = (_number(listed.get(name)) for name in ("start", "size", "limit"))
    if listed.get("totalSize") is not None:
        return start + count < _number(listed["totalSize"])
    return (not start and size > count) or 0 < limit <= count


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0


def joined(parts: Iterable[Restriction]) -> Gate:
    """Return the gate of one node, whose restriction came in several ``parts``."""
    gates = [part.gate for part in parts]
    named = [gate for gate in gates if gate != PASSABLE]
    return frozenset[str]().union(*named) if named or not gates else PASSABLE


def space_gate(rows: Iterable[object], tokens: Tokens) -> Gate:
    """Return who may view a space. Only rows that allow reading the space itself count: rights to
    comment, to export or to administer say nothing about reading.

    A gate with EVERYONE admits anonymous visitors, as far as the site does.
    """
    return frozenset(token for row in rows if (token := _viewer(row, tokens)))


def _viewer(row: object, tokens: Tokens) -> str:
    """Return the token of those whom a permission lets view the space; empty if there are none."""
    if not isinstance(row, Mapping) or not _reads_space(row.get("operation")):
        return ""
    subject = row.get("principal") or row.get("subject")
    if not isinstance(subject, Mapping):
        return ""
    kind = str(subject.get("type", "")).casefold()
    key = str(subject.get("id") or subject.get("name") or "").casefold()
    if kind in _ANONYMOUS or (kind not in {"user", "known", "group"} and key in _ANONYMOUS):
        return EVERYONE
    if kind in _LICENSED or (kind not in {"user", "known", "group"} and key in _LICENSED):
        return tokens.licensed
    if kind in {"user", "known"}:
        return _subject_token(subject, "user", tokens)
    return _subject_token(subject, "group", tokens) if kind == "group" else ""


def _reads_space(operation: object) -> bool:
    """Return whether a permission is to read the space itself."""
    if not isinstance(operation, Mapping):
        return False
    key = operation.get("key") or operation.get("operationKey") or operation.get("operation")
    target = operation.get("targetType") or operation.get("target")
    return (key, target) == ("read", "space")


def _subject_token(row: object, kind: str, tokens: Tokens) -> str:
    """Return a user's or a group's token; empty if the row does not name it."""
    if not isinstance(row, Mapping):
        return ""
    if kind == "user":
        key = row.get("accountId") or row.get("userKey") or row.get("id")
        return tokens.user(str(key)) if key else ""
    key = row.get("id") or row.get("name")
    return tokens.group(str(key)) if key else ""
