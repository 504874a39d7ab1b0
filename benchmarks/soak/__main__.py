"""Run a soak: ``python -m benchmarks.soak``, which `make soak` does."""

from __future__ import annotations

import json
import sys
import time

import click

from benchmarks.soak.run import Bounds, progress, soak


@click.command()
@click.option("--minutes", default=20.0, envvar="SOAK_MINUTES", help="How long things happen.")
@click.option("--events", default=20_000, envvar="SOAK_EVENTS", help="How many at most.")
@click.option("--seed", type=int, envvar="SOAK_SEED", help="What chance begins with.")
@click.option(
    "--postgresql",
    default="",
    envvar="TEST_POSTGRESQL_URL",
    help="A database of its own for the soak, which is emptied first.",
)
def main(minutes: float, events: int, seed: int | None, postgresql: str) -> None:
    """Let people ask and edit, and everything fail, for MINUTES; then balance the books. Progress
    goes to stderr, and a summary as JSON to stdout. Exit code 1: the books do not balance."""
    chosen = int(time.time()) if seed is None else seed
    progress(f"seed {chosen}, {'PostgreSQL' if postgresql else 'SQLite'}, {minutes:g} minutes")
    summary = soak(Bounds(minutes, events, chosen, postgresql), progress)
    print(json.dumps(summary, indent=2))
    sys.exit(0 if summary["balanced"] else 1)


if __name__ == "__main__":
    main()
