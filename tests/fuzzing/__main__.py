"""Fuzz the readers of foreign text for `FUZZ_MINUTES`: `make fuzz`.

Every target gets the same share of the time. The report is written after each target, so an
interrupted run keeps its counts. A call that never returns ends the run with its stack.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import secrets
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from .engine import ROOT, Run
from .model import Target
from .targets import TARGETS

REPORT = ROOT / "build" / "fuzz" / "report.json"
_HANGS = 300.0
"""Wall-clock seconds beyond a target's share: more than shrinking any example takes."""


def fuzz(minutes: float, targets: tuple[Target, ...], begun_with: int, report: Path) -> bool:
    """Run the targets and write the report. Return True if there are no findings."""
    share = 60 * minutes / len(targets)
    rows: list[dict[str, Any]] = []
    report.parent.mkdir(parents=True, exist_ok=True)
    for target in targets:
        run = Run(target, begun_with)
        faulthandler.dump_traceback_later(share + _HANGS, exit=True)
        start = time.monotonic()
        run.rounds(time.monotonic, start + share)
        faulthandler.cancel_dump_traceback_later()
        rows.append(_row(run, time.monotonic() - start))
        summary = {"minutes": minutes, "seed": begun_with, "targets": rows}
        report.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
        sys.stderr.write(
            f"{target.name:20} {run.executions:9,} executions, {run.refused:,} refused,"
            f" slowest {run.slowest:.2f} s, {len(run.findings)} findings\n"
        )
        for finding in run.findings.values():
            sys.stderr.write(f"  {finding.place}: {finding.what}\n    {finding.example[:300]}\n")
    return not any(row["findings"] for row in rows)


def _row(run: Run, seconds: float) -> dict[str, Any]:
    return {
        "target": run.target.name,
        "executions": run.executions,
        "refused": run.refused,
        "seconds": round(seconds, 1),
        "slowest_seconds": round(run.slowest, 3),
        "findings": [asdict(finding) for finding in run.findings.values()],
    }


@click.command()
@click.option("--minutes", default=10.0, envvar="FUZZ_MINUTES", help="How long all targets run.")
@click.option("--seed", type=int, envvar="FUZZ_SEED", help="What chance begins with.")
def main(minutes: float, seed: int | None) -> None:
    """Fuzz the readers of foreign text; the report is in build/fuzz. Exit code 1: something was
    found."""
    logging.disable(logging.CRITICAL)  # each refusal would be logged, a thousand times a second
    begun_with = secrets.randbits(32) if seed is None else seed
    sys.stderr.write(f"Fuzzing for {minutes:g} minutes; FUZZ_SEED={begun_with}\n")
    is_clean = fuzz(minutes, TARGETS, begun_with, REPORT)
    sys.stderr.write(f"Written to {REPORT.relative_to(ROOT)}\n")
    sys.exit(not is_clean)


if __name__ == "__main__":
    main()
