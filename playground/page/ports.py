"""Ports of the page: the pages of the wikis, and the reasons of answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote

from footnote_bot.playground.slack.model import Json

if TYPE_CHECKING:
    from footnote_bot.bot.trial import ReadPage

WIKI = "#wiki="
"""What the name of a wiki and the key of a page follow, in the address of a page without one."""


class WikiPages(Protocol):
    """The pages that a person, named by an address, can read and edit beside the conversation.
    Methods block: call them in a thread."""

    @property
    def sites(self) -> Sequence[str]:
        """Return the addresses below which they are published."""
        ...

    def list(self, email: str) -> list[Json]:
        """Return ``wiki``, ``title`` and ``url`` of some pages that they may read."""
        ...

    def read(self, email: str, url: str) -> Json | None:
        """Return ``wiki``, ``title``, ``url``, ``form`` and ``text`` of the page at ``url``, and
        whether it ``can_change``; None if there is none here, or not for them."""
        ...

    def save(self, email: str, url: str, text: str) -> bool:
        """Write a new version, and return whether there is such a page for them."""
        ...


Explain = Callable[[str, Sequence[str], float], Json | None]
"""Returns the reasons of the latest answer to one of some texts in a channel, not after a time
(seconds since the epoch); None if there was none. It blocks: call it in a thread."""


class OwnPages:
    """The pages of real wikis. People read and edit them there; but one without an address is read
    beside the conversation, as it is indexed."""

    def __init__(self) -> None:
        self.sites: Sequence[str] = ()
        self.read_page: ReadPage = lambda _email, _wiki, _page: None

    def list(self, email: str) -> list[Json]:  # noqa: ARG002 - the port's signature
        return []

    def read(self, email: str, url: str) -> Json | None:
        wiki, _, page = (unquote(part) for part in url.partition(WIKI)[2].partition("/"))
        found = self.read_page(email, wiki, page)
        if found is None:
            return None
        title, text = found
        return {"wiki": wiki, "title": title, "url": url, "form": "as indexed", "text": text}

    def save(self, email: str, url: str, text: str) -> bool:  # noqa: ARG002
        return False


@dataclass(slots=True)
class ModelSwitch:
    """The switch of the recorded language model; ``questions`` are those that it answers, each
    with ``question``, ``user`` and ``channel`` (empty: a direct message), ``asked`` in words."""

    questions: Sequence[Json]
    on: bool = False


@dataclass(slots=True)
class StartUp:
    """The bot's start in words, such as how far it has read; empty once it answers."""

    says: str = ""


@dataclass(frozen=True, slots=True)
class PageParts:
    """The parts of the page besides Slack. ``model`` is None if there is no recorded model; with
    ``tour`` the page offers the demo's guided tour; ``is_quoting``: no language model is set up."""

    pages: WikiPages = field(default_factory=OwnPages)
    explain: Explain = lambda *_: None
    model: ModelSwitch | None = None
    tour: bool = False
    is_quoting: bool = False
    start_up: StartUp = field(default_factory=StartUp)
