"""The data folder is read-only, or full, or its writer is killed: each error is one sentence, and
nothing is lost."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from .conftest import FOOTNOTE, PAGES, write
from .year.pages import EditedPages
from .year.real import Installation

pytestmark = pytest.mark.long

QUESTION = "How many days of annual leave does everyone have?"


@pytest.fixture(scope="session")
def mounts() -> None:
    """Let a test mount, in a namespace of its own. Nothing else makes a whole folder read-only or
    full for root, who runs the tests in a container. Where mounts are forbidden, as in a hardened
    container, permissions, a limit of file sizes and `kill -9` are still tested."""
    unshare = shutil.which("unshare") or "false"
    command = [unshare, "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount, so no folder can be made read-only or full")


needs_mounts = pytest.mark.usefixtures("mounts")


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    write(tmp_path / "wiki", PAGES)
    return Installation(tmp_path)


def among_mounts(installation: Installation, *lines: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a namespace whose mounts end with it. ``$footnote`` is the command."""
    script = "\n".join(("set -u", f"footnote={FOOTNOTE}", *lines))
    return installation.run("unshare", "-rm", "sh", "-c", script)


@needs_mounts
def test_a_read_only_folder_is_told_and_serves_again_when_it_can_be_written(
    installation: Installation,
) -> None:
    assert installation.footnote("sync").returncode == 0
    write(installation.folder / "wiki", {"pets.md": "# Pets\n\nDogs may come on Fridays.\n"})
    process = among_mounts(
        installation,
        "mount --bind data data && mount -o remount,ro,bind data || exit 99",
        "$footnote sync; echo $?",
        f"$footnote ask '{QUESTION}'; echo $?",
        "$footnote status; echo $?",
    )
    again = installation.footnote("sync")

    assert process.stdout.splitlines()[:2] == ["1", "1"], process.stdout + process.stderr
    assert "Traceback" not in process.stderr
    assert "read-only" in process.stderr.lower()
    assert again.returncode == 0
    assert installation.differs() == []


@pytest.fixture(scope="session")
def bound_by_permissions(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Return a prefix for a command that may write only where permissions let it: root gives up its
    right to write anywhere."""
    before = () if os.geteuid() else ("setpriv", "--bounding-set=-dac_override")
    folder = tmp_path_factory.mktemp("closed")
    folder.chmod(0o500)
    tried = subprocess.run(
        [shutil.which("env") or "env", *before, "sh", "-c", "echo runs; touch file"],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    folder.chmod(0o700)
    if tried.stdout != "runs\n" or not tried.returncode:
        pytest.skip("root cannot give up its right to write anywhere")
    return before


def test_a_folder_of_somebody_else_is_told_and_serves_again_when_it_can_be_written(
    bound_by_permissions: tuple[str, ...], installation: Installation
) -> None:
    """Without a mount: no file and no folder in it is writable."""
    assert installation.footnote("sync").returncode == 0
    write(installation.folder / "wiki", {"pets.md": "# Pets\n\nDogs may come on Fridays.\n"})
    footnote = (*bound_by_permissions, str(FOOTNOTE))
    data = installation.folder / "data"
    modes = {path: path.stat().st_mode for path in (data, *data.rglob("*"))}
    for path, mode in modes.items():
        path.chmod(mode & 0o555)
    try:
        synced = installation.run(*footnote, "sync")
        answer = installation.run(*footnote, "ask", QUESTION)
        status = installation.run(*footnote, "status")
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
    again = installation.footnote("sync")

    assert (synced.returncode, answer.returncode) == (1, 1), synced.stdout + answer.stdout
    assert "Permission denied" in synced.stderr
    assert "Give the folder to the user that Footnote runs as" in synced.stderr
    assert "Traceback" not in synced.stderr + answer.stderr + status.stderr
    assert again.returncode == 0, again.stderr
    assert installation.differs() == []


@pytest.mark.parametrize("blocks", [0, 2_000, 40_000])
def test_files_that_cannot_grow_are_told_and_lose_nothing(
    blocks: int, installation: Installation
) -> None:
    """Without a mount: no file may be longer than this many blocks of 512 bytes, from nothing to 20
    megabytes."""
    stopped = installation.run("sh", "-c", f"ulimit -f {blocks} && exec {FOOTNOTE} sync")
    again = installation.footnote("sync")
    answer = installation.footnote("ask", QUESTION)

    assert stopped.returncode == 1, stopped.stdout + stopped.stderr
    assert "full" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert again.returncode == 0, again.stderr
    assert "28 days" in answer.stdout, answer.stdout + answer.stderr
    assert installation.differs() == []


@needs_mounts
@pytest.mark.parametrize("megabytes", [1, 30, 60, 90, 120])
def test_a_full_disk_is_told_and_loses_nothing(megabytes: int, installation: Installation) -> None:
    (installation.folder / "data").mkdir()
    process = among_mounts(
        installation,
        f"mount -t tmpfs -o size={megabytes}M none data || exit 99",
        "$footnote sync; echo $?",
        "mount -o remount,size=2G data || exit 99",
        "$footnote sync; echo $?",
        f"$footnote ask '{QUESTION}'; echo $?",
        "cp -a data kept",
    )

    first, *_, last = process.stdout.splitlines()
    assert (process.returncode, first, last) == (0, "1", "0"), process.stdout + process.stderr
    assert "Traceback" not in process.stderr
    assert "full" in process.stderr
    assert "28 days" in process.stdout, process.stdout + process.stderr
    assert installation.differs("kept") == []


@pytest.mark.parametrize("seed", range(3))
def test_a_sync_that_is_killed_at_any_moment_loses_nothing(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same edits in every run
    pages = EditedPages(tmp_path / "wiki", chance)
    for number in range(60):
        pages.write(f"team-{number}")
    installation = Installation(tmp_path)
    for _ in range(5):
        process = installation.start("sync")
        time.sleep(chance.uniform(0.5, 6.0))
        process.kill()
        process.wait()
        for edit in chance.choices((pages.rewrite, pages.append, pages.remove, pages.hide), k=6):
            edit()
        pages.move_folder(f"team-{chance.randrange(60)}")
    last = installation.footnote("sync")

    assert last.returncode == 0, last.stderr
    assert installation.differs() == []
