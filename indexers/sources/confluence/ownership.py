"""Who keeps a page, as the page says: in a content property, by a label, or by who edited it
last. Whose address that is, and whether they are still there, is seen when it is asked for
(`indexers.sources.confluence.owners`): of people the index holds no more than what names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from indexers.sources.confluence.transport import Json

_MOST = 200
"""Characters. What is longer names nobody."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """What names an owner, in this order: the content property of ``key``, a label that
    begins with ``prefix`` (what is empty is not looked at), and, if ``editor``, whoever edited
    the page last."""

    key: str = ""
    prefix: str = ""
    editor: bool = False

    @property
    def expand(self) -> str:
        """What of a page must be asked for beside it, as the first API expands it."""
        of_key = f",metadata.properties.{self.key}" if self.key else ""
        return of_key + (",metadata.labels" if self.prefix else "")

    def of(self, said: Json, last: str) -> str:
        """In the words of the page, where ``said`` has what `expand` asked for, else ``last``,
        which is who edited it last; empty if nobody."""
        metadata = _held(said, "metadata")
        return (
            (self.key and _words(_held(metadata, "properties", self.key).get("value")))
            or (self.prefix and self._labelled(_held(metadata, "labels").get("results")))
            or (last if self.editor else "")
        )

    def _labelled(self, rows: object) -> str:
        """Of several the first, by the alphabet: Confluence gives them in no order. What is
        somebody's own label (`my:`) says nothing to others."""
        names = [
            str(row.get("name", ""))
            for row in (rows if isinstance(rows, list) else ())
            if isinstance(row, Mapping) and row.get("prefix", "global") == "global"
        ]
        found = (name.removeprefix(self.prefix) for name in names if name.startswith(self.prefix))
        return min((words for words in found if words), default="")


NOBODY_NAMED = Ownership()


def _held(said: Mapping[str, object], *names: str) -> Mapping[str, object]:
    for name in names:
        inner = said.get(name)
        if not isinstance(inner, Mapping):
            return {}
        said = inner
    return said


def _words(value: object) -> str:
    """A property is whatever an app made of it: words, or a list of them."""
    several = value if isinstance(value, list) else [value]
    words = ", ".join(" ".join(one.split()) for one in several if isinstance(one, str))
    return words if len(words) <= _MOST else ""
