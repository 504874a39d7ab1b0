"""The pages of the demo's two wikis, to read and to edit in the browser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from footnote_bot.playground.confluence.model import Content
from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.slack.model import Json

_SHOWN = (
    "getting-started/equipment.md",
    "travel-and-leave/leave.md",
    "travel-and-leave/overtime.md",
)
"""Pages of the handbook that the page lists."""
_TITLE = re.compile(r"^title:[ \t]*(\S.{0,200})$", re.MULTILINE)
_PAGE = re.compile(r"/pages/(?:edit-v2/)?(\d{1,12})(?:/|$)")


class DemoPages:
    """The pages of a handbook in ``folder``, published at ``site``, which everybody may read, and
    of a made-up Confluence, which has rights."""

    def __init__(self, folder: Path, site: str, confluence: LocalConfluence) -> None:
        self._folder = folder.resolve()
        self._site = site
        self._confluence = confluence

    @property
    def sites(self) -> Sequence[str]:
        """Return the addresses below which they are published."""
        return f"{self._site}/", f"{self._confluence.address}/"

    def list(self, email: str) -> list[Json]:
        """Return ``wiki``, ``title`` and ``url`` of the pages that the person may read, of the
        handbook only some."""
        with self._confluence.lock:
            contents = [
                content
                for content in self._confluence.world.contents.values()
                if self._may(email, content)
            ]
        return [
            *(_entry("intranet", content.title, self._address(content)) for content in contents),
            *(self._handbook_entry(self._folder / name) for name in _SHOWN),
        ]

    def read(self, email: str, url: str) -> Json | None:
        """Return the page at ``url``; None if there is none here, or not for this person."""
        if file := self._file(url):
            text = file.read_text(encoding="utf-8")
            return self._handbook_entry(file) | {
                "form": "Markdown",
                "text": text,
                "can_change": True,
            }
        with self._confluence.lock:
            content = self._content(email, url)
            if content is None:
                return None
            entry = _entry("intranet", content.title, self._address(content)) | {"can_change": True}
            return entry | {"form": "Confluence's storage format", "text": content.body.strip()}

    def save(self, email: str, url: str, text: str) -> bool:
        """Write a new version, and return whether there is such a page for this person."""
        if file := self._file(url):
            file.write_text(text, encoding="utf-8")
            return True
        with self._confluence.lock:
            content = self._content(email, url)
            if content is None:
                return False
            self._confluence.world.edit(content.id, body=text)
            return True

    # The handbook

    def _handbook_entry(self, file: Path) -> Json:
        place = file.relative_to(self._folder).with_suffix("").as_posix()
        place = place.removesuffix("index").rstrip("/")
        title = _TITLE.search(file.read_text(encoding="utf-8")[:4_000])
        name = title[1].strip().strip("\"'") if title else place
        return _entry("handbook", name, f"{self._site}/{place}/")

    def _file(self, url: str) -> Path | None:
        place = unquote(urlsplit(url).path).strip("/")
        if not url.startswith(f"{self._site}/") or "\0" in place:
            return None
        for name in (f"{place}.md", f"{place}/index.md"):
            file = (self._folder / name).resolve()
            if file.is_relative_to(self._folder) and file.is_file():
                return file
        return None

    # The Confluence

    def _content(self, email: str, url: str) -> Content | None:
        match = _PAGE.search(urlsplit(url).path)
        content = self._confluence.world.contents.get(match[1]) if match else None
        is_ours = url.startswith(f"{self._confluence.address}/")
        return content if content and is_ours and self._may(email, content) else None

    def _may(self, email: str, content: Content) -> bool:
        world = self._confluence.world
        user = next((user_.id for user_ in world.users.values() if user_.email == email), None)
        is_page = content.type == "page" and content.status == "current"
        # A space's front page is created with it, and is empty.
        return is_page and bool(content.body.strip()) and world.may_read(user, content.id)

    def _address(self, content: Content) -> str:
        base = self._confluence.base_url
        return f"{base}/spaces/{content.space}/pages/{content.id}"


def _entry(wiki: str, title: str, url: str) -> Json:
    return {"wiki": wiki, "title": title, "url": url}
