"""The lines that the playground's commands print."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

INTERRUPTED = "Interrupted; what is done is kept, and the next start goes on from there."
_FAILED = 1
"""The exit code of a command that failed, as in docs/commands.md."""


class CannotStart(Exception):
    """An error that keeps a demo from starting. Its message is one sentence for the person who
    started it."""


def say(words: str, **style: Any) -> None:
    """Print to standard output, in a style of click's."""
    click.secho(words, **style)


def complain(words: str) -> None:
    with suppress(OSError):  # there is no other place to report it
        click.secho(words, err=True, fg="red")


@contextmanager
def failing() -> Iterator[None]:
    """End the process with exit code 1 and a sentence if a demo cannot start."""
    try:
        yield
    except CannotStart as error:
        complain(str(error))
        sys.exit(_FAILED)
