"""The owner of a page, as the page names it: in a content property, by a label, or as its last
editor. The index holds only that name: `ConfluenceMembers.owner` looks up the person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from footnote_bot.indexers.sources.confluence.transport import Json, at

_MOST = 200
"""Characters. A longer value names nobody."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """The sources of an owner, in this order: the content property of ``key``, a label that begins
    with ``prefix`` (empty ones are not read), and, if ``editor``, the last editor."""

    key: str = ""
    prefix: str = ""
    editor: bool = False

    @classmethod
    def named(cls, owners: Iterable[str]) -> Ownership:
        """Return the sources in these words: ``property KEY``, ``label PREFIX``, ``editor``."""
        names = {kind: name for kind, _, name in (owner.partition(" ") for owner in owners)}
        return cls(names.get("property", ""), names.get("label", ""), "editor" in names)

    @property
    def expand(self) -> str:
        """Return the fields to expand with a page, as the first API names them."""
        of_key = f",metadata.properties.{self.key}" if self.key else ""
        return of_key + (",metadata.labels" if self.prefix else "")

    def of(self, content: Json, last_editor: str) -> str:
        """Return the owner in the page's words from the fields of `expand`, else
        ``last_editor``; empty if there is none."""
        value = at(content, "metadata", "properties", self.key, "value")
        labels = at(content, "metadata", "labels", "results")
        return (
            (self.key and _words(value))
            or (self.prefix and self._labelled(labels))
            or (last_editor if self.editor else "")
        )

    def _labelled(self, rows: object) -> str:
        """Return the owner in the labels, the first by the alphabet: Confluence returns labels in
        no order. A personal label (`my:`) means nothing to others."""
        names = [
            str(row.get("name", ""))
            for row in (rows if isinstance(rows, list) else ())
            if isinstance(row, Mapping) and row.get("prefix", "global") == "global"
        ]
        owners = (name.removeprefix(self.prefix) for name in names if name.startswith(self.prefix))
        return min((owner for owner in owners if owner), default="")


NOBODY_NAMED = Ownership()


def _words(value: object) -> str:
    """Return the words of a property, which an app may have set to a text or a list."""
    values = value if isinstance(value, list) else [value]
    words = ", ".join(" ".join(text.split()) for text in values if isinstance(text, str))
    return words if len(words) <= _MOST else ""
