"""Run the benchmarks: ``python -m benchmarks [NAME ...] [--list]``."""

from __future__ import annotations

import sys

import click

from benchmarks import report, results
from benchmarks.machine import here_and_now
from benchmarks.material import MissingMaterial
from benchmarks.registry import BENCHMARKS, chosen


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--list", "listing", is_flag=True, help="Print the names and what they measure.")
def main(names: tuple[str, ...], *, listing: bool) -> None:
    """Run all benchmarks, or those NAMEd (`quality` means all that begin so), and write their rows
    into results.json and RESULTS.md."""
    try:
        selected = chosen(names)
    except KeyError as error:
        raise click.UsageError(f"There is no benchmark {error}; see --list.") from None
    if listing:
        for benchmark in selected:
            print(f"{benchmark.name:26} {benchmark.about}")
        return
    for benchmark in selected:
        print(f"{benchmark.name} ...", file=sys.stderr)
        now = here_and_now()
        try:
            rows = [figure.row(benchmark.name) for figure in benchmark.run()]
        except MissingMaterial as missing:
            print(f"{benchmark.name}: left as it was, because {missing}", file=sys.stderr)
            continue
        for row in rows:
            goal = f"  {row['goal']}: {'yes' if row['met'] else 'no'}" if row["goal"] else ""
            print(f"{row['name']:50} {report.shown(row):>12} {row['unit']:9}{goal}", flush=True)
        # After each benchmark, so that an interrupted run keeps what it measured.
        merged = results.merged(
            results.read(),
            benchmark.name,
            rows,
            now,
            order=[benchmark.name for benchmark in BENCHMARKS],
        )
        results.write(merged)
        report.REPORT.write_text(report.render(merged, BENCHMARKS), encoding="utf-8")


if __name__ == "__main__":
    main()
