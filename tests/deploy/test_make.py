"""`make` on a machine that is not yet as it should be."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = """#!/bin/sh
# Debian's python3 without and with python3-venv: an environment without pip is left behind.
case "$2" in
venv)
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

    def made() -> int:
        command = ["make", f"PYTHON={python}", ".venv/.runtime"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    assert made() == 2
    (tmp_path / "has-ensurepip").touch()  # as after `apt-get install python3-venv`
    assert made() == 0
