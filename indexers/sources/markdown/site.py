"""A folder of Markdown, seen as its published site."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from footnote_bot.indexers.errors import ReadingStopped, WikiMisconfigured, WikiUnavailable
from footnote_bot.indexers.parsing.limits import PAGE, Parse, ParsingFailed, ParsingStopped, here
from footnote_bot.indexers.sources.markdown.addresses import (
    RULES,
    is_forge_view,
    moved,
    place,
    template_of,
)
from footnote_bot.indexers.sources.markdown.anchors import RULES as ANCHOR_RULES
from footnote_bot.indexers.sources.markdown.files import (
    Listing,
    Selection,
    UnreadFile,
    read,
)
from footnote_bot.indexers.sources.markdown.flavours import Guess, Recognised, recognise
from footnote_bot.indexers.sources.markdown.forge import edit, forge_rule, view_of, wiki_flavour
from footnote_bot.indexers.sources.markdown.front_matter import FrontMatter
from footnote_bot.indexers.sources.markdown.links import Links

log = logging.getLogger(__name__)

_WIKIS = frozenset({"github-wiki", "gitlab-wiki"})
"""Dialects of a forge's wikis, which are published at an address that follows from the clone's."""
_MOST_RULES = 200
"""Rules for addresses; each page is compared with each, and nobody writes more."""


class Site:
    """A site: the keys of its pages, their addresses, and the links between them. Pages are read by
    the earlier guess (``before``); ``other_guess`` is that of the files now, if it differs.

    Raises:
        WikiMisconfigured: no such flavour, rule or pattern.
        WikiUnavailable: the files that say how it is published cannot be read.
        ReadingStopped: the sync was stopped meanwhile.
    """

    def __init__(  # noqa: PLR0913 - one parameter a setting
        self,
        root: Path,
        listed: Listing,
        *,
        site_url: str,
        flavour: str,
        anchors: str,
        addresses: str,
        repository_url: str,
        include: Sequence[str],
        exclude: Sequence[str],
        before: Guess | None = None,
        parse: Parse = here,
    ) -> None:
        forge_view = repository_url or view_of(root)
        if flavour == "auto":
            flavour = wiki_flavour(site_url, forge_view) or flavour
        try:
            recognised = parse(PAGE, recognise, root, listed, flavour, before)
        except ParsingStopped as error:
            raise ReadingStopped(str(error)) from error
        except ParsingFailed as error:
            why = f"what the files of {root} say about their site cannot be read: it {error}"
            raise WikiUnavailable(why) from error
        settings = recognised.settings
        self.dialect = recognised.dialect
        self.guess = recognised.guess
        self.other_guess = recognised.other_guess
        self.root = root / settings.folder
        self.url, address_rule = _base_and_rule(
            recognised, site_url, forge_view or root.absolute().as_uri()
        )
        """The beginning of every address of its pages."""
        by_forge = address_rule == "source" and is_forge_view(self.url)
        anchor_rule = forge_rule(self.url, self.dialect.name) if by_forge else settings.anchors
        self.anchors = _chosen(anchors, anchor_rule, ANCHOR_RULES, "anchors")
        self._rule = _chosen(addresses, address_rule, RULES, "addresses")
        self._folder = settings.folder
        self._forge_view = forge_view
        excluded_patterns = (*exclude, *settings.excluded)
        self._select = Selection.of(recognised.dialect.suffixes, include, excluded_patterns)
        self._titles = settings.titles
        self._permalinks = settings.permalinks[:_MOST_RULES]
        self._moves = settings.moves[:_MOST_RULES] if self._rule != "source" else ()
        below = self._in_folder(listed.files)
        self.keys = tuple(path for path in below if self.selects(path))
        """The key of a page is the path of its file."""
        self._files = frozenset(below)
        self.unlisted = self._not_excluded(listed.unlisted)
        self.unread = self._not_excluded(listed.unread)
        self._urls: dict[str, str] = {}

    def _in_folder(self, paths: Iterable[str]) -> list[str]:
        """Return the paths in the pages' folder, relative to it."""
        return [path.removeprefix(self._folder) for path in paths if path.startswith(self._folder)]

    def _not_excluded(self, reasons: Mapping[str, str]) -> dict[str, str]:
        """Return those ``reasons`` whose paths may be read, by path below the pages' folder."""
        below = {path: reasons[self._folder + path] for path in self._in_folder(reasons)}
        return {path: why for path, why in below.items() if self._may_be_read(path)}

    def _may_be_read(self, path: str) -> bool:
        """Return whether a file is a page, or a folder may hold pages."""
        if path.endswith("/"):  # a pattern can exclude the folder, or everything in it
            return not (self.excludes(path) or self.excludes(f"{path}page.md"))
        return self.selects(path)

    def is_unlisted(self, key: str) -> bool:
        """Return whether a page of this key would be in a folder that could not be listed."""
        return key.startswith(tuple(self.unlisted))

    def edit_address(self, key: str) -> str:
        """Return where a forge lets people edit the page; empty if there is none."""
        return edit(self._forge_view, self._folder + key) if self.has(key) else ""

    def has(self, key: str) -> bool:
        """Return whether there is a file for a page of this key."""
        return key in self._files and self.selects(key)

    @property
    def rules(self) -> str:
        """Return everything that decides how any page is read."""
        return f"{self.dialect.name} {self.anchors}"

    def selects(self, path: str) -> bool:
        """Return whether the settings select this file, below the pages' folder, as a page."""
        return self._select(path)

    def excludes(self, path: str) -> bool:
        """Return whether the settings exclude this file, below the pages' folder."""
        return self._select.excludes(path)

    def read(self, path: str) -> bytes:
        """Return the bytes of a page.

        Raises:
            UnreadFile: it is no page, or cannot be read.
        """
        if reason := self.dialect.withheld(path):
            raise UnreadFile(reason, skipped=True)
        return read(self.root, path, self.excludes, self._is_page)

    def _is_page(self, path: str) -> bool:
        """Return whether the site makes a page of this file."""
        return self.has(path) and not self.dialect.withheld(path)

    def title(self, key: str) -> str:
        """Return the page's title in the table of contents; empty if it is not there."""
        return self._titles.get(key, "")

    def address(self, key: str) -> str:
        """Return the page's address, which `publish` must have set."""
        return self._urls[key]

    def publish(self, matters: Mapping[str, FrontMatter]) -> None:
        """Set ``links``, and all addresses; ``matters`` are the front matters by key."""
        self._urls = {key: self._valid_address(key, matter) for key, matter in matters.items()}
        aliases = [
            (path, self._urls[key])
            for key, matter in matters.items()
            for path in matter.several("aliases", "redirect_from", "old_paths")
        ]
        self.links = Links(
            self._urls,
            aliases,
            self._files,
            self.url,
            anchors=self.anchors,
            as_source=self._rule == "source",
        )

    def _valid_address(self, key: str, matter: FrontMatter) -> str:
        """Return the address, by the path alone if the front matter has an invalid one."""
        try:
            return self._address(key, matter)
        except (ValueError, LookupError):
            log.warning("the front matter of %s leads to no address", key)
            return self._address(key, FrontMatter())

    def _address(self, key: str, matter: FrontMatter) -> str:
        """Return a page's address by its permalink, or by the rule of the site's generator."""
        path = moved(key, self._moves)
        template = template_of(path, self._permalinks)
        is_set_by_author = bool(matter.text("url", "permalink"))
        if template and not matter.text("permalink"):
            matter = FrontMatter({**matter.values, "permalink": template})
        path = place(self._rule, path, matter)
        site_path = "/" + "/".join(self.url.split("/")[3:])
        if is_set_by_author and len(site_path) > 1 and path.startswith(f"{site_path}/"):
            # The author began with the path of the site, which the site's address holds.
            return self.url.removesuffix(site_path) + path
        return self.url + path


def _base_and_rule(recognised: Recognised, site_url: str, forge_view: str) -> tuple[str, str]:
    """Return the beginning of every address, and the rule for the rest. A site without an address
    has its files' addresses: at ``forge_view``, where a forge or the disk shows them."""
    settings = recognised.settings
    url, rule = site_url or settings.site_url, settings.addresses
    if not url and recognised.dialect.name in _WIKIS:
        url = forge_view
    elif not url:
        url, rule = f"{forge_view.rstrip('/')}/{settings.folder}", "source"
    if rule == "plain":
        rule = "source" if is_forge_view(url) else "pretty"
    return url.rstrip("/"), rule


def _chosen(setting_value: str, recognised: str, known: Mapping[str, object], setting: str) -> str:
    """Return the rule in the settings, or the recognised one if that is ``auto``. The rule must be
    a key of ``known``; ``setting`` is its name for the message."""
    rule = recognised if setting_value == "auto" else setting_value
    if rule not in known:
        raise WikiMisconfigured(f"{setting} cannot be {rule!r}; it can be auto, {', '.join(known)}")
    return rule
