"""The running program, as this shell would call it."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path


def program_here() -> str:
    """Return how this shell calls the running program."""
    program = Path(sys.argv[0])
    if program.name == "__main__.py":
        return f"{_called(Path(sys.executable))} -m {program.parent.name}"
    return _called(program)


def _called(program: Path) -> str:
    """Return the program's name if the shell finds it by that, or else its path."""
    on_path = shutil.which(program.name)
    if not program.exists() or (on_path and Path(on_path).samefile(program)):
        return program.name
    return shown_path(program)


def shown_path(file: Path) -> str:
    """Return a path as short as possible, quoted for the shell if need be."""
    absolute, working_folder = file.absolute(), Path.cwd()
    short = (
        absolute.relative_to(working_folder)
        if absolute.is_relative_to(working_folder)
        else absolute
    )
    return shlex.quote(str(short))
