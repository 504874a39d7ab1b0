"""The dialects of Markdown that Footnote knows."""

from __future__ import annotations

from typing import Literal, get_args

Flavour = Literal[
    "auto", "github", "gitlab", "mkdocs", "docusaurus", "vitepress", "hugo", "jekyll", "eleventy",
    "middleman", "obsidian", "gitbook", "github-wiki", "gitlab-wiki", "myst", "docfx", "quarto",
]  # fmt: skip
FLAVOURS: tuple[Flavour, ...] = get_args(Flavour)
