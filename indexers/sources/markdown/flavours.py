"""The kind of wiki in a folder, and the folder of its pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote

from footnote_bot.indexers.errors import WikiMisconfigured
from footnote_bot.indexers.model import KnownPage
from footnote_bot.indexers.sources.markdown.dialects import (
    DIALECTS,
    QUARTO_SUFFIXES,
    Dialect,
    has_toml_matter,
    sign,
)
from footnote_bot.indexers.sources.markdown.files import Listing
from footnote_bot.indexers.sources.markdown.forge import web_address
from footnote_bot.indexers.sources.markdown.site_settings import (
    DOCUSAURUS,
    HUGO,
    QUARTO,
    SiteSettings,
    file_text,
    hugo_file,
    mkdocs_file,
    near,
    settings_of,
    vitepress_settings,
)

_META = re.compile(
    r"(?:readme|licen[cs]e|notice|contributing|changelog|code_of_conduct|security|authors|claude|agents)"
    r"[^/]*",
    re.IGNORECASE,
)
_ELEVENTY = (
    ".eleventy.js",
    *(f"eleventy.config.{ending}" for ending in ("js", "mjs", "cjs", "ts")),
)
_MYST = (
    "conf.py", "docs/conf.py", "docs/source/conf.py", "doc/conf.py", "source/conf.py", "myst.yml",
    "_config.yml", "../conf.py",
)  # fmt: skip
_NAMES_MYST = re.compile(r"\bmyst(?![a-z])|jupyter-book")
_GITBOOK = frozenset({"SUMMARY.md", ".gitbook.yaml", ".gitbook.yml"})
_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Guess:
    """A guess: a wiki's ``flavour``, and its pages' ``folder`` (ending in ``/``; empty: the root).

    The revision of each indexed page contains the guess, so the index always says how its pages
    were read, and one new page does not change every other page's links.
    """

    flavour: str
    folder: str = ""

    @property
    def mark(self) -> str:
        """Return the guess as the revision of a page contains it."""
        return f"{self.flavour}:{quote(self.folder, safe='/')}"

    @classmethod
    def of(cls, known: Mapping[str, KnownPage]) -> Guess | None:
        """Return the guess by which most ``known`` pages were read; None if there is none."""
        # A revision ends with the mark, behind its second dot.
        marks = Counter(
            page.revision.partition(".")[2].partition(".")[2] for page in known.values()
        )
        del marks[""]
        for mark, _ in marks.most_common(1):
            flavour, _, folder = mark.partition(":")
            return cls(flavour, unquote(folder))
        return None

    def __str__(self) -> str:
        return f"{self.flavour}, pages in {self.folder}" if self.folder else self.flavour


@dataclass(frozen=True, slots=True)
class Recognised:
    """A recognised wiki. ``other_guess`` is the guess by its files as they are now, if the wiki
    is read by an earlier guess that differs."""

    dialect: Dialect
    settings: SiteSettings
    other_guess: Guess | None = None

    @property
    def guess(self) -> Guess:
        return Guess(self.dialect.name, self.settings.folder)


def recognise(root: Path, listed: Listing, flavour: str, before: Guess | None = None) -> Recognised:
    """Recognise how a wiki is written, unless ``flavour`` names it. An earlier guess (``before``)
    holds as long as there are pages where it says that they start.

    Raises:
        WikiMisconfigured: there is no such flavour.
    """
    recognised = _recognised_as(
        root, listed, _detected(root, listed) if flavour == "auto" else flavour
    )
    if before is None or before == recognised.guess or before.flavour not in DIALECTS:
        return recognised
    if flavour not in ("auto", before.flavour) or not _has_pages(listed, before):
        return recognised
    earlier = _recognised_as(root, listed, before.flavour, before.folder)
    return replace(earlier, other_guess=recognised.guess)


def _has_pages(listed: Listing, guess: Guess) -> bool:
    """Return whether there are pages of the guessed flavour in the guessed folder."""
    suffixes = DIALECTS[guess.flavour].suffixes
    return any(
        path.startswith(guess.folder) and path.lower().endswith(suffixes) for path in listed.files
    )


def _recognised_as(root: Path, listed: Listing, name: str, folder: str | None = None) -> Recognised:
    """Return the wiki read as flavour ``name``, with ``folder``; None: detect the folder."""
    if name not in DIALECTS:
        known = ", ".join(sorted(DIALECTS))
        raise WikiMisconfigured(
            f"there is no flavour {name!r} of Markdown; there are auto, {known}"
        )
    dialect = DIALECTS[name]
    settings = settings_of(name, root, listed)
    if folder is None:
        folder = settings.folder or _folder(root, listed, dialect)
    completed = replace(
        settings,
        folder=folder,
        site_url=web_address(settings.site_url),
        addresses=settings.addresses or dialect.addresses,
        anchors=settings.anchors or dialect.anchors,
    )
    return Recognised(dialect, completed)


def _detected(root: Path, listed: Listing) -> str:
    """Return the flavour that names of files show, the surest first, or else the pages' syntax."""
    top = {path for path in listed.files if "/" not in path}
    names = {path.rsplit("/", 1)[-1] for path in listed.files}
    is_wiki = (
        bool(names & {"_Sidebar.md", "_Footer.md"})
        or root.name.endswith(".wiki")
        or ("Home.md" in top and not listed.folders - {".git"})
    )
    checks = (
        ("mkdocs", mkdocs_file(root) is not None),
        ("docusaurus", near(root, DOCUSAURUS, 1) is not None),
        ("vitepress", vitepress_settings(root, listed) is not None),
        ("docfx", "docfx.json" in names),
        ("myst", any(_NAMES_MYST.search(file_text(root / name)) for name in _MYST)),
        ("quarto", not top.isdisjoint(QUARTO)),
        ("obsidian", ".obsidian" in listed.folders),
        ("gitbook", bool(top & _GITBOOK) or "docs/SUMMARY.md" in listed.files),
        ("hugo", "_index.md" in names or hugo_file(root) is not None),
        ("github-wiki", is_wiki),
        ("middleman", any(".html.m" in name for name in names)),
        ("eleventy", near(root, _ELEVENTY, 1) is not None),
        ("jekyll", "_config.yml" in top),
        ("docusaurus", any(n == "_category_.json" or n.endswith(".mdx") for n in names)),
        ("quarto", _is_mostly_quarto(listed.files)),
        ("eleventy", any(name.endswith((".njk", ".liquid", ".11ty.js")) for name in names)),
    )
    return next((name for name, holds in checks if holds), "") or _by_syntax(root, listed)


def _is_mostly_quarto(files: Iterable[str]) -> bool:
    """Return whether half of the pages or more are of Quarto or R Markdown."""
    suffixes = Counter(PurePosixPath(path).suffix.lower() for path in files)
    of_quarto = sum(suffixes[suffix] for suffix in QUARTO_SUFFIXES)
    return of_quarto > 0 and of_quarto >= suffixes[".md"]


def _by_syntax(root: Path, listed: Listing) -> str:
    """Detect the flavour by a sample of pages, if no file tells: Hugo if most have TOML, else that
    with the most signs, if one in twenty pages has them."""
    pages = [path for path in listed.files if path.endswith((".md", ".markdown"))]
    votes: Counter[str] = Counter()
    toml = 0
    for path in pages[:: max(1, len(pages) // _SAMPLE)]:
        try:
            with (root / path).open("rb") as file:
                text = file.read(1 << 16).decode("utf-8", "replace")
        except OSError:
            continue
        votes[sign(text, path)] += 1
        toml += has_toml_matter(text)
    if toml * 2 > votes.total():
        return "hugo"
    marked = [(count, name) for name, count in votes.items() if name]
    count, name = max(marked, default=(0, "github"))
    return name if count * 20 >= votes.total() else "github"


def _folder(root: Path, listed: Listing, dialect: Dialect) -> str:
    """Return the pages' folder, if only files about the repository are outside, or ""."""
    if dialect.name == "jekyll" and near(root, ("_config.yml",), 0):
        return ""  # Jekyll publishes the folder as a part of the address
    pages = [path for path in listed.files if path.endswith(dialect.suffixes)]
    configured = bool(near(root, (*HUGO, *DOCUSAURUS, *_ELEVENTY, "config.rb"), 0))
    for folder in dialect.folders:
        outside = [path for path in pages if not path.startswith(f"{folder}/")]
        if len(outside) < len(pages) and (configured or all(map(_META.fullmatch, outside))):
            return f"{folder}/"
    return ""
