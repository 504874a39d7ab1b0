"""What Confluence's macros show. One that is not named here shows its body and nothing
else: tables of contents, page trees and searches have none, so they leave no text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from indexers.confluence.storage_tree import Node

TAGS = frozenset({"ac:structured-macro", "ac:macro"})

NOTES: Final = {"info": "Info", "note": "Note", "warning": "Warning", "tip": "Tip"}
QUOTED = frozenset({*NOTES, "panel"})
TITLED = frozenset({"expand", "ui-expand", "code", "noformat", *QUOTED})
INCLUDES = frozenset({
    "include", "excerpt-include", "include-shared-block", "multiexcerpt-include",
    "multiexcerpt-include-macro", "inc-drawio"
})  # fmt: skip
"""They show another page, which fewer people may be allowed to read."""
FILES = frozenset({"view-file", "viewpdf", "viewdoc", "viewxls", "viewppt", "multimedia"})
FORMULAS = frozenset({"eazy-math-inline", "eazy-math-block", "easy-math-inline", "easy-math-block"})
"""Their whole text is a parameter."""


@dataclass(frozen=True, slots=True)
class Macro:
    """``body`` is rich text, ``code`` plain text; a macro has one of them at most."""

    name: str
    parameters: dict[str, Node]
    body: Node | None
    code: str | None

    def said(self, *names: str) -> str:
        """The first of these parameters that says anything, on one line."""
        texts = (" ".join(self.parameters[n].text().split()) for n in names if n in self.parameters)
        return next(filter(None, texts), "")

    @property
    def title(self) -> str:
        return self.said("title") if self.name in TITLED else ""

    @property
    def language(self) -> str:
        """Of code; of a drawing in words, such as Mermaid or PlantUML, the macro's name."""
        name = self.said("language") if self.name == "code" else self.name
        known = name.isascii() and name.replace("-", "").replace("+", "").replace("#", "").isalnum()
        return name if known and name not in ("none", "noformat") else ""


def read(node: Node) -> Macro:
    plain = node.first("ac:plain-text-body")
    return Macro(
        name=node.attributes.get("ac:name", "").lower(),
        parameters={
            parameter.attributes.get("ac:name", ""): parameter
            for parameter in node.nodes("ac:parameter", "ac:default-parameter")
        },
        body=node.first("ac:rich-text-body"),
        code=plain.text() if plain else None,
    )


def is_block(node: Node) -> bool:
    """It stands for itself even if its body is no more than words."""
    name = node.attributes.get("ac:name", "").lower()
    return node.tag in TAGS and (name in QUOTED or name in TITLED)
