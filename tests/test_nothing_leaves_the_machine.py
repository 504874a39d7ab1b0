"""No dependency phones home: only loopback is contacted, and no library writes to the home
folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Python imports this file at its start. It sees lookups and connections of Python code. Native
# code leaves traces in the home folder, where its event queue and device id would be.
WATCH = """\
import os, sys

def _seen(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        _note(f"look-up {arguments[0]}")
    elif event in ("socket.connect", "socket.sendto"):
        _note(f"connect {arguments[1]}")

def _note(line):
    with open(os.environ["WATCHED"], "a") as file:
        file.write(line + "\\n")

sys.addaudithook(_seen)
"""


FOOTNOTE = "from footnote_bot.bot.cli import main; main()"


def run(folder: Path, *arguments: str) -> str:
    """Run Python in ``folder`` with a new home, as on a machine that is no build server."""
    (folder / "home").mkdir(exist_ok=True)
    (folder / "watch").mkdir(exist_ok=True)
    (folder / "watch" / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    environment = {
        name: value
        for name, value in os.environ.items()
        # Some telemetry is off on build servers, which would hide it here.
        if name not in ("CI", "TF_BUILD", "GITHUB_ACTIONS")
        and not name.startswith(("XDG_", "FOOTNOTE_", "ORT_", "HF_", "DO_NOT_TRACK"))
    }
    environment |= {
        "HOME": str(folder / "home"),
        "PYTHONPATH": os.pathsep.join([str(folder / "watch"), str(ROOT)]),
        "WATCHED": str(folder / "watched"),
    }
    process = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert process.returncode == 0, process.stderr
    return process.stdout


def left_behind(folder: Path) -> tuple[list[str], str]:
    """Return the files in the home folder, and the hosts contacted."""
    files = [str(file.relative_to(folder)) for file in (folder / "home").rglob("*")]
    watched = folder / "watched"
    return files, watched.read_text(encoding="utf-8") if watched.exists() else ""


def test_a_sync_and_an_answer_contact_nobody_and_write_nothing_into_the_home(
    tmp_path: Path,
) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "taxi.md").write_text("# Taxi\n\nThe team lead refunds a taxi within a week.\n")
    (tmp_path / "footnote.toml").write_text(
        '[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "pages"\n', encoding="utf-8"
    )
    run(tmp_path, "-c", FOOTNOTE, "sync")
    answer = run(tmp_path, "-c", FOOTNOTE, "ask", "Who refunds a taxi?", "--json")

    assert "team lead" in answer
    assert left_behind(tmp_path) == ([], "")


def test_the_watch_sees_a_connection(tmp_path: Path) -> None:
    run(tmp_path, "-c", "import socket; socket.getaddrinfo('localhost', 80)")

    assert left_behind(tmp_path)[1] == "look-up localhost\n"


def test_the_image_switches_off_what_the_program_does() -> None:
    root = Path(__file__).parents[1]
    source = (root / "indexers" / "index" / "__init__.py").read_text(encoding="utf-8")
    image = (root / "Dockerfile").read_text(encoding="utf-8")
    switches = re.findall(r'"([A-Z_]+)": "1"', source)

    assert "ORT_DISABLE_TELEMETRY" in switches
    assert [name for name in switches if f"{name}=1" not in image] == []
