"""Models of agents: their endpoint, a personal token, and the person an agent calls for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from footnote_bot.indexers.model import Reader

BY_PROVIDER = "oauth"
"""The name of an agent that a company's identity provider knows."""


@dataclass(frozen=True, slots=True)
class AgentEndpoint:
    """The address to listen on, and the ``url`` that agents use (empty: the same), of a proxy with
    TLS. ``issuer`` is the identity provider (empty: none), whose tokens are for ``audience`` and
    hold an e-mail address as ``claim``."""

    host: str
    port: int
    url: str = ""
    issuer: str = ""
    audience: str = ""
    claim: str = ""


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
class Caller:
    """A person whose agent calls; ``agent`` is the name of its token."""

    team: str
    person: str
    agent: str


class Standing(Enum):
    """The standing of a person: only a member may get answers."""

    MEMBER = auto()
    OUTSIDE = auto()
    """Not a member now, or nobody knows them."""
    GONE = auto()
    """Deactivated."""


@dataclass(frozen=True, slots=True)
class Known:
    """A person who may ask, with their rights. Wikis know them by their ``email`` (empty: it is not
    certain) and their user ``groups``."""

    reader: Reader
    email: str
    groups: frozenset[str] = frozenset()
