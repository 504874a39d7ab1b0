"""Models shared by both sides: pages, passages, rights, search hits.

The words are the glossary's. Standard library only: every other module may import this one.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2b
from typing import Self

EVERYONE = "everyone"

_PASSAGE_IDS = uuid.UUID("5b0f3f0e-6f0c-4e57-9f5e-0a4f6e6f7465")


@dataclass(frozen=True, slots=True)
class Principal:
    """A reader's rights: the tokens that they hold.

    Tokens are ``everyone``, ``user:...``, ``domain:...``, ``group:...``, and those that a wiki
    defines for its own people. A principal without tokens, as an outsider's, reads nothing at all.
    """

    tokens: frozenset[str] = frozenset()

    @classmethod
    def of(cls, *tokens: str) -> Self:
        """Return the principal who holds these tokens."""
        return cls(frozenset(tokens))


@dataclass(frozen=True, slots=True)
class Audience:
    """The readers of a shared answer. It may hold only text that each of them may read.

    Raises:
        ValueError: there is no reader; every page would admit an empty audience.
    """

    readers: frozenset[Principal]

    def __post_init__(self) -> None:
        if not self.readers:
            raise ValueError("an audience needs at least one reader")


Reader = Principal | Audience
"""The reader whose rights count for a search."""


def user_token(email: str) -> str:
    return f"user:{email.casefold()}"


def domain_token(email: str) -> str:
    """Return the token of everybody whose address has this domain."""
    return f"domain:{email.casefold().rpartition('@')[2]}"


def addressed(email: str) -> frozenset[str]:
    """Return the tokens that an e-mail address gives by itself."""
    return frozenset({user_token(email), domain_token(email)}) if "@" in email else frozenset()


@dataclass(frozen=True, slots=True)
class Acl:
    """The rights to a page: gates, all of which must be passed.

    A gate is a set of tokens, any one of which passes it. A gate without tokens is passed by
    nobody. There is no Acl without a gate: open pages say ``everyone`` explicitly, so that a
    missing right can never mean an open page.

    Raises:
        ValueError: if there is no gate.
    """

    gates: frozenset[frozenset[str]]

    def __post_init__(self) -> None:
        if not self.gates:
            raise ValueError("an Acl needs at least one gate")

    @classmethod
    def of(cls, *gates: Iterable[str]) -> Self:
        """Return the Acl with these gates, each given as its tokens."""
        return cls(frozenset(frozenset(gate) for gate in gates))

    def admits(self, reader: Reader) -> bool:
        """Return whether the reader passes all gates; an audience if each member does."""
        readers = reader.readers if isinstance(reader, Audience) else (reader,)
        return all(gate & member.tokens for member in readers for gate in self.gates)

    def __and__(self, other: Acl) -> Acl:
        """Combine the gates: both must be passed."""
        return Acl(self.gates | other.gates)

    def __str__(self) -> str:
        """Return the canonical form that passages carry: equal Acls, equal strings."""
        return json.dumps(sorted(sorted(gate) for gate in self.gates), separators=(",", ":"))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the canonical form: the reverse of ``str``.

        Raises:
            ValueError: if ``text`` is no canonical Acl.
        """
        gates = json.loads(text)
        if not isinstance(gates, list) or not all(
            isinstance(gate, list) and all(isinstance(token, str) for token in gate)
            for gate in gates
        ):
            raise ValueError(f"not an Acl: {text!r}")
        return cls.of(*gates)


OPEN = Acl.of([EVERYONE])
NOBODY = Acl.of([])


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page under one heading.

    ``headings`` is the path below the page's title, outermost first (empty: text before the first
    heading). ``anchor`` is the fragment that a browser jumps to, without ``#`` (empty: the top of
    the page). ``text`` is light Markdown, see `indexers.text.prose`; it never starts with its own
    heading.
    """

    headings: tuple[str, ...]
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page as its wiki shows it.

    ``key`` names the page within its wiki for ever (a path, a content id). ``revision`` is opaque
    and changes whenever text, place (title, parents, url) or rights do. ``owner`` names who
    maintains it, in words that the wiki understands.
    """

    wiki: str
    key: str
    title: str
    url: str
    revision: str
    acl: Acl
    sections: tuple[Section, ...]
    description: str = ""
    tags: tuple[str, ...] = ()
    owner: str = ""
    updated: date | None = None
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a section, small enough to embed and to quote.

    ``text`` is shown, verbatim from the section. ``embedded`` is searched: title, heading path and
    words without markup.
    """

    wiki: str
    page: str
    revision: str
    ordinal: int
    title: str
    headings: tuple[str, ...]
    url: str
    text: str
    embedded: str
    acl: Acl
    owner: str = ""
    updated: date | None = None
    outdated: bool = False

    @property
    def id(self) -> uuid.UUID:
        """Return a deterministic id: the same page, revision and place give the same one."""
        name = "\0".join((self.wiki, self.page, self.revision, str(self.ordinal)))
        return uuid.uuid5(_PASSAGE_IDS, name)

    @property
    def digest(self) -> str:
        """Return the digest of ``embedded``: equal digests share one vector."""
        return digest(self.embedded)


def digest(*parts: str) -> str:
    """Return a short, stable fingerprint of texts (128 bits, hexadecimal)."""
    hashed = blake2b(digest_size=16)
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        hashed.update(len(encoded).to_bytes(8, "big"))
        hashed.update(encoded)
    return hashed.hexdigest()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found. ``score`` only orders the hits of one search; ``cosine`` (-1
    to 1) compares the question with the passage, ``closest`` with its nearest sentence.
    ``language`` is the passage's, as configured or detected, in English and lower case; empty if
    unknown. ``relevance`` is a cross-encoder's score, a logit; None if none read the passage.
    ``beside``: not found, but next to a passage that was."""

    passage: Passage
    score: float
    cosine: float
    closest: float = 0.0
    language: str = ""
    relevance: float | None = None
    beside: bool = False


@dataclass(frozen=True, slots=True)
class KnownPage:
    """The indexed state of a page. ``owner`` as in `Page`."""

    revision: str
    acl: Acl
    owner: str = ""


@dataclass(frozen=True, slots=True)
class LivePage:
    """An indexed page as its wiki shows it at this moment: its rights, and whether it was
    ``edited`` since. ``now`` is then the current page; None if it could not be read."""

    acl: Acl
    edited: bool = False
    now: Page | None = None


@dataclass(frozen=True, slots=True)
class LivePages:
    """The current state of some pages in a wiki. ``stand`` are the pages that exist, by key. The
    wiki did not report the ``untold`` ones in time; all others are gone. Partial reports of untold
    ones are in ``partly``: rights at least as wide as the page's own, and whether its text has
    certainly changed."""

    stand: Mapping[str, LivePage]
    untold: frozenset[str] = frozenset()
    partly: Mapping[str, LivePage] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Space:
    """A space of a wiki as an enumeration found it: the number of its ``pages``, and how many of
    them are ``closed`` (nobody may read them, as far as is known)."""

    pages: int
    closed: int = 0


@dataclass(frozen=True, slots=True)
class ReadAs:
    """The way a wiki of files is read: its ``flavour`` of Markdown, and the top ``folder`` of its
    pages (empty: the root). ``guessed``: no setting names the flavour."""

    flavour: str
    folder: str = ""
    guessed: bool = True

    def __str__(self) -> str:
        place = f", pages in {self.folder}" if self.folder else ""
        return f"{self.flavour}{' (guessed)' if self.guessed else ''}{place}"


@dataclass(frozen=True, slots=True)
class Enumerated:
    """The end of a wiki's listing: these keys and no others exist. ``spaces`` (by key) are its
    parts, if it has any. Not ``whole``: a part could not be listed this time, and the keys hold its
    indexed pages. ``warnings`` are about the wiki, not about a page."""

    keys: frozenset[str]
    spaces: Mapping[str, Space] = field(default_factory=dict, hash=False)
    whole: bool = True
    read_as: ReadAs | None = field(default=None, compare=False)
    warnings: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Changed:
    """A new, edited, moved or renamed page, with its ``space`` and time of change, if known."""

    page: Page
    warnings: tuple[str, ...] = ()
    space: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Relabelled:
    """A page of which only the rights or the owner changed (``owner`` None: it did not change)."""

    key: str
    revision: str
    acl: Acl
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    key: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A page that is not read and leaves the index: at once if it is left out ``on_purpose`` (a
    draft, labels, settings), else like a vanished page (it is empty now, or binary). ``keeps``: an
    indexed version stays, and then this is a failure (it grew too large)."""

    key: str
    reason: str
    on_purpose: bool = False
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """A page that exists, but is unreadable this time: its last version stays. ``key`` may also
    name a part of the wiki ("space ENG") that could not be read."""

    key: str
    reason: str


PageChange = Enumerated | Changed | Relabelled | Unchanged | Skipped | Failed


@dataclass(frozen=True, slots=True)
class SyncScope:
    """The scope of a sync: all of a wiki, one ``space`` or one ``page`` (their keys)."""

    wiki: str
    space: str = ""
    page: str = ""

    @property
    def is_whole(self) -> bool:
        return not (self.space or self.page)


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit of an indexed page, made in the wiki at ``since``. Searches find the new version from
    ``found`` on."""

    space: str
    since: datetime
    found: datetime


@dataclass(slots=True)
class SyncReport:
    """The report of a sync of one wiki. Counts are pages unless they say otherwise. ``planned``
    are the actions of a dry run, a line a page. The sync is ``complete`` if the whole wiki was
    listed and nobody stopped it. ``error`` ended it early; the counts are of the work before."""

    wiki: str
    added: int = 0
    changed: int = 0
    relabelled: int = 0
    removed: int = 0
    unchanged: int = 0
    failed: list[Failed] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    passages_embedded: int = 0
    requests: int = 0
    seconds: float = 0.0
    spaces: Mapping[str, Space] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    planned: list[str] = field(default_factory=list)
    read_as: ReadAs | None = None
    complete: bool = False
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a sync: pages, or passages while ``embedding``, done of all (0: unknown)."""

    wiki: str
    done: int
    total: int
    embedding: bool = False


_UNTOLD = "untold:"


def untold_token(wiki: str = "") -> str:
    """Return the token of a reader whose rights ``wiki`` could not report. It is in no Acl, so it
    gives no rights; it only marks that the reader may have more."""
    return f"{_UNTOLD}{wiki}"


def untold_by(reader: Reader) -> frozenset[str]:
    """Return the wikis that could not report the rights of ``reader``; empty if all did."""
    readers = reader.readers if isinstance(reader, Audience) else (reader,)
    tokens = (token for member in readers for token in member.tokens)
    return frozenset(token.removeprefix(_UNTOLD) for token in tokens if token.startswith(_UNTOLD))
