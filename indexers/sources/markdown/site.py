"""A folder of Markdown, seen as its published site."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from indexers.errors import ReadingStopped, WikiMisconfigured, WikiUnavailable
from indexers.parsing.limits import PAGE, Parse, ParsingFailed, ParsingStopped, here
from indexers.sources.markdown import anchors as anchor_rules
from indexers.sources.markdown.addresses import RULES, is_forge_view, matched, moved, place
from indexers.sources.markdown.files import Listing, Selection, read
from indexers.sources.markdown.flavours import recognise
from indexers.sources.markdown.forge import anchor_rule, edit, view_of, wiki_flavour
from indexers.sources.markdown.front_matter import FrontMatter
from indexers.sources.markdown.keys import key_of, on_disk, path_of
from indexers.sources.markdown.links import Links
from indexers.sources.markdown.memory import Guess

log = logging.getLogger(__name__)

_WIKIS = frozenset({"github-wiki", "gitlab-wiki"})
"""Dialects of a forge's wikis, which are published at an address that follows from the clone's."""
_MOST_RULES = 200
"""Rules for addresses; each page is compared with each, and nobody writes more."""


class Site:
    """A site: its pages by key, their addresses, and the links between them. It is read as it was
    ``before``; ``otherwise`` is what it looks like now, if that differs.

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
        shown = repository_url or view_of(root)
        if flavour == "auto":
            flavour = wiki_flavour(site_url, shown) or flavour
        try:
            found = parse(PAGE, recognise, root, listed, flavour, before)
        except ParsingStopped as error:
            raise ReadingStopped(str(error)) from error
        except ParsingFailed as error:
            why = f"what the files of {root} say about their site cannot be read: it {error}"
            raise WikiUnavailable(why) from error
        self.dialect = found.dialect
        self.guess = Guess(found.dialect.name, found.folder)
        self.otherwise = found.otherwise
        self.root = on_disk(root, found.folder)
        site = site_url or found.site_url
        rule = found.addresses
        if not site and found.dialect.name not in _WIKIS:
            site = shown or root.absolute().as_uri()
            site = f"{site.rstrip('/')}/{found.folder}".rstrip("/")
            rule = "source"
        elif not site:
            site = shown or root.absolute().as_uri()
        if rule == "plain":
            rule = "source" if is_forge_view(site) else "pretty"
        shown_as = found.anchors
        if rule == "source" and is_forge_view(site):
            shown_as = anchor_rule(site, found.dialect.name)
        self.anchors = _chosen(anchors, shown_as, anchor_rules.RULES, "anchors")
        self._folder = found.folder
        self._repository_url = repository_url
        self._given_root = root
        self._rule = _chosen(addresses, rule, RULES, "addresses")
        self._site = site.rstrip("/")
        left_out = (*exclude, *found.excluded)
        self._select = Selection.of(found.dialect.suffixes, include, left_out)
        self._titles = found.titles
        self._permalinks = found.permalinks[:_MOST_RULES]
        self._moves = found.moves[:_MOST_RULES] if self._rule != "source" else ()
        below = [
            path.removeprefix(found.folder)
            for path in listed.files
            if path.startswith(found.folder)
        ]
        self.keys = {key_of(path): path for path in below if self.selects(path)}
        self._files = frozenset(below)
        self.unlisted = self._not_left_out(listed.unlisted)
        self.links_aside = self._not_left_out(listed.links)
        self._urls: dict[str, str] = {}

    def _not_left_out(self, found: Mapping[str, str]) -> dict[str, str]:
        """Return, of paths below the root, those in the pages' folder that may hold or be pages."""
        below = {
            path.removeprefix(self._folder): why
            for path, why in found.items()
            if path.startswith(self._folder)
        }
        return {path: why for path, why in below.items() if self._may_be_read(path)}

    def _may_be_read(self, path: str) -> bool:
        if path.endswith("/"):  # a folder, which a pattern can name with its contents
            return not (self.excludes(path) or self.excludes(f"{path}page.md"))
        return self.selects(path)

    def is_unlisted(self, key: str) -> bool:
        """Return whether a page of this key would be in a folder that could not be listed."""
        return path_of(key).startswith(tuple(self.unlisted))

    def edit_address(self, key: str) -> str:
        """Return where a forge lets people edit the page; empty if there is none."""
        view = self._repository_url or view_of(self._given_root)
        path = self.keys.get(key)
        return edit(view, self._folder + path) if path else ""

    @property
    def rules(self) -> str:
        """Return everything that decides how any page is read."""
        return f"{self.dialect.name} {self.anchors}"

    @property
    def link_styles(self) -> tuple[str, ...]:
        """Return the ways in which a page's links may have to be read, see `Links.resolve`."""
        if self.dialect.tags & {"liquid", "variable"}:
            return ("relative", "name", "site")
        named = self.dialect.tags & {"hugo"} or self.dialect.features & {"wikilinks"}
        return ("relative", "name") if named else ("relative",)

    @property
    def url(self) -> str:
        """Return the beginning of every address of its pages."""
        return self._site

    def selects(self, path: str) -> bool:
        return self._select(path)

    def excludes(self, path: str) -> bool:
        """Return whether the settings exclude this file, below the pages' folder."""
        return self._select.excludes(path)

    def read(self, path: str, max_bytes: int) -> bytes:
        """Return the bytes of a page.

        Raises:
            UnreadFile: it is no page, or cannot be read.
        """
        return read(self.root, path, max_bytes, self.excludes, self._is_page)

    def _is_page(self, path: str) -> bool:
        return key_of(path) in self.keys and not self.dialect.withheld(path)

    def title(self, key: str) -> str:
        return self._titles.get(path_of(key), "")

    def address(self, key: str) -> str:
        return self._urls[key]

    def publish(self, matters: Mapping[str, FrontMatter]) -> None:
        """Give every page its address; ``matters`` are their front matters."""
        self._urls = {key: self._address_of(key, matter) for key, matter in matters.items()}
        aliases = [
            (path, self._urls[key])
            for key, matter in matters.items()
            for path in matter.several("aliases", "redirect_from", "old_paths")
        ]
        self.links = Links(
            self._urls,
            aliases,
            self._files,
            self._site,
            anchors=self.anchors,
            as_source=self._rule == "source",
        )

    def _address_of(self, key: str, matter: FrontMatter) -> str:
        """Return the address, by the path alone if the front matter has an invalid one."""
        try:
            return self._address(key, matter)
        except (ValueError, LookupError):
            log.warning("the front matter of %s leads to no address", key)
            return self._address(key, FrontMatter())

    def _address(self, key: str, matter: FrontMatter) -> str:
        path = moved(path_of(key), self._moves)
        template = matched(path, self._permalinks)
        placed = matter
        if template and not matter.text("permalink"):
            placed = FrontMatter({**matter.values, "permalink": template})
        path = place(self._rule, path, placed)
        origin_path = "/" + "/".join(self._site.split("/")[3:])
        # A path that an author set may be absolute, from the origin on.
        if (
            len(origin_path) > 1
            and path.startswith(f"{origin_path}/")
            and matter.text("url", "permalink")
        ):
            return self._site.removesuffix(origin_path) + path
        return self._site + path


def _chosen(setting_value: str, found: str, known: Mapping[str, object], setting: str) -> str:
    rule = found if setting_value == "auto" else setting_value
    if rule not in known:
        raise WikiMisconfigured(f"{setting} cannot be {rule!r}; it can be auto, {', '.join(known)}")
    return rule
