"""An operator's work on Footnote in a year, while others edit its wikis."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from footnote_bot.config.settings import Settings
from footnote_bot.indexers.errors import IndexUnavailable, MassRemoval, RebuildRefused
from footnote_bot.indexers.model import SyncReport
from tests.journeys.year.indexing import Snapshot, YearsIndexing, differences, snapshot
from tests.journeys.year.pages import EditedPages, markers
from tests.journeys.year.repository import Repository
from tests.properties.killing import Fuse, Killed, dying_writes

_HANDBOOK, _MANUAL = "handbook", "manual"
_OF_THE_FOLDER = {
    "site_url": ("https://wiki.example.com", "https://pages.example.com/w"),
    "flavour": ("mkdocs", "hugo"),
    "exclude": ((), ("guides",)),
    "readers": (("everyone",), ("@ops",), ("ann@example.com", "@ops")),
}
_OF_THE_INDEX = {
    "model": ("one", "another"),
    "language": ("english", "auto"),
}


class Operator:
    """A Footnote with a folder of Markdown and a repository of Markdown, in ``place``."""

    def __init__(self, place: Path, chance: random.Random) -> None:
        self._place = place
        self._chance = chance
        self._folders = 0
        self.pages = EditedPages(place / "wikis/handbook", chance)
        self.checkout = EditedPages(place / "wikis/manual", chance)
        self.repository = Repository(self.checkout.root)
        self._data = place / "data"
        self._index: dict[str, Any] = {name: values[0] for name, values in _OF_THE_INDEX.items()}
        self._folder: dict[str, Any] = {name: values[0] for name, values in _OF_THE_FOLDER.items()}
        self._read = {_HANDBOOK: True, _MANUAL: True}
        self._branch = ""

    # Actions

    def change_setting_of_index(self) -> None:
        self._change(self._index, _OF_THE_INDEX)

    def change_setting_of_wiki(self) -> None:
        self._change(self._folder, _OF_THE_FOLDER)

    def add_or_remove_wiki(self) -> None:
        """Add a wiki to the settings or remove one, but not the last one; its pages stay where they
        are."""
        name, other = self._chance.sample((_HANDBOOK, _MANUAL), 2)
        self._read[name] = not self._read[name] or not self._read[other]

    def name_branch(self) -> None:
        """Name the branch in the settings, or leave it to the repository."""
        self._branch = "" if self._branch else self.repository.branch

    def move_wiki(self) -> None:
        self.pages.move_to(self._new("wikis"))

    def move_data(self) -> None:
        if self._data.exists():
            self._data = Path(shutil.move(self._data, self._new("data")))

    def copy_data(self) -> None:
        """Go on with a copy of the data; the original stays where it is, and grows old."""
        if self._data.exists():
            self._data = shutil.copytree(self._data, self._new("data"))

    def lose_clones(self) -> None:
        shutil.rmtree(self._data / "clones", ignore_errors=True)

    # Syncs

    def sync(self) -> None:
        """Sync to the end, with the operator's consent where it is needed. Then the index must
        equal a new one."""
        with YearsIndexing(self._settings(self._data)) as indexing:
            reports = indexing.sync()
            if any(isinstance(report.error, MassRemoval | RebuildRefused) for report in reports):
                reports = indexing.sync(allow_mass_removal=True)
            _check(reports)
            updated = snapshot(indexing.index)
            assert not indexing.index.trouble
        self._compare(updated)

    def sync_and_die(self, writes: int, *, full: bool = False) -> None:
        """Kill a sync after this many writes."""
        self._disturbed(writes, Killed(), full=full)

    def sync_on_full_disk(self, writes: int) -> None:
        self._disturbed(writes, IndexUnavailable("The disk is full."), full=False)

    def sync_anew(self) -> None:
        """Read and embed everything anew."""
        with YearsIndexing(self._settings(self._data)) as indexing:
            indexing.sync()
            _check(indexing.sync(full=True, allow_mass_removal=True))

    def _disturbed(self, writes: int, death: BaseException, *, full: bool) -> None:
        with (
            dying_writes(Fuse(writes), death),
            suppress(type(death)),
            YearsIndexing(self._settings(self._data)) as indexing,
        ):
            indexing.sync(full=full, allow_mass_removal=self._chance.random() < 0.5)

    def _compare(self, updated: Snapshot) -> None:
        anew = self._new("fresh")
        with YearsIndexing(self._settings(anew)) as indexing:
            _check(indexing.sync())
            fresh = snapshot(indexing.index)
        shutil.rmtree(anew)
        actual, expected = _said(updated), self._expected()
        assert (actual - expected, expected - actual) == (Counter(), Counter())
        if self.repository.is_shallow:
            updated, fresh = _undated(updated), _undated(fresh)
        assert differences(updated, fresh) == []

    def _expected(self) -> Counter[tuple[str, str, str]]:
        """Return how often each page of each wiki has which marker, by the files themselves."""
        expected: Counter[tuple[str, str, str]] = Counter()
        for name, pages in ((_HANDBOOK, self.pages), (_MANUAL, self.checkout)):
            left_out = self._folder["exclude"] if name == _HANDBOOK else ()
            for (page, marker), times in pages.says().items() if self._read[name] else ():
                if page.split("/")[0] not in left_out:
                    expected[name, page, marker] = times
        return expected

    def _settings(self, data: Path) -> Settings:
        wikis: list[dict[str, Any]] = []
        if self._read[_HANDBOOK]:
            folder = {"type": "markdown", "name": _HANDBOOK, "path": self.pages.root}
            wikis.append(folder | self._folder)
        if self._read[_MANUAL]:
            if self._branch:  # as the operator reads in the report that it no longer exists
                self._branch = self.repository.branch
            git = {"type": "markdown", "name": _MANUAL, "git": self.repository.url}
            git["site_url"] = "https://manual.example.com"
            wikis.append(git | {"branch": self._branch, "flavour": "github"})
        return Settings.model_validate({"data_dir": data, "index": self._index, "wiki": wikis})

    def _change(self, settings: dict[str, Any], choices: dict[str, tuple[Any, ...]]) -> None:
        name = self._chance.choice(sorted(choices))
        settings[name] = self._chance.choice(choices[name])

    def _new(self, name: str) -> Path:
        self._folders += 1
        return self._place / f"{name}-{self._folders}"


def _check(reports: list[SyncReport]) -> None:
    for report in reports:
        assert report.error is None, report.error
        assert not report.failed, report.failed
        assert report.complete


def _said(stored_points: Snapshot) -> Counter[tuple[str, str, str]]:
    markers_found: Counter[tuple[str, str, str]] = Counter()
    for (kind, *_), stored in stored_points.items():
        if kind == "passage":
            for marker in markers(stored["text"]):
                markers_found[stored["wiki"], stored["page"], marker] += 1
    return markers_found


def _undated(stored_points: Snapshot) -> Snapshot:
    """Return the points without everything that depends on a page's date."""
    return {
        key: {name: value for name, value in stored.items() if name not in {"updated", "revision"}}
        for key, stored in stored_points.items()
    }
