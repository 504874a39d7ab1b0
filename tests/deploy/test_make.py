"""`make` on a machine that is not set up yet."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = """#!/bin/sh
# Debian's python3 without and with python3-venv: an environment without pip is left behind.
case "$2" in
*venv*)
    mkdir -p "$3/bin"
    if test -e has-ensurepip; then pip=0; else pip=1; fi
    printf '#!/bin/sh\\nexit %s\\n' "$pip" > "$3/bin/python"
    chmod +x "$3/bin/python"
    exit "$pip";;
esac
"""


def test_an_environment_that_was_left_without_pip_is_made_again(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    python = tmp_path / "python"
    python.write_text(PYTHON)
    python.chmod(0o755)

    def run_make() -> int:
        command = ["make", f"PYTHON={python}", ".venv/.runtime"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    assert run_make() == 2
    (tmp_path / "has-ensurepip").touch()  # as after `apt-get install python3-venv`
    assert run_make() == 0


def test_ctrl_c_while_an_environment_is_made_shows_no_traceback(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    # Found before the standard library's module: Ctrl-C arrives while it runs.
    (tmp_path / "venv.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    ran = subprocess.run(
        ["make", f"PYTHON={sys.executable}", ".venv/.runtime"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode
    assert "Installing into .venv" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_help_lists_the_commands_and_no_other_comment() -> None:
    command = ["make", "--no-print-directory", "help"]  # it runs within `make test`
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    assert all(line.startswith("make ") for line in ran.stdout.splitlines())
