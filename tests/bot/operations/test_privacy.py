"""No other user of the machine can read the data folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from footnote_bot.bot.operations import privacy
from footnote_bot.indexers.findings import Level
from tests.bot.shell import Shell


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.lstat().st_mode))


def open_paths(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in (folder, *folder.rglob("*"))
        if not path.is_symlink() and path.lstat().st_mode & 0o077
    }


@pytest.fixture
def handbook(shell: Shell) -> Shell:
    shell.write("footnote.toml", '[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "pages"\n')
    shell.write("pages/leave.md", "# Leave\n\nLeave is thirty days long.\n")
    return shell


def data_of(shell: Shell) -> Path:
    return shell.folder / "data"


def opened_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def test_all_that_a_sync_makes_is_its_owners_alone(handbook: Shell) -> None:
    assert handbook.footnote("sync").code == 0

    assert open_paths(data_of(handbook)) == set()
    assert mode(data_of(handbook)) == "0o700"
    assert mode(data_of(handbook) / "state.sqlite3") == "0o600"
    assert os.umask(0o022) == 0o022  # the process has a umask of its own again


def test_what_stood_open_is_closed_by_the_next_command(handbook: Shell) -> None:
    handbook.footnote("sync")
    opened_to_all(data_of(handbook))
    checked = handbook.footnote("doctor", "--json")
    findings = [f for f in checked.json["findings"] if f["about"] == "data folder"]
    assert [finding["level"] for finding in findings] == ["warning"]
    assert "chmod -R go= " in findings[0]["todo"]
    handbook.footnote("ask", "How long is leave?")

    assert open_paths(data_of(handbook)) == set()
    checked = handbook.footnote("doctor", "--json")
    assert [f["level"] for f in checked.json["findings"] if f["about"] == "data folder"] == ["ok"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "index" / "passages-a").mkdir(parents=True)
    (folder / "index" / "passages-a" / "segment").write_text("x")
    (folder / "state.sqlite3").write_text("x")
    (folder / "notes.txt").write_text("x")
    opened_to_all(folder)
    return folder


def test_what_may_be_run_stays_so_for_its_owner(folder: Path) -> None:
    (folder / "notes.txt").chmod(0o755)
    assert privacy.close(folder) == []

    assert mode(folder / "notes.txt") == "0o700"
    assert open_paths(folder) == set()


def test_links_lead_to_nothing_that_is_changed(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o755)
    (outside / "file").write_text("x")
    (folder / "clones").symlink_to(outside)
    assert privacy.close(folder) == []

    assert (mode(outside), mode(outside / "file")) == ("0o755", "0o644")


def test_only_our_files_in_a_shared_folder_are_closed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For example with `--data-dir .`: nobody wants their project's files to be closed."""
    (folder / "spool").mkdir(mode=0o755)
    (folder / "spool" / "question.json").write_text("x")
    monkeypatch.chdir(folder)
    assert privacy.close(Path()) == []

    assert open_paths(folder) == {".", "notes.txt"}
    (finding,) = privacy.findings(folder)
    assert finding.says == (
        f"Only their owner may read what Footnote keeps in {folder}, which others use, too."
    )


def test_a_folder_that_was_never_a_data_folder_stays_as_it_is(handbook: Shell) -> None:
    """For example with a mistyped `--data-dir /srv/www`."""
    handbook.write("www/index.html", "Hello")
    opened_to_all(handbook.folder / "www")
    assert handbook.footnote("status", "--data-dir", "www").code == 0

    assert open_paths(handbook.folder / "www") == {".", "index.html"}


def test_an_empty_folder_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert privacy.close(tmp_path) == []

    assert mode(tmp_path) == "0o700"


def test_a_folder_that_is_not_there_is_no_problem(tmp_path: Path) -> None:
    assert privacy.close(tmp_path / "nowhere") == []
    (finding,) = privacy.findings(tmp_path / "nowhere")
    assert finding.level is Level.OK
    assert "is not made yet" in finding.says


def test_what_may_not_be_closed_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    problems = privacy.close(folder)

    assert f"{folder}: Operation not permitted" in problems
    assert len(problems) == 6


def test_the_doctor_says_that_the_folder_belongs_to_another_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root syncs once, and the service cannot read the files."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 987_654)

    (finding,) = privacy.findings(folder)

    assert finding.level is Level.WARNING
    assert "this command runs as 987654" in finding.says
    assert f"{folder}` gives back" in finding.todo


def test_a_user_without_a_home_is_no_problem(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For example in a container whose user has no name, and without HOME."""

    def homeless(*_: object) -> None:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)

    assert privacy.close(folder) == []
    assert open_paths(folder) == set()
