"""The options that commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from config import logs
from config.loading import load, secrets


def configured(command: Callable[..., None]) -> Callable[..., None]:
    """The options every command takes; hands it settings and secrets."""

    @click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The settings file [default: ./footnote.toml, else $FOOTNOTE_CONFIG].",
    )
    @click.option(
        "--data-dir",
        type=click.Path(path_type=Path, file_okay=False),
        help="Where index and state live, instead of what the settings say.",
    )
    @functools.wraps(command)
    def run(config: Path | None, data_dir: Path | None, **rest: Any) -> None:
        settings = load(config, data_dir)
        logs.configure(settings.log_level)
        command(settings=settings, secrets=secrets(), **rest)

    return run


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
