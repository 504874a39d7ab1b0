"""The address that each link of a page leads to."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from urllib.parse import quote, unquote, urljoin, urlsplit

from footnote_bot.indexers.model import digest
from footnote_bot.indexers.sources.markdown.anchors import slug
from footnote_bot.indexers.sources.markdown.files import composed

_LONGEST = 2_000
"""Characters of a link's target. Browsers take about as many; a longer one is no link."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NO_PAGES = re.compile(r"(?:javascript|data|vbscript)\s*:", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:\.html)?\.(?:md|markdown|mdx)(?:\.erb)?$", re.IGNORECASE)
_VIEW = re.compile(r".*?/(?:-/)?(?:blob|tree|src(?:/branch)?)/[^/]+")
_INDEX = re.compile(r"(?:^|/)(?:index|_index|readme)$", re.IGNORECASE)


def independent_address(target: str, style: str, page_address: str) -> str | None:
    """Return the address of a link, on the page at ``page_address``, that depends on no other page:
    an absolute one or a fragment. Empty: it leads to no page. None: it depends on others."""
    target = target.strip()
    if not target or len(target) > _LONGEST or _NO_PAGES.match(target):
        return ""
    if target.startswith("//"):
        return "https:" + target
    if _SCHEME.match(target) and (style != "name" or "://" in target):
        return target
    if target.startswith("#") and style != "name":
        return page_address + target.removesuffix("#")
    return None


class Links:
    """A resolver of links between the pages of one wiki.

    ``pages`` are addresses by key, ``aliases`` other paths of the site by address, ``files``
    everything else below the pages' folder. ``site`` is the address of the pages' folder, without a
    trailing slash. ``anchors`` is the rule for fragments in links by name. ``as_source``: a forge
    shows the pages as files.
    """

    def __init__(  # noqa: PLR0913 - a whole wiki's facts
        self,
        pages: Mapping[str, str],
        aliases: Sequence[tuple[str, str]],
        files: frozenset[str],
        site: str,
        *,
        anchors: str,
        as_source: bool,
    ) -> None:
        self._pages = pages
        self._aliases = aliases
        self._files = files
        self._site = site
        self._anchors = anchors
        self._as_source = as_source
        view = _VIEW.match(site) if as_source else None
        self._view = view[0] if view else ""
        parts = urlsplit(site)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._site_path = parts.path.strip("/")
        self._by_bare_path: dict[str, str] = {_bare(key): key for key in reversed(list(pages))}
        self._by_address = {_comparable(url): url for url in pages.values()}
        for path, url in aliases:
            alias = f"{site}/{path.lstrip('/')}"
            self._by_address.setdefault(_comparable(alias), url)
        self._by_name: dict[str, str] = {}
        for key in sorted(pages, key=lambda key: (key.count("/"), len(key), key)):
            self._by_name.setdefault(_name(key), key)

    @cached_property
    def fingerprint(self) -> str:
        """Return a digest of all that addresses depend on, except the link and its page."""
        pages = list(self._pages.items())  # their order counts
        rules = [self._site, self._anchors, self._as_source]
        return digest(json.dumps([rules, pages, list(self._aliases), sorted(self._files)]))

    def resolve(self, page: str, target: str, style: str) -> str:
        """Return the absolute address of a link on the page ``page`` (its key); empty if the link
        leads nowhere. ``style`` is how the target is meant: ``relative`` to the page, from the root
        of the ``site``, or the ``name`` of a page."""
        path, mark, fragment = target.partition("#")
        path, question, query = path.partition("?")
        address = self._address(page, path, style)
        if mark and fragment and style == "name":
            last = fragment.rsplit("#", 1)[-1]
            fragment = "" if last.startswith("^") else slug(self._anchors, last)
        suffix = f"{question}{query}{'#' if fragment else ''}{fragment}"
        return f"{address}{suffix}" if address else ""

    def _address(self, page: str, path: str, style: str) -> str:  # noqa: PLR0911 - a cascade
        """Return the address of a linked path in this ``style``; empty if it leads nowhere."""
        page_address = self._pages.get(page, self._site)
        if not path:
            return page_address
        if style == "name":
            key = self._key(page, path, loose=True) or self._by_name.get(_name(unquote(path)))
            return self._pages[key] if key else ""
        if style == "site":
            key = self._key("", path) if _SUFFIX.search(path) else None
            if key is not None:
                return self._pages[key]
            url = f"{self._site}/{path.lstrip('/')}"
            # The path may already begin with the path of the site.
            from_origin = f"{self._origin}/{path.lstrip('/')}"
            return self._page_at(url) or self._page_at(from_origin) or _without_spaces(url)
        key = self._key(page, path)
        if key is not None:
            return self._pages[key]
        if path.startswith("/"):
            url = (self._view or self._origin) + path
            return self._page_at(url) or self._page_at(self._site + path) or _without_spaces(url)
        place = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(path)))
        if self._as_source or place in self._files:
            return _without_spaces(urljoin(f"{self._site}/", quote(place, safe="/~@+:!$&'*,;=")))
        url = urljoin(page_address, path)
        return self._page_at(url) or _without_spaces(url)

    def _key(self, page: str, path: str, *, loose: bool = False) -> str | None:
        """Return the key of the page at the file ``path``, relative to ``page`` or to the top; None
        if there is none. ``loose``: a path from the top needs no suffix."""
        path = unquote(path)
        if path.startswith("/"):
            if not loose and not _SUFFIX.search(path):
                return None
            places = self._from_top(path.strip("/"))
        else:
            places = [posixpath.normpath(posixpath.join(posixpath.dirname(page), path))]
        for place in places:
            if place in self._pages:
                return place
            if not place.startswith(".."):
                key = self._by_bare_path.get(_bare(place.removesuffix(".html")))
                if key is not None:
                    return key
        return None

    def _from_top(self, path: str) -> list[str]:
        """Return the paths relative to the pages' folder that ``path``, from the top of the
        repository or site, may mean: the address of that folder may end with its first parts."""
        parts = path.split("/")
        shared = [
            "/".join(parts[number:])
            for number in range(len(parts) - 1, 0, -1)
            if f"/{self._site_path}".endswith(f"/{'/'.join(parts[:number])}")
        ]
        return [*shared, path]

    def _page_at(self, url: str) -> str:
        """Return the address of the page at ``url``; empty if there is none."""
        return self._by_address.get(_comparable(url), "")


def _without_spaces(url: str) -> str:
    return re.sub(r"\s", "%20", url)


def _bare(key: str) -> str:
    """Return a path without the parts that people leave out: suffix, index file, trailing slash."""
    return _INDEX.sub("", _SUFFIX.sub("", composed(key).rstrip("/"))).casefold()


def _name(key: str) -> str:
    """Return a page's name in links by name: of its file, or of the folder of an index."""
    bare = _bare(key) or _SUFFIX.sub("", composed(key)).casefold()
    return bare.rsplit("/", 1)[-1].replace("-", " ")


def _comparable(url: str) -> str:
    """Return an address in a form that is equal for addresses of the same page."""
    return re.sub(r"(?:/index)?(?:\.html)?/?$", "", composed(unquote(url)))
