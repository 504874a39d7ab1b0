"""What people install: the name in every install line, and the files of the wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS = ("bot", "config", "indexers", "playground")

INSTALL = re.compile(
    r"pip install (?!.*-r )(?:--constraint \S+ |--[\w-]+ )*"
    r"'?(?P<name>[\w.-]+)(?:\[(?P<extras>[\w,-]+)\])?"
)
# An extra alone, as in "with the extra `footnote[...]`".
EXTRA = re.compile(r"\b(?P<name>footnote[\w-]*)\[(?P<extras>[\w,-]+)\]")
OTHERS = {"cryptography", "llama-index-tools-mcp"}
"""Packages that a message or a page names and that no extra of ours installs."""


def install_texts() -> Iterator[tuple[Path, str]]:
    """Yield the files that tell people or programs what to install, with their text."""
    docs = (ROOT / "docs").glob("*.md")
    for file in (ROOT / "README.md", ROOT / "pyproject.toml", ROOT / "Dockerfile", *docs):
        yield file, file.read_text(encoding="utf-8")
    for folder in OURS:
        for ending in ("py", "toml"):
            for file in (ROOT / folder).rglob(f"*.{ending}"):
                yield file, file.read_text(encoding="utf-8")


def test_every_install_line_names_this_project_and_extras_that_it_has() -> None:
    """`footnote` alone is a different project on the package index."""
    known_extras = {"", *PROJECT["optional-dependencies"]}
    count = 0
    for file, text in install_texts():
        for match in [*INSTALL.finditer(text), *EXTRA.finditer(text)]:
            where = f"{file.relative_to(ROOT)}: {match[0]}"
            count += 1

            assert match["name"] in {PROJECT["name"], ".", *OTHERS}, where
            assert set((match["extras"] or "").split(",")) <= known_extras, where
    assert count > 5


_HELP = "import sys; sys.argv[0] = 'footnote'; from footnote_bot.__main__ import main; main()"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the unpacked wheel, without the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in (*OURS, "footnote_bot"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=ignored)
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    subprocess.run(
        [sys.executable, "-c", build, str(folder)],
        cwd=source,
        env=os.environ | {"FOOTNOTE_COMMIT": COMMIT},
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def test_the_wheel_holds_every_file_of_the_playground_s_page(wheel: Path) -> None:
    place = Path("footnote_bot", "playground", "page", "static")
    files = {file.relative_to(ROOT) for file in (ROOT / place).rglob("*") if file.is_file()}

    assert {place / "index.html", place / "page.js", place / "kit" / "index.js"} <= files
    for file in files:
        assert (wheel / file).read_bytes() == (ROOT / file).read_bytes(), file


def test_the_wheel_knows_the_commit_that_it_was_built_from(wheel: Path) -> None:
    process = subprocess.run(
        [
            sys.executable,
            "-c",
            "from footnote_bot.bot.version import own_commit; print(own_commit())",
        ],
        cwd=wheel,
        capture_output=True,
        text=True,
        check=True,
    )

    assert process.stdout.strip() == COMMIT[:12]


def test_a_checkout_asks_git_and_a_copy_knows_no_commit(tmp_path: Path) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-C", str(tmp_path)]
    copy = tmp_path / "copy"
    for place in (copy, tmp_path):
        shutil.copytree(ROOT / "footnote_bot", place / "footnote_bot", symlinks=True)
        (place / "bot").mkdir()
        for name in ("__init__.py", "version.py"):
            shutil.copy(ROOT / "bot" / name, place / "bot")
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-qm", "first", "--allow-empty"], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    known = [
        subprocess.run(
            [
                sys.executable,
                "-c",
                "from footnote_bot.bot.version import own_commit; print(own_commit())",
            ],
            cwd=place,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for place in (tmp_path, copy)
    ]

    assert known == [head.stdout[:12], "unknown"]


@pytest.mark.long
def test_the_demo_runs_from_the_wheel_in_any_folder(wheel: Path, tmp_path: Path) -> None:
    pages = wheel / "footnote_bot" / "playground" / "handbook" / "pages"
    assert len(list(pages.rglob("*.md"))) > 200
    pages_kept = {"travel-guide-faq.md", "equipment.md"}
    for page in pages.rglob("*.md"):
        if page.name not in pages_kept:
            page.unlink()  # two pages prove as much as all, and faster
    main = "import sys; sys.argv[0] = 'footnote'; from footnote_bot.bot.cli import main; main()"
    process = subprocess.run(
        [sys.executable, "-c", main, "demo"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(wheel)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert process.returncode == 0, process.stderr
    assert "2 added" in process.stderr
    assert "https://handbook.tts.gsa.gov/" in process.stdout
    assert (tmp_path / "data" / "demo" / "footnote.toml").is_file()
    assert "--config data/demo/footnote.toml" in process.stdout


def test_the_wheel_works_beside_an_application_s_own_names(wheel: Path, tmp_path: Path) -> None:
    """An application may have a `config.py`, a `bot.py` and `tests/` of its own."""
    for name in (*OURS, "tests"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('not yours')", encoding="utf-8")
    door = (
        "from footnote_bot import Footnote; import footnote_bot.bot.app, sys\n"
        "print(Footnote.__module__, *{'bot', 'config', 'indexers', 'playground'} & {*sys.modules})"
    )
    for code, printed in ((door, "footnote_bot.bot.footnote"), (_HELP, "Usage: footnote")):
        process = subprocess.run(
            [sys.executable, "-c", code, "--help"],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{wheel}"},
            capture_output=True,
            text=True,
            check=False,
        )

        assert process.stdout.strip().startswith(printed), process.stderr
    assert {path.name for path in wheel.iterdir()} == {
        "footnote_bot",
        f"footnote_bot-{PROJECT['version']}.dist-info",
    }
