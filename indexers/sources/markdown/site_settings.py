"""The settings of site generators: where the pages are, and how they are published.

Settings that are a program are read as text; what it works out is not known.

Source of the rules: the documentation of MkDocs, Docusaurus, Middleman and Quarto; Hugo's
"Multilingual mode" and "Configure languages"; VitePress 1.6, ``node/config.ts`` and
``node/plugins/rewritesPlugin.ts``, with path-to-regexp for the patterns of ``rewrites``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import yaml

from footnote_bot.indexers.sources.markdown.addresses import Move, Permalink, permalinks
from footnote_bot.indexers.sources.markdown.dialects import QUARTO_SUFFIXES
from footnote_bot.indexers.sources.markdown.files import Listing, on_disk
from footnote_bot.indexers.sources.markdown.front_matter import load_yaml

HUGO = tuple(
    f"{folder}{name}"
    for folder in ("", "config/_default/")
    for name in (
        *(f"hugo.{ending}" for ending in ("toml", "yaml", "yml", "json")),
        *(f"config.{ending}" for ending in ("toml", "yaml", "yml")),
    )
)
_LANGUAGES = tuple(f"languages.{ending}" for ending in ("toml", "yaml", "yml"))
DOCUSAURUS = tuple(f"docusaurus.config.{ending}" for ending in ("js", "ts", "mjs", "cjs"))
_VITEPRESS = tuple(
    f".vitepress/config{stem}.{ending}"
    for ending in ("js", "ts", "mjs", "mts")
    for stem in ("/index", "")
)
QUARTO = ("_quarto.yml", "_quarto.yaml", "_bookdown.yml", "_site.yml")
_SPECIAL = re.compile(r"([\\*?\[\]!# ])")
_VITEPRESS_FOLDER = re.compile(r"^(?:[^/]+/){0,2}\.vitepress$")

_DOCUSAURUS_VALUE = re.compile(r"\b(url|baseUrl|routeBasePath):\s*['\"]([^'\"]*)['\"]")
_KEEPS_NUMBERS = re.compile(r"\bnumberPrefixParser:\s*+false\b")
_DIRECTORY_INDEXES = re.compile(r"^[ \t]*activate :directory_indexes", re.MULTILINE)

_REMARK = re.compile(r"^[ \t]*+(?://|/?\*(?!\*?/)).*$", re.MULTILINE)
_STRING = r"(?:'[^'\\\n]*+'|\"[^\"\\\n]*+\")"
_SRC_DIR = re.compile(rf"\bsrcDir:\s*+({_STRING})")
_CLEAN = re.compile(r"\bcleanUrls:\s*+true\b")
_HOST = re.compile(rf"\bsitemap:\s*+\{{[^{{}}]*?\bhostname:\s*+({_STRING})")
_EXCLUDED = re.compile(rf"\bsrcExclude:\s*+\[((?:\s*+{_STRING}\s*+,?+)*+)\s*+\]")
_PAIR = rf"({_STRING}|(?<![\w$])[\w$]++)\s*+:\s*+({_STRING})\s*+,?+\s*+"
_NEXT_PAIR = re.compile(_PAIR)
_REWRITES = re.compile(rf"\brewrites:\s*+\{{\s*+((?:{_PAIR})*+)\}}")
_PART = re.compile(
    r":(?P<name>\w++)(?:\(\.[*+]\))?+(?P<many>[*+]?+)|(?P<rest>\(\.[*+]\))|(?P<text>[^:(){}*+?\\]++)"
)
_MOST_PARTS = 3
"""Variable parts of a rewritten path; nobody has more, and a pattern with many takes long."""


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """The settings of a site; a value that they do not state is empty. ``folder`` is where the
    pages start below the root, ending in ``/``. ``titles`` are those of the table of contents, by
    path below ``folder``. ``excluded`` are patterns of files that the site leaves out, as in
    ``.gitignore``."""

    folder: str = ""
    site_url: str = ""
    addresses: str = ""
    anchors: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    permalinks: tuple[Permalink, ...] = ()
    excluded: tuple[str, ...] = ()


def settings_of(dialect: str, root: Path, listed: Listing) -> SiteSettings:
    """Return what the settings of the generator that reads this ``dialect`` say."""
    read = _READERS.get(dialect)
    return read(root, listed) if read else SiteSettings()


def near(root: Path, names: tuple[str, ...], above: int) -> Path | None:
    """Return the first file with one of ``names``, in ``root`` or up to so many folders above."""
    folders = [root, *list(root.absolute().parents)[:above]]
    return next(
        (folder / name for folder in folders for name in names if (folder / name).is_file()), None
    )


def text_of(file: Path | None) -> str:
    """Return the text of a settings file; empty if it cannot be read."""
    try:
        return file.read_text("utf-8", "replace") if file and file.is_file() else ""
    except OSError:
        return ""


def _values(file: Path | None) -> Mapping[str, object]:
    """Return the values of a settings file; they are optional: broken ones say nothing."""
    text = text_of(file)
    try:
        is_toml = file is not None and file.suffix == ".toml"
        values = tomllib.loads(text) if is_toml else load_yaml(text)
    except (ValueError, RecursionError, yaml.YAMLError):
        return {}
    return values if isinstance(values, dict) else {}


def _is_folder(place: Path) -> bool:
    try:
        return place.is_dir()
    except OSError:  # a name that is too long
        return False


def _absolute(address: str) -> str:
    return address if "://" in address else ""


def mkdocs_file(root: Path) -> Path | None:
    """Return MkDocs' settings, of this folder or of the one whose pages it is."""
    found = near(root, ("mkdocs.yml", "mkdocs.yaml"), 1)
    if found is None or found.parent == root:
        return found
    docs = _values(found).get("docs_dir") or "docs"
    return found if (found.parent / str(docs)).resolve() == root.resolve() else None


def _mkdocs(root: Path, _listed: Listing) -> SiteSettings:
    file = mkdocs_file(root)
    if file is None:
        return SiteSettings()
    settings = _values(file)
    docs = str(settings.get("docs_dir") or "docs").strip("./")
    return SiteSettings(
        f"{docs}/" if file.parent == root and _is_folder(root / docs) else "",
        str(settings.get("site_url") or ""),
        "html" if settings.get("use_directory_urls") is False else "",
        "github" if "pymdownx.slugs" in text_of(file) else "",
        dict(reversed(list(_nav(settings.get("nav"))))),  # the first title of a page holds
    )


def _nav(item: object, title: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(item, str) and title and "://" not in item:
        yield item, title
    elif isinstance(item, list):
        for each in item:
            yield from _nav(each)
    elif isinstance(item, dict):
        for name, each in item.items():
            yield from _nav(each, str(name))


def hugo_file(root: Path) -> Path | None:
    """Return Hugo's settings, of this folder or of the site whose pages it has."""
    for above, folder in enumerate([root, *list(root.absolute().parents)[:2]]):
        inside = root.absolute().relative_to(folder.absolute()).parts
        if above and inside[:1] != ("content",):
            continue
        file = near(folder, HUGO, 0)
        if file and (folder / "content").is_dir():
            return file
    return None


def _hugo(root: Path, _listed: Listing) -> SiteSettings:
    file = hugo_file(root)
    said = _values(file) if file and file.suffix != ".json" else {}
    settings = {str(name).lower(): value for name, value in said.items()}
    languages = settings.get("languages")
    if file and (apart := near(file.parent, _LANGUAGES, 0)):
        languages = _values(apart)
    return SiteSettings(
        site_url=_absolute(str(settings.get("baseurl") or "")),
        moves=tuple(_languages(settings, languages)) if isinstance(languages, dict) else (),
    )


def _languages(settings: Mapping[str, object], languages: Mapping[str, object]) -> Iterator[Move]:
    """Yield where a site of these ``languages`` has its pages. A page is in the language that its
    file's name ends with (``about.de.md``), or whose folder it is in."""
    default = str(settings.get("defaultcontentlanguage") or "en").lower()
    is_below = settings.get("defaultcontentlanguageinsubdir") is True
    for name, options in languages.items():
        language = str(name).lower()
        own = f"{language}/" if language != default or is_below else ""
        yield rf"(?i:(.*)\.{re.escape(language)})(\.\w+)", rf"{own}\1\2"
        for option, value in options.items() if isinstance(options, dict) else ():
            folder = str(value).strip("./").removeprefix("content").strip("/")
            if str(option).lower() == "contentdir" and folder:
                yield rf"{re.escape(folder)}/(.*)", rf"{own}\1"
    if is_below and languages:
        yield "(.*)", rf"{default}/\1"


def _jekyll(root: Path, _listed: Listing) -> SiteSettings:
    settings = _values(near(root, ("_config.yml",), 0))
    permalink = str(settings.get("permalink") or "")
    source = str(settings.get("source") or "").strip("./")
    kramdown = settings.get("kramdown")
    parses = str(kramdown.get("input") or "") if isinstance(kramdown, dict) else ""
    return SiteSettings(
        f"{source}/" if source and _is_folder(root / source) else "",
        _absolute(f"{settings.get('url') or ''}{settings.get('baseurl') or ''}"),
        "pretty" if permalink == "pretty" or permalink.endswith("/") else "",
        "kramdown" if parses.lower() == "kramdown" else "",
        permalinks=tuple(permalinks(settings)),
    )


def _docusaurus(root: Path, _listed: Listing) -> SiteSettings:
    file = near(root, DOCUSAURUS, 1)
    text = text_of(file)
    values = dict(_DOCUSAURUS_VALUE.findall(text))
    base = (values.get("baseUrl") or "/").strip("/")
    route = values.get("routeBasePath", "docs").strip("/") if file else ""
    site = "/".join(filter(None, (values.get("url", "").rstrip("/"), base, route)))
    numbered = "bare-numbered" if _KEEPS_NUMBERS.search(text) else ""
    return SiteSettings(site_url=_absolute(site), addresses=numbered)


def _middleman(root: Path, _listed: Listing) -> SiteSettings:
    text = text_of(near(root, ("config.rb",), 1))
    return SiteSettings(addresses="pretty" if _DIRECTORY_INDEXES.search(text) else "")


def _quarto(root: Path, listed: Listing) -> SiteSettings:
    """A page beside which there is the Markdown that was made from it, with what its cells print,
    is left out."""
    website = _values(near(root, QUARTO, 0)).get("website")
    made = [
        "/" + _SPECIAL.sub(r"\\\1", path)
        for path in listed.files
        if path.lower().endswith(QUARTO_SUFFIXES)
        and str(PurePosixPath(path).with_suffix(".md")) in listed.files
    ]
    return SiteSettings(
        site_url=str(website.get("site-url") or "") if isinstance(website, dict) else "",
        excluded=tuple(made),
    )


def vitepress_settings(root: Path, listed: Listing) -> SiteSettings | None:
    """Return VitePress' settings, of the site in this folder or whose pages it has; None if there
    is none."""
    sites = [
        path.removesuffix(".vitepress") for path in listed.folders if _VITEPRESS_FOLDER.search(path)
    ]
    for site in sorted(sites, key=lambda site: (site.count("/"), site)):
        if text := _vitepress_program(on_disk(root, site)):
            inside = f"{site}{_src_dir(text)}"
            return _vitepress_said(text, inside if _is_folder(on_disk(root, inside)) else site)
    above = root.absolute().parent
    text = _vitepress_program(above)
    folder = _src_dir(text)
    if folder and (above / folder).resolve() == root.resolve():
        return _vitepress_said(text, "")
    return None


def _vitepress(root: Path, listed: Listing) -> SiteSettings:
    return vitepress_settings(root, listed) or SiteSettings()


def _vitepress_program(site: Path) -> str:
    """Return its settings, with what a folder of them holds; empty if there are none."""
    file = near(site, _VITEPRESS, 0)
    if file is None:
        return ""
    files = sorted(file.parent.glob("*.*ts")) + sorted(file.parent.glob("*.*js"))
    program = "\n".join(map(text_of, files if file.stem == "index" else [file]))
    return _REMARK.sub("", program) or " "


def _src_dir(program: str) -> str:
    folder = PurePosixPath(_string_after(_SRC_DIR, program))
    is_below = not folder.is_absolute() and ".." not in folder.parts
    return "".join(f"{part}/" for part in folder.parts) if is_below else ""


def _vitepress_said(program: str, folder: str) -> SiteSettings:
    excluded = _EXCLUDED.search(program)
    rewrites = _REWRITES.search(program)
    pairs = _NEXT_PAIR.findall(rewrites[1]) if rewrites else ()
    moves = (_move(_bare(source), _bare(target)) for source, target in pairs)
    return SiteSettings(
        folder,
        _string_after(_HOST, program),
        "vitepress-clean" if _CLEAN.search(program) else "",
        moves=tuple(filter(None, moves)),
        excluded=tuple(
            f"/{_bare(each)}" for each in (re.findall(_STRING, excluded[1]) if excluded else ())
        ),
    )


def _string_after(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return _bare(match[1]) if match else ""


def _bare(string: str) -> str:
    return string.strip("'\"")


def _move(source: str, target: str) -> Move | None:
    """Return a rule of path-to-regexp as one of ours; None if it has what people rarely write."""
    parts, places = list(_PART.finditer(source)), list(_PART.finditer(target))
    if (
        "".join(part[0] for part in parts) != source
        or "".join(part[0] for part in places) != target
    ):
        return None
    names = [part["name"] or "" for part in parts if not part["text"]]
    pattern = "".join(
        re.escape(part["text"])
        if part["text"]
        else ("(.*)" if part["many"] or part["rest"] else "([^/]+)")
        for part in parts
    )
    if len(names) > _MOST_PARTS or pattern.count("(.*)") > 1:
        return None
    if any(not place["text"] and (place["name"] or "") not in names for place in places):
        return None
    to = (place["text"] or rf"\g<{names.index(place['name'] or '') + 1}>" for place in places)
    return pattern, "".join(to)


_READERS: Mapping[str, Callable[[Path, Listing], SiteSettings]] = {
    "mkdocs": _mkdocs,
    "hugo": _hugo,
    "jekyll": _jekyll,
    "docusaurus": _docusaurus,
    "vitepress": _vitepress,
    "middleman": _middleman,
    "quarto": _quarto,
}
