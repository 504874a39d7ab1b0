"""The data folder of an earlier version answers as it is; after the next sync it equals a new one
of the same pages."""

from __future__ import annotations

import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.config.loading import load
from footnote_bot.config.settings import Secrets
from footnote_bot.indexers.indexing import Indexing
from tests.bot.shell import Shell
from tests.long import few

EARLIER = sorted((Path(__file__).parents[1] / "data/versions").glob("*.tar.xz"))
"""Data folders that the program made by `footnote sync` of `PAGES`, with these schemas of its index
and its database. Letters tell versions of one schema apart."""
PAGES = {
    "leave.md": """---
owner: ann@example.com
---
# Leave

## Annual leave

Everyone has 28 days of annual leave a year. Book it in the staff calendar.

## Sick leave

Tell your manager before ten o'clock in the morning if you are ill.
""",
    "expenses.md": """# Expenses

Claim expenses within 60 days. Attach a receipt for everything above 20 euros.
""",
}
SETTINGS = """
data_dir = "{data}"

[[wiki]]
type = "markdown"
name = "handbook"
path = "wiki"
site_url = "https://wiki.example.com"
"""
LEAVE = "How many days of annual leave does everyone have?"


@pytest.fixture(params=few([*reversed(EARLIER)], 2), ids=lambda file: file.stem)
def earlier(request: pytest.FixtureRequest, shell: Shell) -> Shell:
    with tarfile.open(request.param) as packed:
        packed.extractall(shell.folder, filter="data")
    for name, text in PAGES.items():
        shell.write(f"wiki/{name}", text)
    shell.write("footnote.toml", SETTINGS.format(data="data"))
    return shell


def answer(shell: Shell) -> str:
    result = shell.footnote("ask", LEAVE, "--json")
    assert result.code == 0, result.err
    return str(result.json["text"])


def stored(settings: Path) -> dict[tuple[object, ...], Mapping[str, Any]]:
    """Return everything in the index except the write numbers."""
    with Indexing(load(settings), Secrets()) as indexing:
        payloads = [dict(point.payload) for point in indexing.index.current.points()]
        assert not indexing.index.building
        assert not indexing.index.trouble
    for payload in payloads:
        del payload["version"]
        payload.pop("meanings", None)
    by_place = {
        (payload.get("head"), payload["page"], payload.get("ordinal")): payload
        for payload in payloads
    }
    assert len(by_place) == len(payloads)
    return by_place


def test_data_of_every_earlier_version_is_opened_and_brought_forward(earlier: Shell) -> None:
    before = answer(earlier)
    first = earlier.footnote("sync")
    same = answer(earlier)
    earlier.write("wiki/leave.md", PAGES["leave.md"].replace("28", "31"))
    earlier.write("wiki/pets.md", "# Pets\n\nDogs may come on Fridays.\n")
    (earlier.folder / "wiki/expenses.md").unlink()
    second = earlier.footnote("sync")
    after = answer(earlier)
    again = earlier.footnote("sync", "--json")
    flags = earlier.footnote("flags", "--json")
    anew = earlier.write("anew.toml", SETTINGS.format(data="anew"))
    earlier.footnote("sync", "--config", "anew.toml")

    assert (first.code, second.code, again.code) == (0, 0, 0), first.err + second.err
    assert "28 days" in before
    assert "28 days" in same
    assert "31 days" in after
    assert flags.json == []
    assert stored(earlier.folder / "footnote.toml") == stored(anew)
