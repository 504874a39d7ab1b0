"""The kind of wiki in a folder, the folder of its pages, and what its own settings say."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

import yaml

from indexers.errors import WikiMisconfigured
from indexers.sources.markdown import hugo, vitepress
from indexers.sources.markdown.addresses import Move
from indexers.sources.markdown.dialects import (
    DIALECTS,
    QUARTO_SUFFIXES,
    Dialect,
    has_toml_matter,
    sign,
)
from indexers.sources.markdown.files import Listing
from indexers.sources.markdown.forge import web_address
from indexers.sources.markdown.grammar import parser
from indexers.sources.markdown.jekyll import Permalink, permalinks
from indexers.sources.markdown.keys import on_disk
from indexers.sources.markdown.memory import Guess
from indexers.sources.markdown.values import load_yaml

_META = re.compile(
    r"(?:readme|licen[cs]e|notice|contributing|changelog|code_of_conduct|security|authors|claude|agents)"
    r"[^/]*",
    re.IGNORECASE,
)
_HUGO = tuple(
    f"{folder}{name}"
    for folder in ("", "config/_default/")
    for name in (
        *(f"hugo.{ending}" for ending in ("toml", "yaml", "yml", "json")),
        *(f"config.{ending}" for ending in ("toml", "yaml", "yml")),
    )
)
_LANGUAGES = tuple(f"languages.{ending}" for ending in ("toml", "yaml", "yml"))
_DOCUSAURUS = tuple(f"docusaurus.config.{ending}" for ending in ("js", "ts", "mjs", "cjs"))
_ELEVENTY = (
    ".eleventy.js",
    *(f"eleventy.config.{ending}" for ending in ("js", "mjs", "cjs", "ts")),
)
_VITEPRESS = re.compile(r"^(?:[^/]+/){0,2}\.vitepress$")
_MKDOCS = ("mkdocs.yml", "mkdocs.yaml")
_SPHINX = ("conf.py", "docs/conf.py", "docs/source/conf.py", "doc/conf.py", "source/conf.py")
_NAMES_MYST = re.compile(r"\bmyst(?![a-z])|jupyter-book")
_QUARTO = ("_quarto.yml", "_quarto.yaml", "_bookdown.yml", "_site.yml")
_SPECIAL = re.compile(r"([\\*?\[\]!# ])")
_GITBOOK = ("SUMMARY.md", ".gitbook.yaml", ".gitbook.yml")
_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Recognised:
    """A recognised wiki. ``folder`` is where the pages start below the root (empty, or ending in
    ``/``). ``titles`` are those of the wiki's own table of contents, by path below ``folder``."""

    dialect: Dialect
    folder: str = ""
    site_url: str = ""
    addresses: str = ""
    anchors: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    permalinks: tuple[Permalink, ...] = ()
    excluded: tuple[str, ...] = ()
    """Patterns of files that the site leaves out, as in ``.gitignore``."""
    otherwise: Guess | None = None
    """What its files look like now, if that differs from how it was read before."""


def recognise(root: Path, listed: Listing, flavour: str, before: Guess | None = None) -> Recognised:
    """Recognise how a wiki is written, unless ``flavour`` names it. An earlier guess (``before``)
    holds as long as there are pages where it says that they start.

    Raises:
        WikiMisconfigured: there is no such flavour.
    """
    name = _name(root, listed) if flavour == "auto" else flavour
    found = _recognised(root, listed, name)
    guess = Guess(found.dialect.name, found.folder)
    if before is None or before == guess or before.flavour not in DIALECTS:
        return found
    if flavour not in ("auto", before.flavour) or not _has_pages(listed, before):
        return found
    return replace(_recognised(root, listed, before.flavour, before.folder), otherwise=guess)


def _has_pages(listed: Listing, guess: Guess) -> bool:
    suffixes = DIALECTS[guess.flavour].suffixes
    return any(
        path.startswith(guess.folder) and path.lower().endswith(suffixes) for path in listed.files
    )


def _recognised(root: Path, listed: Listing, name: str, folder: str | None = None) -> Recognised:
    """Recognise with ``folder`` as the pages' folder; None: detect it."""
    if name not in DIALECTS:
        known = ", ".join(sorted(DIALECTS))
        raise WikiMisconfigured(
            f"there is no flavour {name!r} of Markdown; there are auto, {known}"
        )
    dialect = DIALECTS[name]
    recognised = _SETTINGS[name](root, listed) if name in _SETTINGS else Recognised(dialect)
    if folder is None:
        folder = recognised.folder or _folder(root, listed, dialect)
    if name == "gitbook":
        recognised = Recognised(dialect, titles=_summary(on_disk(root, folder) / "SUMMARY.md"))
    return replace(
        recognised,
        folder=folder,
        site_url=web_address(recognised.site_url),
        addresses=recognised.addresses or dialect.addresses,
        anchors=recognised.anchors or dialect.anchors,
    )


def _name(root: Path, listed: Listing) -> str:
    top = {path for path in listed.files if "/" not in path}
    names = {path.rsplit("/", 1)[-1] for path in listed.files}
    checks: Iterator[tuple[str, bool]] = iter(
        (
            ("mkdocs", _mkdocs_file(root) is not None),
            ("docusaurus", _near(root, _DOCUSAURUS, 1) is not None),
            ("vitepress", _vitepress_config(root, listed) is not None),
            ("docfx", "docfx.json" in names),
            ("myst", _is_sphinx(root)),
            ("quarto", not top.isdisjoint(_QUARTO)),
            ("obsidian", ".obsidian" in listed.folders),
            ("gitbook", any(mark in top for mark in _GITBOOK) or "docs/SUMMARY.md" in listed.files),
            ("hugo", "_index.md" in names or _hugo_file(root) is not None),
            (
                "github-wiki",
                bool(names & {"_Sidebar.md", "_Footer.md"})
                or root.name.endswith(".wiki")
                or ("Home.md" in top and not listed.folders - {".git"}),
            ),
            ("middleman", any(".html.m" in name for name in names)),
            ("eleventy", _near(root, _ELEVENTY, 1) is not None),
            ("jekyll", "_config.yml" in top),
            ("docusaurus", "_category_.json" in names or any(n.endswith(".mdx") for n in names)),
            ("quarto", _is_mostly_quarto(listed.files)),
            ("eleventy", any(name.endswith((".njk", ".liquid", ".11ty.js")) for name in names)),
        )
    )
    return next((name for name, holds in checks if holds), "") or _by_syntax(root, listed)


def _by_syntax(root: Path, listed: Listing) -> str:
    """Detect the flavour by the pages' syntax, if no file tells."""
    pages = [path for path in listed.files if path.endswith((".md", ".markdown"))]
    votes: Counter[str] = Counter()
    toml = 0
    for path in pages[:: max(1, len(pages) // _SAMPLE)]:
        try:
            with on_disk(root, path).open("rb") as file:
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
    """Return the pages' folder, if beside it there are only files about the repository."""
    if dialect.name == "jekyll" and _near(root, ("_config.yml",), 0):
        return ""  # whose folders are in its addresses
    pages = [path for path in listed.files if path.endswith(dialect.suffixes)]
    configured = bool(_near(root, (*_HUGO, *_DOCUSAURUS, *_ELEVENTY, "config.rb"), 0))
    for folder in dialect.folders:
        outside = [path for path in pages if not path.startswith(f"{folder}/")]
        if len(outside) < len(pages) and (configured or all(map(_META.fullmatch, outside))):
            return f"{folder}/"
    return ""


def _near(root: Path, names: tuple[str, ...], above: int) -> Path | None:
    folders = [root, *list(root.absolute().parents)[:above]]
    return next(
        (folder / name for folder in folders for name in names if (folder / name).is_file()), None
    )


def _mkdocs_file(root: Path) -> Path | None:
    """Return its settings, of this folder or of the one whose pages it is."""
    found = _near(root, _MKDOCS, 1)
    if found is None or found.parent == root:
        return found
    docs = _settings(found).get("docs_dir") or "docs"
    return found if (found.parent / str(docs)).resolve() == root.resolve() else None


def _hugo_file(root: Path) -> Path | None:
    for above, folder in enumerate([root, *list(root.absolute().parents)[:2]]):
        inside = root.absolute().relative_to(folder.absolute()).parts
        if above and inside[:1] != ("content",):
            continue
        for name in _HUGO:
            if (folder / name).is_file() and (folder / "content").is_dir():
                return folder / name
    return None


def _is_sphinx(root: Path) -> bool:
    """Return whether Sphinx or Jupyter Book publishes it: its settings name MyST."""
    settings = [root / name for name in (*_SPHINX, "myst.yml", "_config.yml", "../conf.py")]
    return any(_NAMES_MYST.search(_text(file)) for file in settings)


def _is_mostly_quarto(files: Iterable[str]) -> bool:
    """Return whether at least half of the pages are of Quarto or R Markdown: a package in R also
    has a few."""
    suffixes = Counter(PurePosixPath(path).suffix.lower() for path in files)
    own = sum(suffixes[suffix] for suffix in QUARTO_SUFFIXES)
    return own > 0 and own >= suffixes[".md"]


def _quarto(root: Path, listed: Listing) -> Recognised:
    """Read a site's address. A page beside which there is the Markdown that was made from it, with
    what its cells print, is left out."""
    file = _near(root, _QUARTO, 0)
    website = _settings(file).get("website") if file else None
    made = [
        "/" + _SPECIAL.sub(r"\\\1", path)
        for path in listed.files
        if path.lower().endswith(QUARTO_SUFFIXES)
        and str(PurePosixPath(path).with_suffix(".md")) in listed.files
    ]
    return Recognised(
        DIALECTS["quarto"],
        site_url=str(website.get("site-url") or "") if isinstance(website, dict) else "",
        excluded=tuple(made),
    )


def _mkdocs(root: Path, _listed: Listing) -> Recognised:
    dialect = DIALECTS["mkdocs"]
    file = _mkdocs_file(root)
    if file is None:
        return Recognised(dialect)
    settings = _settings(file)
    docs = str(settings.get("docs_dir") or "docs").strip("./")
    titles: dict[str, str] = {}
    _nav(settings.get("nav"), titles)
    return Recognised(
        dialect,
        f"{docs}/" if file.parent == root and _is_folder(root / docs) else "",
        str(settings.get("site_url") or ""),
        "html" if settings.get("use_directory_urls") is False else "",
        "github" if "pymdownx.slugs" in _text(file) else "",
        titles,
    )


def _nav(item: object, titles: dict[str, str], title: str = "") -> None:
    if isinstance(item, str) and title and "://" not in item:
        titles.setdefault(item, title)
    elif isinstance(item, list):
        for each in item:
            _nav(each, titles)
    elif isinstance(item, dict):
        for name, each in item.items():
            _nav(each, titles, str(name))


def _hugo(root: Path, _listed: Listing) -> Recognised:
    file = _hugo_file(root)
    said = _settings(file) if file and file.suffix != ".json" else {}
    settings = {str(name).lower(): value for name, value in said.items()}
    base = str(settings.get("baseurl") or "")
    languages = settings.get("languages")
    if file and (apart := _near(file.parent, _LANGUAGES, 0)):
        languages = _settings(apart)
    return Recognised(
        DIALECTS["hugo"],
        site_url=base if "://" in base else "",
        moves=hugo.moves(settings, languages) if isinstance(languages, dict) else (),
    )


def _jekyll(root: Path, _listed: Listing) -> Recognised:
    file = _near(root, ("_config.yml",), 0)
    settings = _settings(file) if file else {}
    base = f"{settings.get('url') or ''}{settings.get('baseurl') or ''}"
    pretty = settings.get("permalink") == "pretty" or str(settings.get("permalink") or "").endswith(
        "/"
    )
    source = str(settings.get("source") or "").strip("./")
    kramdown = settings.get("kramdown")
    parses = str(kramdown.get("input") or "") if isinstance(kramdown, dict) else ""
    return Recognised(
        DIALECTS["jekyll"],
        f"{source}/" if source and _is_folder(root / source) else "",
        site_url=base if "://" in base else "",
        addresses="pretty" if pretty else "",
        anchors="kramdown" if parses.lower() == "kramdown" else "",
        permalinks=permalinks(settings),
    )


def _docusaurus(root: Path, _listed: Listing) -> Recognised:
    file = _near(root, _DOCUSAURUS, 1)
    text = _text(file) if file else ""
    settings = dict(re.findall(r"\b(url|baseUrl|routeBasePath):\s*['\"]([^'\"]*)['\"]", text))
    base = (settings.get("baseUrl") or "/").strip("/")
    route = settings.get("routeBasePath", "docs").strip("/") if file else ""
    site = "/".join(filter(None, (settings.get("url", "").rstrip("/"), base, route)))
    keeps_numbers = re.search(r"\bnumberPrefixParser:\s*+false\b", text)
    return Recognised(
        DIALECTS["docusaurus"],
        site_url=site if "://" in site else "",
        addresses="bare-numbered" if keeps_numbers else "",
    )


def _vitepress(root: Path, listed: Listing) -> Recognised:
    place, said = _vitepress_config(root, listed) or ("", vitepress.settings(""))
    return Recognised(
        DIALECTS["vitepress"],
        place,
        said.site_url,
        "vitepress-clean" if said.has_clean_urls else "",
        moves=said.moves,
        excluded=said.excluded,
    )


def _vitepress_config(
    root: Path, listed: Listing
) -> tuple[str, vitepress.VitePressSettings] | None:
    """Return its settings, and the folder of its pages below ``root``."""
    sites = [path.removesuffix(".vitepress") for path in listed.folders if _VITEPRESS.search(path)]
    for site in sorted(sites, key=lambda site: (site.count("/"), site)):
        if text := _vitepress_program(on_disk(root, site)):
            said = vitepress.settings(text)
            inside = f"{site}{said.folder}"
            return (inside if _is_folder(on_disk(root, inside)) else site), said
    above = root.absolute().parent
    said = vitepress.settings(_vitepress_program(above))
    holds = (above / said.folder).resolve() == root.resolve()
    return ("", said) if said.folder and holds else None


def _vitepress_program(site: Path) -> str:
    """Return its settings, with what a folder of them holds; empty if there are none."""
    file = _near(site, vitepress.CONFIG, 0)
    if file is None:
        return ""
    files = sorted(file.parent.glob("*.*ts")) + sorted(file.parent.glob("*.*js"))
    return "\n".join(map(_text, files if file.stem == "index" else [file])) or " "


def _middleman(root: Path, _listed: Listing) -> Recognised:
    file = _near(root, ("config.rb",), 1)
    text = _text(file) if file else ""
    pretty = re.search(r"^[ \t]*activate :directory_indexes", text, re.MULTILINE)
    return Recognised(DIALECTS["middleman"], addresses="pretty" if pretty else "")


_SETTINGS: Mapping[str, Callable[[Path, Listing], Recognised]] = {
    "mkdocs": _mkdocs,
    "hugo": _hugo,
    "jekyll": _jekyll,
    "docusaurus": _docusaurus,
    "vitepress": _vitepress,
    "middleman": _middleman,
    "quarto": _quarto,
}


def _summary(file: Path) -> Mapping[str, str]:
    """Return GitBook's table of contents: paths and titles."""
    titles: dict[str, str] = {}
    for token in parser(frozenset()).parse(_text(file)):
        target = ""
        for part in token.children or ():
            if part.type == "link_open":
                target = str(part.attrGet("href") or "").split("#")[0].removeprefix("./")
                words: list[str] = []
            elif part.type == "link_close" and target and ":" not in target.split("/")[0]:
                titles.setdefault(target, "".join(words))
                target = ""
            elif target:
                words.append(part.content)
    return titles


def _settings(file: Path) -> Mapping[str, object]:
    """Return the settings; they are optional: broken ones say nothing."""
    text = _text(file)
    try:
        values = tomllib.loads(text) if file.suffix == ".toml" else load_yaml(text)
    except (ValueError, RecursionError, yaml.YAMLError):
        return {}
    return values if isinstance(values, dict) else {}


def _text(file: Path) -> str:
    """Return the text of a settings file; empty if it cannot be read."""
    try:
        return file.read_text("utf-8", "replace") if file.is_file() else ""
    except OSError:
        return ""


def _is_folder(place: Path) -> bool:
    try:
        return place.is_dir()
    except OSError:  # a name that is too long
        return False
