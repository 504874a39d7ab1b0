"""The settings of site generators: where the pages are, and how they are published.

Settings that are a program are read as text; what it works out is not known.

Source of the rules: the documentation of MkDocs, Docusaurus and Middleman; Hugo's
"Multilingual mode" and "Configure languages"; VitePress 1.6, ``node/config.ts``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import yaml

from footnote_bot.indexers.sources.markdown.addresses import Move, Permalink, permalinks
from footnote_bot.indexers.sources.markdown.files import Listing
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
    files = (folder / name for folder in folders for name in names)
    return next((file for file in files if file.is_file()), None)


def file_text(file: Path | None) -> str:
    """Return the text of a settings file; empty if it cannot be read."""
    try:
        return file.read_text("utf-8", "replace") if file and file.is_file() else ""
    except OSError:
        return ""


def _values(file: Path | None) -> Mapping[str, object]:
    """Return the values of a settings file; empty if it is broken."""
    text = file_text(file)
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
    """Return ``address`` if it has a scheme; empty if it is only a path."""
    return address if "://" in address else ""


def mkdocs_file(root: Path) -> Path | None:
    """Return MkDocs' settings file, of the site at ``root`` or whose pages it holds, or None."""
    file = near(root, ("mkdocs.yml", "mkdocs.yaml"), 1)
    if file is None or file.parent == root:
        return file
    docs = _values(file).get("docs_dir") or "docs"
    return file if (file.parent / str(docs)).resolve() == root.resolve() else None


def _mkdocs(root: Path, _listed: Listing) -> SiteSettings:
    file = mkdocs_file(root)
    if file is None:
        return SiteSettings()
    settings = _values(file)
    docs = str(settings.get("docs_dir") or "docs").strip("./")
    return SiteSettings(
        folder=f"{docs}/" if file.parent == root and _is_folder(root / docs) else "",
        site_url=str(settings.get("site_url") or ""),
        addresses="html" if settings.get("use_directory_urls") is False else "",
        anchors="github" if "pymdownx.slugs" in file_text(file) else "",
        titles=dict(reversed(list(_nav(settings.get("nav"))))),  # the first title of a page holds
    )


def _nav(item: object, title: str = "") -> Iterator[tuple[str, str]]:
    """Yield path and title of each page in MkDocs' table of contents; ``title`` is ``item``'s."""
    if isinstance(item, str) and title and "://" not in item:
        yield item, title
    elif isinstance(item, list):
        for each in item:
            yield from _nav(each)
    elif isinstance(item, dict):
        for name, each in item.items():
            yield from _nav(each, str(name))


def hugo_file(root: Path) -> Path | None:
    """Return Hugo's settings file: of the site at ``root``, or of the one whose folder ``content``
    holds ``root``; None if there is none."""
    top = root.absolute()
    for folder in [top, *list(top.parents)[:2]]:
        inside = top.relative_to(folder).parts
        is_site_of_pages = not inside or inside[0] == "content"
        file = near(folder, HUGO, 0) if is_site_of_pages else None
        if file and (folder / "content").is_dir():
            return file
    return None


def _hugo(root: Path, _listed: Listing) -> SiteSettings:
    """Read Hugo's settings; those in JSON are not read."""
    file = hugo_file(root)
    values = _values(file) if file and file.suffix != ".json" else {}
    settings = {str(name).lower(): value for name, value in values.items()}
    languages = settings.get("languages")
    if file and (languages_file := near(file.parent, _LANGUAGES, 0)):
        languages = _values(languages_file)
    return SiteSettings(
        site_url=_absolute(str(settings.get("baseurl") or "")),
        moves=tuple(_languages(settings, languages)) if isinstance(languages, dict) else (),
    )


def _languages(settings: Mapping[str, object], languages: Mapping[str, object]) -> Iterator[Move]:
    """Yield the moves from files to where a site of these ``languages`` has their pages. A page is
    in the language that its file's name ends with (``about.de.md``), or whose folder it is in."""
    default = str(settings.get("defaultcontentlanguage") or "en").lower()
    is_below = settings.get("defaultcontentlanguageinsubdir") is True
    for name, options in languages.items():
        language = str(name).lower()
        prefix = f"{language}/" if language != default or is_below else ""
        yield rf"(?i:(.*)\.{re.escape(language)})(\.\w+)", rf"{prefix}\1\2"
        for option, value in options.items() if isinstance(options, dict) else ():
            folder = str(value).strip("./").removeprefix("content").strip("/")
            if str(option).lower() == "contentdir" and folder:
                yield rf"{re.escape(folder)}/(.*)", rf"{prefix}\1"
    if is_below and languages:
        yield "(.*)", rf"{default}/\1"


def _jekyll(root: Path, _listed: Listing) -> SiteSettings:
    settings = _values(near(root, ("_config.yml",), 0))
    permalink = str(settings.get("permalink") or "")
    source = str(settings.get("source") or "").strip("./")
    kramdown = settings.get("kramdown")
    parser = str(kramdown.get("input") or "") if isinstance(kramdown, dict) else ""
    return SiteSettings(
        folder=f"{source}/" if source and _is_folder(root / source) else "",
        site_url=_absolute(f"{settings.get('url') or ''}{settings.get('baseurl') or ''}"),
        addresses="pretty" if permalink == "pretty" or permalink.endswith("/") else "",
        anchors="kramdown" if parser.lower() == "kramdown" else "",
        permalinks=tuple(permalinks(settings)),
    )


def _docusaurus(root: Path, _listed: Listing) -> SiteSettings:
    file = near(root, DOCUSAURUS, 1)
    text = file_text(file)
    values = dict(_DOCUSAURUS_VALUE.findall(text))
    base = (values.get("baseUrl") or "/").strip("/")
    route = values.get("routeBasePath", "docs").strip("/") if file else ""
    site = "/".join(filter(None, (values.get("url", "").rstrip("/"), base, route)))
    numbered = "bare-numbered" if _KEEPS_NUMBERS.search(text) else ""
    return SiteSettings(site_url=_absolute(site), addresses=numbered)


def _middleman(root: Path, _listed: Listing) -> SiteSettings:
    text = file_text(near(root, ("config.rb",), 1))
    return SiteSettings(addresses="pretty" if _DIRECTORY_INDEXES.search(text) else "")


def vitepress_settings(root: Path, listed: Listing) -> SiteSettings | None:
    """Return VitePress' settings: of the site in or below ``root``, or of the one above whose
    folder of pages ``root`` is; None if there is none."""
    sites = [
        path.removesuffix(".vitepress") for path in listed.folders if _VITEPRESS_FOLDER.search(path)
    ]
    for site in sorted(sites, key=lambda site: (site.count("/"), site)):
        program = _vitepress_program(root / site)
        if program is not None:
            pages = f"{site}{_src_dir(program)}"
            return _vitepress_values(program, pages if _is_folder(root / pages) else site)
    above = root.absolute().parent
    program = _vitepress_program(above) or ""
    folder = _src_dir(program)
    is_of_these_pages = folder and (above / folder).resolve() == root.resolve()
    return _vitepress_values(program, "") if is_of_these_pages else None


def _vitepress(root: Path, listed: Listing) -> SiteSettings:
    return vitepress_settings(root, listed) or SiteSettings()


def _vitepress_program(site: Path) -> str | None:
    """Return the settings of the site in a folder, without comments; None if it has none."""
    file = near(site, _VITEPRESS, 0)
    return _REMARK.sub("", file_text(file)) if file else None


def _src_dir(program: str) -> str:
    """Return the folder of the pages below the site's, ending in ``/``; empty if none is named."""
    folder = PurePosixPath(_string_after(_SRC_DIR, program))
    is_below = not folder.is_absolute() and ".." not in folder.parts
    return "".join(f"{part}/" for part in folder.parts) if is_below else ""


def _vitepress_values(program: str, folder: str) -> SiteSettings:
    """Return the values in ``program``, for pages in ``folder``."""
    excluded = _EXCLUDED.search(program)
    patterns = re.findall(_STRING, excluded[1]) if excluded else ()
    return SiteSettings(
        folder,
        _string_after(_HOST, program),
        "vitepress-clean" if _CLEAN.search(program) else "",
        excluded=tuple(f"/{_unquoted(pattern)}" for pattern in patterns),
    )


def _string_after(pattern: re.Pattern[str], text: str) -> str:
    """Return the string that ``pattern`` finds, without its quotation marks, or ""."""
    match = pattern.search(text)
    return _unquoted(match[1]) if match else ""


def _unquoted(string: str) -> str:
    return string.strip("'\"")


_READERS: Mapping[str, Callable[[Path, Listing], SiteSettings]] = {
    "mkdocs": _mkdocs,
    "hugo": _hugo,
    "jekyll": _jekyll,
    "docusaurus": _docusaurus,
    "vitepress": _vitepress,
    "middleman": _middleman,
}
