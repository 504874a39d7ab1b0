"""The record of a damaged index, until another index has replaced it."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass

from footnote_bot.indexers.errors import IndexCorrupt, IndexUnavailable
from footnote_bot.indexers.ports import PassageIndex

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Damage:
    """The damage of an index. ``why`` is a clause for the operator; ``index`` names the damaged one
    while it is still read as far as possible, and is empty afterwards."""

    why: str
    index: str = ""

    @property
    def words(self) -> str:
        """Say what happened, what it means and what to do."""
        so_far = "what can still be read of it" if self.index else "the pages that were read again"
        return (
            f"The index is being rebuilt: {self.why}. Until every wiki has been read again, by"
            f" `footnote sync` or the running bot, answers come from {so_far}."
        )

    def to_json(self) -> str:
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def read(cls, text: str) -> Damage:
        """Read the result of `to_json`. A file that is damaged itself also counts as damage."""
        try:
            fields = json.loads(text)
            return cls(str(fields["why"]), str(fields["index"]))
        except (ValueError, KeyError, TypeError):
            return cls("the old one is damaged")


def damage_of(error: IndexCorrupt, index: str = "") -> Damage:
    return Damage(error.why, index)


def close_damaged(index: PassageIndex) -> None:
    """Close an index that may fail to close because it is damaged. Its lock is released in any
    case."""
    try:
        index.close()
    except IndexUnavailable as error:
        log.warning("Closing an index failed: %s", error)
