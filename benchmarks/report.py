"""RESULTS.md, made from results.json alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.results import Results
from benchmarks.rows import Benchmark, RowJson

REPORT = Path(__file__).with_name("RESULTS.md")

_PREAMBLE = """\
# Results

Made by `python -m benchmarks` from results.json; do not edit by hand. `make bench` measures
everything again, `python -m benchmarks NAME` a part, and replaces the rows of that part.

- Machine: {machine}.
  Times are this machine's, and longer where it had other work: "load before it" is how many
  processes wanted a core in the minute before, what was measured just before included.
- Last run: {date}. Versions: {versions}.
- A goal marked "later" is what a later step of the project is to reach. A figure without a
  goal, "none", is here because README.md or the docs cite it; a run prints all others.
- The pages and questions of `quality`, `everyday`, `replay`, `search_latency` and
  `out_of_domain` are no part of this repository (`../shared`); without them their rows stay as
  they were.
- Pages count for hit, recall and MRR, not passages. `containment`: a gold answer stands in
  the quoted text, of the questions that have one; refusing counts as a miss; left out where
  the gold answers are essays. `answered`: not refused. `refusal`: of the questions without an
  answer here. Answers are quotations, without an LLM, at the default settings.
- The weights of search, quoting and silence were chosen on these same sets, mostly without
  a part held back: expect somewhat less on others.
- So were the weights of ranking and the curve behind the confidence: `fitting` says how they
  do on a set, or half of one, that they were not fitted to.
"""


def render(results: Results, benchmarks: Sequence[Benchmark]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    head = _PREAMBLE.format(machine=results["machine"], date=results["date"], versions=versions)
    return "\n".join(
        [head, *(line for benchmark in benchmarks for line in _section(benchmark, results))]
    )


def _section(benchmark: Benchmark, results: Results) -> Iterator[str]:
    """Yield the lines of a benchmark that has rows."""
    rows = [row for row in results["rows"] if row["name"].startswith(f"{benchmark.name}.")]
    if not rows:
        return
    measured = results["measured"][benchmark.name]
    yield f"## {benchmark.name}\n"
    yield f"{benchmark.about}\n"
    elsewhere = f" on {measured['machine']}" if measured["machine"] != results["machine"] else ""
    load = f"load before it {measured['load']}"
    yield f"Measured {measured['date']}{elsewhere}, {load}.\n"
    yield "| figure | value | unit | goal | met |"
    yield "|---|---:|---|---|---|"
    for row in rows:
        yield _line(row, row["name"].removeprefix(f"{benchmark.name}."))
    yield ""


def _line(row: RowJson, name: str) -> str:
    met = {None: "", True: "yes", False: "no"}[row["met"]]
    cells = (name, shown(row), row["unit"], row["goal"] or "none", met)
    return f"| {' | '.join(cells)} |"


def shown(row: RowJson) -> str:
    """Return the value as people read it, with every stored digit."""
    if row["unit"] == "share":
        return f"{row['value']:.4f}"
    return f"{row['value']:,}"
