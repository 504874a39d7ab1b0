"""Make the tables of docs/dependencies.md anew: `python -m deploy.dependencies.table`.

The reasons are the comments of pyproject.toml, the versions those of constraints.txt; days and
licences come from releases.json, which `deploy.dependencies.hashes` makes.
"""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path

from deploy.dependencies.hashes import RELEASES
from deploy.dependencies.project import ROOT, Dependency, canonical, dependencies, pinned

DOCS = ROOT / "docs" / "dependencies.md"
_BEGIN = "<!-- dependencies: python -m deploy.dependencies.table -->"
_END = "<!-- end of dependencies -->"


def dependencies_page(page: str) -> str:
    """Return ``page`` with its marked part made anew.

    Raises:
        ValueError: its marks are missing, or releases.json is of other versions than
            constraints.txt.
    """
    before, begun, rest = page.partition(_BEGIN)
    _, ended, after = rest.partition(_END)
    if not (begun and ended):
        raise ValueError(f"the page has no {_BEGIN} and {_END}")
    return f"{before}{_BEGIN}\n\n{tables()}\n\n{_END}{after}"


def tables() -> str:
    """Return one table for what is always installed, and one for each extra."""
    groups = groupby(dependencies(), key=lambda dependency: dependency.extra)
    return "\n\n".join(_table(extra, list(group)) for extra, group in groups)


def _table(extra: str, group: list[Dependency]) -> str:
    title = f"### The extra `{extra}`" if extra else "### Always installed"
    head = "| package | what it is for | version | released | licence |\n|---|---|---|---|---|"
    return "\n".join([f"{title}\n", head, *map(_row, group)])


def _row(dependency: Dependency) -> str:
    name = canonical(dependency.name)
    version = pinned()[name]
    release = json.loads(RELEASES.read_text(encoding="utf-8")).get(name, {})
    if release.get("version") != version:
        raise ValueError(
            f"releases.json does not know {name} {version};"
            " run `python -m deploy.dependencies.hashes`"
        )
    cells = [name, dependency.reason, version, release["released"], release["licence"]]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def write(page: Path = DOCS) -> None:
    page.write_text(dependencies_page(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write()
