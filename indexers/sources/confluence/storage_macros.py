"""Confluence's macros and their visible text. A macro that is not named here shows its title and
its body only: tables of contents, page trees and searches have no body and leave no text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from footnote_bot.indexers.text.tree import Node, code_text

TAGS = frozenset({"ac:structured-macro", "ac:macro"})

NOTES: Final = {"info": "Info", "note": "Note", "warning": "Warning", "tip": "Tip"}
BLOCKS = frozenset({"expand", "ui-expand", "panel", *NOTES})
"""Macros that are blocks even if their bodies are only words."""
INCLUDES = frozenset({
    "include", "excerpt-include", "include-shared-block", "multiexcerpt-include",
    "multiexcerpt-include-macro", "inc-drawio"
})  # fmt: skip
"""Macros that show another page, which fewer people may be allowed to read."""
_FILES = ("view-file", "viewpdf", "viewdoc", "viewxls", "viewppt", "multimedia")
_RESOURCES = {**dict.fromkeys(_FILES, "name"), "profile": "user"}
"""The parameter with the file or person, for macros that show one."""
_FORMULAS = ("math", "latex")
"""Parts of the names of formula apps' macros."""
_FORMULA = ("body", "formula", "equation", "latex", "tex", "")
"""The parameter with the formula, in macros without a body."""
_ENCODED = "--uriencoded--"
"""The beginning of a formula with percent signs, as an app stores it."""
_TAB_NAMES = ("tabName", "name", "label")
_HIDEABLE = frozenset({
    "details", "excerpt", "multiexcerpt", "multiexcerpt-macro", "nolink-excerpt"
})  # fmt: skip
NAVIGATION = frozenset({
    "attachments", "blog-posts", "children", "content-report-table", "contentbylabel",
    "contributors", "contributors-summary", "detailssummary", "favpages", "gallery", "index",
    "listlabels", "livesearch", "navmap", "pageindex", "pagetree", "pagetreesearch",
    "popular-labels", "recently-updated", "related-labels", "space-attachments", "spaces-list",
    "toc", "toc-zone"
})  # fmt: skip
"""Macros that list other content: a heading above one says nothing by itself."""
_SOURCES = frozenset({"css", "css-stylesheet", "javascript", "script", "style"})
"""Macros whose text is for the browser."""


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro. ``body`` is rich text, ``code`` plain text; it has at most one of them."""

    name: str
    parameters: dict[str, Node]
    body: Node | None
    code: str | None

    def parameter(self, *names: str) -> str:
        """Return the first of these parameters with any text, on one line."""
        texts = (" ".join(self.parameters[n].text().split()) for n in names if n in self.parameters)
        return next(filter(None, texts), "")

    @property
    def formula(self) -> str:
        """Return the formula of a macro whose whole text is a parameter."""
        if not any(word in self.name for word in _FORMULAS):
            return ""
        formula = self.parameter(*_FORMULA)
        encoded = formula.removeprefix(_ENCODED)
        if encoded == formula:
            return formula
        return "".join(char if char.isprintable() else " " for char in unquote(encoded))

    @property
    def resource(self) -> Node | None:
        """Return the parameter with the file or person that the macro shows."""
        return self.parameters.get(_RESOURCES[self.name]) if self.name in _RESOURCES else None

    @property
    def hidden(self) -> bool:
        """Return whether the page does not show the macro, or it is for the browser and no text."""
        hides = self.name in _HIDEABLE and self.parameter("hidden").lower() in ("true", "yes", "1")
        return hides or self.name in _SOURCES

    @property
    def title(self) -> str:
        """Return the text above the macro's body. For a tab that is its name, which each app calls
        otherwise."""
        if self.body is None and self.code is None:
            return ""
        is_tab = self.name == "card" or ("tab" in self.name and "table" not in self.name)
        return self.parameter("title", *(_TAB_NAMES if is_tab else ()))

    @property
    def language(self) -> str:
        """Return the language of the code. For a diagram in words, such as Mermaid or PlantUML,
        that is the macro's name."""
        name = self.parameter("language") if self.name == "code" else self.name
        is_word = (
            name.isascii() and name.replace("-", "").replace("+", "").replace("#", "").isalnum()
        )
        return name if is_word and name not in ("none", "noformat") else ""


def read(node: Node) -> Macro:
    """Return the macro that an element describes."""
    plain = node.first("ac:plain-text-body")
    return Macro(
        name=node.attributes.get("ac:name", "").lower(),
        parameters={
            parameter.attributes.get("ac:name", ""): parameter
            for parameter in node.nodes("ac:parameter", "ac:default-parameter")
        },
        body=node.first("ac:rich-text-body"),
        code=code_text(plain) if plain else None,
    )
