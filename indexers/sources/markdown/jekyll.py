"""The permalinks of Jekyll, which are templates in its settings, and a page's address by one.

Source of the rules: Jekyll 4.3, ``configuration.rb``, ``collection.rb``, ``drops/url_drop.rb``,
``utils.rb`` (``slugify``, ``add_permalink_suffix``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import PurePosixPath
from unicodedata import category

from footnote_bot.indexers.sources.markdown.dates import date_of
from footnote_bot.indexers.sources.markdown.front_matter import FrontMatter

Permalink = tuple[str, str]
"""A pattern of paths, and the template of the addresses of those."""

_DATED = re.compile(r"(\d{2,4}-\d{1,2}-\d{1,2})-(.+)")
_PLACEHOLDER = re.compile(r":([a-z_]+)")
_STYLES = {
    "none": "/:categories/:title:output_ext",
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
}
_MOMENTS = {
    "year": "%Y", "month": "%m", "day": "%d", "short_year": "%y", "y_day": "%j", "week": "%V",
    "w_year": "%G", "w_day": "%u", "short_month": "%b", "long_month": "%B", "short_day": "%a",
    "long_day": "%A"
}  # fmt: skip


def permalinks(settings: Mapping[str, object]) -> tuple[Permalink, ...]:
    """Return the templates of the posts and of each collection that is published."""
    return tuple(_permalinks(settings))


def _permalinks(settings: Mapping[str, object]) -> Iterator[Permalink]:
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
    return str(options.get("permalink") or "") if isinstance(options, dict) else ""


def _suffix(style: str) -> str:
    if style == "pretty" or style.endswith("/"):
        return "/"
    is_file = style in ("date", "ordinal", "none") or style.endswith(":output_ext")
    return ":output_ext" if is_file else ""


def expanded(template: str, path: PurePosixPath, stem: str, matter: FrontMatter) -> str:
    """Return the address of a file by a template; empty if that asks for what is unknown."""
    dated = _DATED.fullmatch(stem)
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
        **(_moments(day) if day else {}),
    }
    if ":" in _PLACEHOLDER.sub(lambda match: "" if match[1] in values else ":", template):
        return ""
    made = _PLACEHOLDER.sub(lambda match: values[match[1]], template)
    return re.sub(r"/{2,}", "/", f"/{made}")


def _moments(day: date) -> dict[str, str]:
    short = {"i_month": str(day.month), "i_day": str(day.day)}
    return short | {name: day.strftime(form) for name, form in _MOMENTS.items()}


def _below_collection(folder: PurePosixPath) -> PurePosixPath:
    """Return a folder's path below that of its collection."""
    at = next((at for at, part in enumerate(folder.parts, 1) if part.startswith("_")), 0)
    return PurePosixPath(*folder.parts[at:])


def _categories(path: PurePosixPath, matter: FrontMatter) -> Iterator[str]:
    """Yield those of a post: the folders above ``_posts``, and its front matter's."""
    folders = path.parent.parts
    above = folders[: folders.index("_posts")] if "_posts" in folders else ()
    categories = matter.values.get("categories")
    several = categories.split() if isinstance(categories, str) else matter.several("categories")
    yield from dict.fromkeys(
        each.lower() for each in (*above, *several, *filter(None, [matter.text("category")]))
    )


def _slugified(text: str, kept: str = "") -> str:
    """Return ``text`` with a hyphen in the place of all but letters, digits and those ``kept``."""
    chars = (
        char if char in kept or category(char)[0] in "LM" or char.isdecimal() else "-"
        for char in text
    )
    return re.sub(r"-{2,}", "-", "".join(chars)).strip("-")
