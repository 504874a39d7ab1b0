"""Models of agents: a personal token, and the person for whom an agent calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from footnote_bot.indexers.model import Reader

BY_PROVIDER = "oauth"
"""The name of an agent that a company's identity provider knows."""


@dataclass(frozen=True, slots=True)
class PersonalToken:
    """A token of ``person`` in the workspace ``team``, called ``name`` by them. The token itself is
    stored nowhere."""

    team: str
    person: str
    name: str
    made: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where agents are served: the address to listen on, and the one that agents use (empty: the
    same), of a proxy with TLS. ``issuer`` is the identity provider, empty without one."""

    host: str
    port: int
    url: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class ProviderPlace:
    """An identity provider: its ``issuer`` (empty: none), whom its tokens are for, and the claim
    that holds an e-mail address."""

    issuer: str
    audience: str
    claim: str


class Standing(Enum):
    """Whether a person may get answers."""

    MEMBER = auto()
    OUTSIDE = auto()
    """Not a member now, or nobody knows them."""
    GONE = auto()
    """Deactivated."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A person whose agent calls; ``agent`` is the name of its token."""

    team: str
    person: str
    agent: str


@dataclass(frozen=True, slots=True)
class Identity:
    """How the wikis know a person: their e-mail address (empty: not for certain) and their user
    groups."""

    email: str
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """A person who may ask, with their rights as of now."""

    reader: Reader
    identity: Identity
