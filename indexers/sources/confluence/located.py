"""The current state of one page and one space, in few round trips."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol, TypeVar

from indexers.model import EVERYONE
from indexers.sources.confluence.answers import is_space
from indexers.sources.confluence.partial_result import PartialResult
from indexers.sources.confluence.product import ConfluenceSpace, Listed
from indexers.sources.confluence.rights import CLOSED, PASSABLE, Gate, Tokens, space_gate
from indexers.sources.confluence.transport import Json, Refused

Made = TypeVar("Made")
_SERVER_ERROR = 500


class Beside(Protocol):
    """A function that starts a request in parallel."""

    def __call__(self, work: Callable[[], Made]) -> Future[Made]: ...


@dataclass(frozen=True, slots=True)
class Located:
    """The current state of a page. ``space`` is the argument of `ProductNow.space`; ``listed``
    makes the page once its space is known; ``gates`` are the known gates of its ancestors, by
    id."""

    space: str
    ancestors: tuple[str, ...]
    listed: Callable[[ConfluenceSpace], Listed]
    gates: Mapping[str, Gate]


@dataclass(frozen=True, slots=True)
class SpaceNow:
    """The current state of a space: what Confluence ``tells`` of it, and who may view it."""

    space: ConfluenceSpace
    tells: Json
    viewers: Gate


class ProductNow(Protocol):
    """Cloud or Data Center. Both methods take one round trip, or as many as a listing has pages,
    and raise WikiUnavailable if an answer is incomplete."""

    def locate(self, key: str, beside: Beside, result: PartialResult) -> Located | None:
        """Find a page or blog post; None if there is no current one that the token sees. Partial
        results are ``result``."""
        ...

    def space(self, space: str, beside: Beside) -> SpaceNow | None:
        """Find a space (of `Located`); None if the token does not see it."""
        ...


def unless_absent(asked: Future[Made]) -> Made | None:
    """Return the answer; None if Confluence says that nothing is there for the token.

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
    """Return who may view ``space`` by the ``rows`` of its permissions and those of ``visitors``;
    CLOSED if the token may not know. ``shown`` is the space as an anonymous visitor gets it: a row
    for visitors counts only if they really see it, because the site may exclude them.

    Raises:
        WikiUnavailable: Confluence does not say.
    """
    permissions = unless_absent(rows)
    if permissions is None:
        return CLOSED
    gate = space_gate([*permissions, *((visitors and unless_absent(visitors)) or ())], tokens)
    if EVERYONE not in gate:
        return gate
    try:
        seen = is_space(shown.result(), space)
    except Refused as refused:
        if refused.busy or refused.status >= _SERVER_ERROR:
            raise
        seen = False
    return PASSABLE if seen else gate - {EVERYONE}
