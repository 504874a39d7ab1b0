"""The owner of a page, as the page names it: in a content property, by a label, or as its last
editor. Their address, and whether they are still there, is looked up later
(`indexers.sources.confluence.owners`): the index holds only the name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from indexers.sources.confluence.transport import Json

_MOST = 200
"""Characters. A longer value names nobody."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """The sources of an owner, in this order: the content property of ``key``, a label that begins
    with ``prefix`` (empty ones are not read), and, if ``editor``, the last editor."""

    key: str = ""
    prefix: str = ""
    editor: bool = False

    @property
    def expand(self) -> str:
        """Return the fields to expand with a page, as the first API names them."""
        of_key = f",metadata.properties.{self.key}" if self.key else ""
        return of_key + (",metadata.labels" if self.prefix else "")

    def of(self, content: Json, last: str) -> str:
        """Return the owner in the page's words, if ``content`` has what `expand` requested, else
        ``last``, the last editor; empty if there is none."""
        metadata = _held(content, "metadata")
        return (
            (self.key and _words(_held(metadata, "properties", self.key).get("value")))
            or (self.prefix and self._labelled(_held(metadata, "labels").get("results")))
            or (last if self.editor else "")
        )

    def _labelled(self, rows: object) -> str:
        """Return the owner's label, the first by the alphabet: Confluence returns them in no order.
        A personal label (`my:`) means nothing to others."""
        names = [
            str(row.get("name", ""))
            for row in (rows if isinstance(rows, list) else ())
            if isinstance(row, Mapping) and row.get("prefix", "global") == "global"
        ]
        found = (name.removeprefix(self.prefix) for name in names if name.startswith(self.prefix))
        return min((words for words in found if words), default="")


NOBODY_NAMED = Ownership()


def _held(node: Mapping[str, object], *names: str) -> Mapping[str, object]:
    for name in names:
        inner = node.get(name)
        if not isinstance(inner, Mapping):
            return {}
        node = inner
    return node


def _words(value: object) -> str:
    """Return the words of a property, which an app may have set to a text or a list."""
    several = value if isinstance(value, list) else [value]
    words = ", ".join(" ".join(one.split()) for one in several if isinstance(one, str))
    return words if len(words) <= _MOST else ""
