"""A tree of Markdown files that people edit, and its current markers."""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter
from pathlib import Path

FOLDERS = ("", "guides", "guides/travel", "policies")
NAMES = ("leave", "Leave", "expenses", "index", "büro", "on call")
_MARKER = re.compile(r"\bmark\d+q\b")
_DRAFT = "---\ndraft: true\n---\n"


class EditedPages:
    """Pages below ``root``. Each new text has a word that no other text has. Methods that find
    nothing to do do nothing. ``chance`` chooses the pages."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        self.root = root
        self._chance = chance
        self._texts = 0
        self._away: dict[str, str] = {}
        root.mkdir(parents=True)
        for folder in FOLDERS:
            self.write(folder)

    def says(self) -> Counter[tuple[str, str]]:
        """Return how often each published page has which marker: what an index must hold."""
        places: Counter[tuple[str, str]] = Counter()
        for page in self._files():
            text = page.read_text("utf-8")
            if not text.startswith(_DRAFT):
                key = page.relative_to(self.root).as_posix()
                places.update((key, marker) for marker in markers(text))
        return places

    def write(self, folder: str) -> None:
        """Write a new page, or another text for one."""
        self._put(self._place(folder), self._text())

    def rewrite(self) -> None:
        if page := self._one():
            page.write_text(self._text(), "utf-8")

    def append(self) -> None:
        if page := self._one():
            page.write_text(f"{page.read_text('utf-8')}\n\n{self._section()}", "utf-8")

    def copy(self, folder: str) -> None:
        """Put the same text in a second place."""
        if page := self._one():
            self._put(self._place(folder), page.read_text("utf-8"))

    def rename(self, folder: str) -> None:
        if page := self._one():
            text = page.read_text("utf-8")
            page.unlink()
            self._put(self._place(folder), text)

    def empty(self) -> None:
        if page := self._one():
            page.write_text(self._chance.choice(("", "\n", "# Only a title\n")), "utf-8")

    def hide(self) -> None:
        """Make a page a draft, or publish it again."""
        if page := self._one():
            text = page.read_text("utf-8")
            hidden = text.startswith(_DRAFT)
            page.write_text(text.removeprefix(_DRAFT) if hidden else _DRAFT + text, "utf-8")

    def remove(self) -> None:
        if page := self._one():
            self._away[page.relative_to(self.root).as_posix()] = page.read_text("utf-8")
            page.unlink()

    def remove_all(self, folder: str) -> None:
        """Empty a folder: the whole wiki, if it is the top one."""
        for page in self._files(folder):
            self._away[page.relative_to(self.root).as_posix()] = page.read_text("utf-8")
            page.unlink()

    def bring_back(self) -> None:
        """Restore the removed files, except where another file exists by now."""
        for name, text in self._away.items():
            if not (self.root / name).exists():
                self._put(self.root / name, text)
        self._away.clear()

    def move_folder(self, folder: str) -> None:
        """Rename a folder with all that is in it."""
        target = self.root / f"{folder}-{self._chance.randrange(3)}"
        if folder and (self.root / folder).is_dir() and not target.exists():
            (self.root / folder).rename(target)

    def move_to(self, place: Path) -> None:
        """Move the whole tree."""
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(self.root, place)
        self.root = place

    def _files(self, folder: str = "") -> list[Path]:
        return sorted(p for p in (self.root / folder).rglob("*.md") if ".git" not in p.parts)

    def _one(self) -> Path | None:
        return self._chance.choice(self._files() or [None])

    def _place(self, folder: str) -> Path:
        return self.root / folder / f"{self._chance.choice(NAMES)}.md"

    def _put(self, page: Path, text: str) -> None:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, "utf-8")

    def _text(self) -> str:
        sections = [self._section() for _ in range(self._chance.randint(1, 3))]
        matter = self._chance.choice(("", "---\nowner: ann@example.com\n---\n"))
        title = self._chance.choice(("", "# Rules of the house\n\n"))
        return matter + title + "\n\n".join(sections)

    def _section(self) -> str:
        self._texts += 1
        target = f"{self._chance.choice(NAMES)}.md".replace(" ", "%20")
        tail = " Nobody knows why it is so." * self._chance.choice((0, 0, 12))
        return (
            f"## Part {self._texts}\n\nThe word is mark{self._texts}q, see [it]({target}).{tail}\n"
        )


def markers(text: str) -> list[str]:
    """Return the words in ``text`` that no other text has."""
    return _MARKER.findall(text)
