"""Random edits of a folder of Markdown, each followed by a sync of this or another process: the
index equals that of a first sync without a cache."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from footnote_bot.indexers.model import (
    OPEN,
    Acl,
    Changed,
    Enumerated,
    Failed,
    KnownPage,
    Page,
    Relabelled,
    Skipped,
    Unchanged,
)
from footnote_bot.indexers.sources.markdown.cache import PageCache
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki
from tests.long import few

NAMES = ("a.md", "b.md", "c/a.md", "c/index.md", "c/d/e.md", "c/d/README.md", "f/a.mdx", "ü ö.md")
TARGETS = (
    "a.md", "b.md#part", "../a.md", "c/", "/c/d/e", "e.md", "moved", "d/e.md?x=1", "index.md",
    "picture.png", "ü ö.md", "%C3%BC%20%C3%B6.md", "old/place",
)  # fmt: skip
TIMES = 15


class EditedFolder:
    """A folder, its settings, and its indexed pages. ``lines`` are the history so far."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.lines: list[str] = []
        self.pages: dict[str, Page] = {}
        self._folder = folder
        self._root = folder / "wiki"
        self._root.mkdir()
        self._chance = chance
        self._texts = 0
        self._settings: dict[str, object] = {}
        self._acl = OPEN
        self._today = date(2026, 1, 1)
        self._dates: dict[str, date] = {}
        self._wiki = self._new()
        for _ in range(6):
            self._write()

    def edit(self) -> None:
        edits: list[Callable[[], object]] = [
            self._write, self._write, self._write, self._write_alike, self._write_alike,
            self._replace, self._touch, self._swap, self._delete, self._move, self._move_folder,
            self._link, self._clutter, self._configure, self._set, self._restrict, self._restart,
            self._restart, self._lose_cache, self._another_day, self._commit, self._repeat,
        ]  # fmt: skip
        for _ in range(self._chance.randint(1, 3)):
            work = self._chance.choice(edits)
            self.lines.append(f"{work.__name__}: {work()}")

    def sync(self) -> None:
        """Sync as `indexers.syncing.sync` does, and compare with a first sync."""
        known = {key: KnownPage(page.revision, page.acl) for key, page in self.pages.items()}
        if self._chance.random() < 0.15:
            # a stopped sync
            self._take(self._wiki.changes(known), self._chance.randint(0, 5))
            known = {key: KnownPage(page.revision, page.acl) for key, page in self.pages.items()}
        self._take(self._wiki.changes(known))
        first_sync = self._new(PageCache())
        first_sync.recall(known)
        # The flavour stays: only that is remembered from the index.
        first_sync.recall = lambda _: None  # type: ignore[method-assign]
        expected = {
            change.page.key: change.page
            for change in first_sync.changes({})
            if isinstance(change, Changed)
        }
        assert self.pages == expected, "\n".join(self.lines)

    def _take(self, changes: Iterator[object], most: int = 10**6) -> None:
        listed: frozenset[str] | None = None
        for number, change in enumerate(changes):
            match change:
                case Enumerated():
                    listed = change.keys
                case Changed(page):
                    self.pages[page.key] = page
                case Relabelled(key, revision, acl):
                    self.pages[key] = replace(self.pages[key], revision=revision, acl=acl)
                case Skipped(key):
                    self.pages.pop(key, None)
                case Failed():
                    pytest.fail(f"{change}\n" + "\n".join(self.lines))
                case Unchanged(key):
                    assert key in self.pages
            if number == most:
                changes.close()  # type: ignore[attr-defined]
                return
        assert listed is not None
        for key in self.pages.keys() - listed:
            del self.pages[key]

    def _new(self, cache: PageCache | None = None) -> MarkdownWiki:
        return MarkdownWiki(
            "w",
            self._root,
            acl=self._acl,
            cache=cache or PageCache(self._folder / "cache" / "w.json"),
            dates=lambda _: dict(self._dates),
            today=lambda: self._today,
            **self._settings,  # type: ignore[arg-type]
        )

    # Edits: each returns what it did

    def _write(self) -> str:
        name = self._chance.choice(NAMES)
        return self._put(name, self._text())

    def _write_alike(self) -> str:
        """Change letters, but neither the size nor the time of the file."""
        file = self._choose_file()
        if file is None:
            return ""
        status, text = file.stat(), file.read_bytes()
        letters = [place for place, byte in enumerate(text) if chr(byte).isalpha()]
        if letters:
            place = self._chance.choice(letters)
            text = text[:place] + self._chance.choice(b"xyz").to_bytes() + text[place + 1 :]
        file.write_bytes(text)
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
        return f"{file}"

    def _replace(self) -> str:
        """Replace a file by a rename that keeps its times."""
        file = self._choose_file()
        if file is None:
            return ""
        status = file.stat()
        new = file.with_name("new.tmp")
        new.write_text(self._text())
        os.utime(new, ns=(status.st_atime_ns, status.st_mtime_ns))
        new.replace(file)
        return f"{file}"

    def _touch(self) -> str:
        file = self._choose_file()
        if file:
            os.utime(file, (self._chance.randint(0, 2**31),) * 2)
        return f"{file}"

    def _swap(self) -> str:
        file, other_file = self._choose_file(), self._choose_file()
        if file and other_file and file != other_file:
            between = file.with_name("between.tmp")
            file.rename(between)
            other_file.rename(file)
            between.rename(other_file)
        return f"{file} {other_file}"

    def _delete(self) -> str:
        file = self._choose_file()
        if file:
            file.unlink()
        return f"{file}"

    def _move(self) -> str:
        file, name = self._choose_file(), self._chance.choice(NAMES)
        if file:
            (self._root / name).parent.mkdir(parents=True, exist_ok=True)
            file.replace(self._root / name)
        return f"{file} to {name}"

    def _move_folder(self) -> str:
        folders = [place for place in self._root.rglob("*") if place.is_dir()]
        if not folders:
            return ""
        folder, to = self._chance.choice(folders), self._root / self._chance.choice(("g", "c", "f"))
        with suppress(OSError):
            folder.rename(to)
        return f"{folder} to {to}"

    def _link(self) -> str:
        name, to = self._chance.choice(NAMES), self._chance.choice(("b.md", "../out.md", "c", "no"))
        link = self._root / name
        (self._folder / "out.md").write_text("# Outside\n\nsecret\n")
        with suppress(OSError):
            link.parent.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)
            link.symlink_to(to)
        return f"{name} to {to}"

    def _clutter(self) -> str:
        """Files beside the pages decide where links lead, too."""
        return self._put(self._chance.choice(("picture.png", "c/picture.png", "e.md.bak")), "x")

    def _configure(self) -> str:
        """Change the site's settings or the look of its pages."""
        name, text = self._chance.choice(
            (
                ("mkdocs.yml", "site_url: https://one.example\nuse_directory_urls: false\n"),
                ("mkdocs.yml", "site_url: https://two.example/x/\n"),
                ("c/_index.md", "# Hugo\n\ntext\n"),
                (".obsidian/app.json", "{}"),
            )
        )
        return self._put(name, text)

    def _set(self) -> str:
        name, values = self._chance.choice(
            (
                ("site_url", ["", "https://wiki.example", "https://other.example/docs"]),
                ("flavour", ["auto", "hugo", "jekyll", "obsidian", "github"]),
                ("anchors", ["auto", "gitlab"]),
                ("addresses", ["auto", "html", "source"]),
                ("exclude", [(), ("c/",), ("b.md",)]),
                ("repository_url", ["", "https://forge.example/w/-/blob/main"]),
            )
        )
        self._settings[name] = value = self._chance.choice(values)
        self._wiki = self._new()
        return f"{name} = {value!r}"

    def _restrict(self) -> str:
        self._acl = self._chance.choice((OPEN, Acl.of(["group:staff"]), Acl.of(["user:ann"])))
        self._wiki = self._new()
        return f"{self._acl}"

    def _restart(self) -> str:
        self._wiki = self._new()
        return ""

    def _lose_cache(self) -> str:
        shutil.rmtree(self._folder / "cache", ignore_errors=True)
        return self._restart()

    def _another_day(self) -> str:
        self._today = date(2026, 1, self._chance.randint(1, 28))
        return f"{self._today}"

    def _commit(self) -> str:
        name = self._chance.choice(NAMES)
        self._dates[name] = date(2025, 1, self._chance.randint(1, 28))
        return f"{name} on {self._dates[name]}"

    def _repeat(self) -> str:
        """Copy a text to another place."""
        file, name = self._choose_file(), self._chance.choice(NAMES)
        return self._put(name, file.read_text(errors="replace")) if file else ""

    def _put(self, name: str, text: str) -> str:
        file = self._root / name
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            if file.is_symlink():
                file.unlink()
            file.write_text(text)
        return f"{name} {text!r}"

    def _choose_file(self) -> Path | None:
        every = sorted(self._root.rglob("*.md*"))
        files = [file for file in every if file.is_file() and not file.is_symlink()]
        return self._chance.choice(files) if files else None

    def _text(self) -> str:
        chance = self._chance
        self._texts += 1
        facts = chance.sample(
            [
                "title: Another", "slug: moved", "url: /old/place/", "aliases: [old/place, moved]",
                "permalink: /perma/", "draft: true", "published: false", "date: 2025-03-04",
                "expiryDate: 2026-01-15", "owner: ann", "tags: [a, b]", "status: archived",
                "broken: [",
            ],
            chance.choice((0, 0, 1, 1, 2)),
        )  # fmt: skip
        matter = "".join(f"{fact}\n" for fact in facts)
        links = chance.sample(TARGETS, chance.randint(0, 3))
        body = "".join(f"See [it]({target}) or [[{target}|it]].\n" for target in links)
        if chance.random() < 0.1:
            return f"---\n{matter}---\n" if matter else ""
        start = f"---\n{matter}---\n" if matter else ""
        return f"{start}# Page {self._texts}\n\nText {self._texts}.\n\n{body}"


@pytest.mark.parametrize("seed", few(range(200), 4))
def test_after_any_edits_the_index_is_as_a_first_sync_makes_it(tmp_path: Path, seed: int) -> None:
    folder = EditedFolder(tmp_path, random.Random(seed))  # noqa: S311 - no secret
    for _ in range(TIMES):
        folder.edit()
        folder.sync()
