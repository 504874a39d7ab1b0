"""The address that a site generator gives the page of a file.

Source of the rules of Jekyll's permalinks: Jekyll 4.3, ``configuration.rb``, ``collection.rb``,
``drops/url_drop.rb``, ``utils.rb`` (``slugify``, ``add_permalink_suffix``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import Final
from unicodedata import category
from urllib.parse import quote, unquote, urlsplit

from footnote_bot.indexers.sources.markdown.dates import date_of
from footnote_bot.indexers.sources.markdown.dialects import QUARTO_SUFFIXES
from footnote_bot.indexers.sources.markdown.front_matter import FrontMatter

_PREFIX = re.compile(r"^\d+\s*[-_.]+\s*(?=[^-_.\s])")
_DATED = re.compile(r"^(?:(?:\d{2}|\d{4})[-_.]\d{2}(?:[-_.](?:\d{2}|\d{4}))?|\d+[-_.]\d+)")
_POST = re.compile(r"(\d{2,4}-\d{1,2}-\d{1,2})-(.+)")
_PLACEHOLDER = re.compile(r":([a-z_]+)")
_STYLES = {
    "none": "/:categories/:title:output_ext",
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
}
"""Jekyll's named permalinks. Days of a year and weeks are not worked out."""
_INDEXES = frozenset({"index", "readme"})
_FORGE_VIEW = re.compile(r"/(?:-/)?(?:blob|tree|src)/[^/]+")


def place(rule: str, path: str, matter: FrontMatter) -> str:
    """Return the path of a file's page, below its site, starting with ``/``, percent-encoded.

    Raises:
        KeyError: if ``rule`` is none of `RULES`.
    """
    site_path = RULES[rule](PurePosixPath(path), matter)
    return quote(site_path, safe="/~@+:!$&'*,;=%")


Permalink = tuple[str, str]
"""A pattern of paths, and the template of the addresses of pages with such a path."""
Move = tuple[str, str]
"""A pattern of paths, and the path that the site has instead (for `re.Match.expand`). A pattern is
escaped text with one ``.*``, so it is quick on any path."""


def moved(path: str, moves: Sequence[Move]) -> str:
    """Return the path that the site has for a file: by the first matching pattern, or its own."""
    for pattern, target in moves:
        if match := re.fullmatch(rf"(?:{pattern})", path):
            return match.expand(target).lstrip("/")
    return path


def template_of(path: str, permalinks: Sequence[Permalink]) -> str:
    """Return the template with the first pattern that matches ``path``; empty if none does."""
    for pattern, template in permalinks:
        if re.fullmatch(rf"(?:{pattern})", path):
            return template
    return ""


def is_forge_view(site_url: str) -> bool:
    """Return whether a forge shows files at this address, under their own names."""
    return bool(_FORGE_VIEW.search(site_url))


def _stem(path: PurePosixPath) -> str:
    """Return the file's name without the suffixes of pages."""
    for suffix in (".erb", ".md", ".markdown", ".mdx", *QUARTO_SUFFIXES):
        path = path.with_suffix("") if path.suffix.lower() == suffix else path
    return path.name


def _folder(path: PurePosixPath) -> str:
    """Return the file's folder, between slashes."""
    parent = path.parent.as_posix()
    return "/" if parent == "." else f"/{parent}/"


def _permalink(path: PurePosixPath, matter: FrontMatter) -> str:
    """Return the path that the front matter sets; empty if it sets none."""
    permalink = matter.values.get("permalink")
    if not isinstance(permalink, str) or not permalink.strip() or "{" in permalink:
        return ""
    if permalink.strip() in _STYLES:
        return ""
    return _expanded(permalink.strip(), path, _stem(path), matter).removesuffix("index.html")


def _post(path: PurePosixPath, matter: FrontMatter, ending: str) -> str:
    """Return the path of a Jekyll post, with ``ending`` behind its title; empty if the file is no
    post, or sets its own permalink."""
    if "_posts" not in path.parent.parts or _permalink(path, matter):
        return ""
    return _expanded(f"/:categories/:year/:month/:day/:title{ending}", path, _stem(path), matter)


def _source(path: PurePosixPath, _matter: FrontMatter) -> str:
    """Return the path of the file itself, as a forge or the disk shows it."""
    return f"/{path.as_posix()}".replace("%", "%25")


def _named(path: PurePosixPath, matter: FrontMatter, ending: str, indexes: frozenset[str]) -> str:
    """Return the permalink of a page, or its path with another ``ending``. A page that is called as
    one of ``indexes`` has the path of its folder."""
    permalink = _permalink(path, matter)
    if permalink:
        return permalink
    stem = _stem(path)
    if stem.removesuffix(".html").lower() in indexes:
        return _folder(path)
    return f"{_folder(path)}{stem.removesuffix('.html')}{ending}".replace("%", "%25")


def _pretty(path: PurePosixPath, matter: FrontMatter) -> str:
    """Return the path that ends in a slash, as in MkDocs: each page is a folder with an index."""
    return _post(path, matter, "/") or _named(path, matter, "/", _INDEXES)


def _html(path: PurePosixPath, matter: FrontMatter) -> str:
    """Return the path that ends in ``.html``."""
    return _post(path, matter, ".html") or _named(path, matter, ".html", _INDEXES)


def _middleman(path: PurePosixPath, matter: FrontMatter) -> str:
    """Return the path in Middleman: it ends in ``.html``, and only ``index`` is an index."""
    return _named(path, matter, ".html", frozenset({"index"}))


def _bare(path: PurePosixPath, matter: FrontMatter, *, numbered: bool = False) -> str:
    """Return the path as Docusaurus and GitBook make it: no extension, no slash, and no
    number prefixes unless ``numbered``."""
    slug, page_id = matter.text("slug"), matter.text("id")
    numbered = numbered or matter.values.get("parse_number_prefixes") is False
    name_of = str if numbered else _without_number
    folders = [name_of(part) for part in path.parent.parts]
    above = "/" + "".join(f"{part}/" for part in folders)
    if slug.startswith("/"):
        return slug
    if slug:
        return above + slug
    if _stem(path).lower() in (*_INDEXES, path.parent.name.lower()):
        return above if above == "/" else above.rstrip("/")
    return f"{above}{page_id.rsplit('/', 1)[-1] or name_of(_stem(path))}"


def _without_number(part: str) -> str:
    """Return a part of a path without the number that orders it; a date stays."""
    return part if _DATED.match(part) else _PREFIX.sub("", part)


def _hugo(path: PurePosixPath, matter: FrontMatter) -> str:
    """Return a page's path by Hugo's rules: its `url`, or its folders and slug."""
    url, slug = matter.text("url"), matter.text("slug")
    if url:
        return "/" + url.lstrip("/")
    stem = (
        re.sub(r"\.[a-z]{2}$", "", _stem(path)) if path.name.startswith("index.") else _stem(path)
    )
    if stem == "_index":
        parts = list(path.parent.parts)
    elif stem == "index":
        parts = list(path.parent.parts)
        parts[-1:] = [slug or parts[-1]] if parts else []
    else:
        parts = [*path.parent.parts, slug or stem]
    return "/" + "".join(f"{_hugo_part(part)}/" for part in parts)


def _hugo_part(part: str) -> str:
    """Return a part of a path as Hugo cleans it: spaces to hyphens, most punctuation gone, and
    hyphens merged if there was a space."""
    hyphened = re.sub(r"\s+", "-", part.strip())
    kept = (
        char for char in hyphened if char.isalnum() or char in "._-+~@#\\" or ord(char) > 0x2000
    )
    return re.sub(r"-{2,}", "-", "".join(kept)).lower() if " " in part else "".join(kept).lower()


def _vitepress(path: PurePosixPath, _matter: FrontMatter, ending: str = ".html") -> str:
    """Return the path in VitePress, where only ``index.md`` is an index."""
    if path.name == "index.md":
        return _folder(path).replace("%", "%25")
    return f"{_folder(path)}{_stem(path)}{ending}".replace("%", "%25")


def _wiki(path: PurePosixPath, _matter: FrontMatter) -> str:
    """Return the path in GitHub's wikis, which have no folders."""
    return "/" + quote(_stem(path).replace(" ", "-"), safe="")


def _gitlab_wiki(path: PurePosixPath, _matter: FrontMatter) -> str:
    """Return the path in GitLab's wikis: no suffix, and hyphens for spaces."""
    return f"{_folder(path)}{_stem(path)}".replace("%", "%25").replace(" ", "-")


def _obsidian(path: PurePosixPath, matter: FrontMatter) -> str:
    """Return the path in Obsidian Publish: its permalink, or a plus for each space."""
    permalink = _permalink(path, matter)
    return permalink or f"{_folder(path)}{_stem(path)}".replace("%", "%25").replace(" ", "+")


RULES: Final[Mapping[str, Callable[[PurePosixPath, FrontMatter], str]]] = {
    "source": _source,
    "pretty": _pretty,
    "html": _html,
    "middleman": _middleman,
    "bare": _bare,
    "bare-numbered": partial(_bare, numbered=True),
    "vitepress": _vitepress,
    "vitepress-clean": partial(_vitepress, ending=""),
    "hugo": _hugo,
    "wiki": _wiki,
    "gitlab-wiki": _gitlab_wiki,
    "obsidian": _obsidian,
}


def bare(url: str) -> str:
    """Return the address in a form that is equal for addresses of the same page."""
    parts = urlsplit(url.strip())
    path = unquote(parts.path).removesuffix("/index.html").rstrip("/")
    return f"{parts.scheme}://{parts.netloc.casefold()}{path}"


def below(site: str, url: str) -> str | None:
    """Return the path of ``url`` below the address ``site``; None if it is not below it."""
    try:
        address, base = bare(url), bare(site)
    except ValueError:  # invalid brackets
        return None
    return address.removeprefix(base) if f"{address}/".startswith(f"{base}/") else None


def permalinks(settings: Mapping[str, object]) -> Iterator[Permalink]:
    """Yield the templates of Jekyll's posts and of each published collection."""
    style = str(settings.get("permalink") or "date")
    section = settings.get("collections")
    collections: Mapping[str, object] = section if isinstance(section, dict) else {}
    posts = _template(collections.get("posts")) or _STYLES.get(style, style)
    yield "(?:.*/)?_posts/.*", posts
    above = str(settings.get("collections_dir") or "").strip("/")
    for name, options in collections.items():
        if isinstance(options, dict) and options.get("output") and name != "posts":
            folder = f"{above}/_{name}" if above else f"_{name}"
            template = _template(options) or f"/:collection/:path{_suffix(style)}"
            yield f"{re.escape(folder)}/.*", template.replace(":collection", str(name))


def _template(options: object) -> str:
    """Return the template in the options of a collection; empty if there is none."""
    return str(options.get("permalink") or "") if isinstance(options, dict) else ""


def _suffix(style: str) -> str:
    """Return how addresses end in a site whose permalinks have this style."""
    if style == "pretty" or style.endswith("/"):
        return "/"
    return ":output_ext" if style in _STYLES or style.endswith(":output_ext") else ""


def _expanded(template: str, path: PurePosixPath, stem: str, matter: FrontMatter) -> str:
    """Return the address of a file by a template; empty if a placeholder has no value."""
    dated = _POST.fullmatch(stem)
    day = date_of(matter.values.get("date")) or (date_of(dated[1]) if dated else None)
    slug = matter.text("slug") or (dated[2] if dated else stem)
    values = {
        "output_ext": ".html",
        "basename": stem,
        "name": _slugified(stem).lower(),
        "slug": _slugified(slug).lower(),
        "title": _slugified(slug, "._~!$&'()+,;=@"),
        "path": (_below_collection(path.parent) / stem).as_posix(),
        "categories": "/".join(_categories(path, matter)),
    }
    if day:
        values |= {"year": f"{day:%Y}", "month": f"{day:%m}", "day": f"{day:%d}"}
    if ":" in _PLACEHOLDER.sub(lambda match: "" if match[1] in values else ":", template):
        return ""
    expanded = _PLACEHOLDER.sub(lambda match: values[match[1]], template)
    return re.sub(r"/{2,}", "/", f"/{expanded}")


def _below_collection(folder: PurePosixPath) -> PurePosixPath:
    """Return a folder's path below that of its collection."""
    at = next((at for at, part in enumerate(folder.parts, 1) if part.startswith("_")), 0)
    return PurePosixPath(*folder.parts[at:])


def _categories(path: PurePosixPath, matter: FrontMatter) -> Iterator[str]:
    """Yield a post's categories: the folders above ``_posts``, and its front matter's."""
    folders = path.parent.parts
    above = folders[: folders.index("_posts")] if "_posts" in folders else ()
    categories = matter.values.get("categories")
    several = categories.split() if isinstance(categories, str) else matter.several("categories")
    yield from dict.fromkeys(
        each.lower() for each in (*above, *several, *filter(None, [matter.text("category")]))
    )


def _slugified(text: str, kept: str = "") -> str:
    """Return ``text`` with a hyphen in place of each character that is no letter, no digit and not
    in ``kept``; hyphens in a row become one."""
    chars = (
        char if char in kept or category(char)[0] in "LM" or char.isdecimal() else "-"
        for char in text
    )
    return re.sub(r"-{2,}", "-", "".join(chars)).strip("-")
