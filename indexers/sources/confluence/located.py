"""How one page and one space stand at this moment, asked for in few round trips."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol, TypeVar

from indexers.model import EVERYONE
from indexers.sources.confluence.product import ConfluenceSpace, Listed, is_space
from indexers.sources.confluence.rights import CLOSED, PASSABLE, Gate, Tokens, space_gate
from indexers.sources.confluence.told import Told
from indexers.sources.confluence.transport import Json, Refused

Made = TypeVar("Made")
_SERVER_ERROR = 500


class Beside(Protocol):
    """Begins a request beside others."""

    def __call__(self, work: Callable[[], Made]) -> Future[Made]: ...


@dataclass(frozen=True, slots=True)
class Located:
    """A current page as it stands at this moment. ``space`` is what `ProductNow.space` asks by;
    ``listed`` makes the page once its space is known; ``gates`` are those of nodes on the way
    down to it that are known already, by id."""

    space: str
    ancestors: tuple[str, ...]
    listed: Callable[[ConfluenceSpace], Listed]
    gates: Mapping[str, Gate]


@dataclass(frozen=True, slots=True)
class SpaceNow:
    """A space as it stands at this moment: what Confluence ``tells`` of it, who may view it."""

    space: ConfluenceSpace
    tells: Json
    viewers: Gate


class ProductNow(Protocol):
    """Cloud and Data Center, each in its own way. Both methods take one round trip, or as many
    as a listing has pages, and raise WikiUnavailable where an answer is not whole."""

    def locate(self, key: str, beside: Beside, told: Told) -> Located | None:
        """Find a page or blog post; None if there is no current one that the token sees. What
        comes in on the way is ``told``."""
        ...

    def space(self, space: str, beside: Beside) -> SpaceNow | None:
        """Find a space (of `Located`); None if the token does not see it."""
        ...


def unless_absent(asked: Future[Made]) -> Made | None:
    """Return the answer; None if Confluence says that there is no such thing for the token.

    Raises:
        WikiUnavailable: it does not say.
    """
    try:
        return asked.result()
    except Refused as refused:
        if refused.absent:
            return None
        raise


def viewers_now(
    space: ConfluenceSpace,
    tokens: Tokens,
    rows: Future[list[Json]],
    shown: Future[Json],
    visitors: Future[list[Json]] | None = None,
) -> Gate:
    """Return who may view ``space`` by the ``rows`` of its permissions and those of
    ``visitors``; CLOSED where the token may not know. ``shown`` is the space as it is for
    somebody who is not logged in: a row for visitors counts where they really see it, for the
    site may keep them out.

    Raises:
        WikiUnavailable: Confluence does not say.
    """
    told = unless_absent(rows)
    if told is None:
        return CLOSED
    gate = space_gate([*told, *((visitors and unless_absent(visitors)) or ())], tokens)
    if EVERYONE not in gate:
        return gate
    try:
        seen = is_space(shown.result(), space)
    except Refused as refused:
        if refused.busy or refused.status >= _SERVER_ERROR:
            raise
        seen = False
    return PASSABLE if seen else gate - {EVERYONE}
