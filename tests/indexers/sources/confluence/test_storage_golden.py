"""Each body against the text that a person read in it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from footnote_bot.indexers.sources.confluence.storage_elements import StorageLinks
from footnote_bot.indexers.sources.confluence.storage_format import sections

DATA = Path(__file__).parents[3] / "data" / "confluence"
BODIES = sorted(DATA.glob("*/*.xml"))
PEOPLE = {"ff8081814f0c1a2b014f0c1a2b3c4d5e": "Ada Lovelace", "557058:ada": "Ada Lovelace"}
SITE = "https://wiki.example.com"


def page(space: str, title: str) -> str:
    """Return an address. ``OPS:Runbook`` is a page of the space OPS and of no other."""
    if title == "OPS:Runbook":
        return ""
    return f"{SITE}/find?space={space}&title={quote(title)}"


LINKS = StorageLinks(
    address=f"{SITE}/pages/1",
    page=page,
    content=lambda content_id: f"{SITE}/pages/{content_id}",
    attachment=lambda name: f"{SITE}/files/{quote(name)}",
    user=lambda key: PEOPLE.get(key, ""),
)


def golden_text(file: Path) -> str:
    """Return a page in the form of its golden file. md2conf writes for Cloud's new editor."""
    editor = "v2" if file.name.startswith("md2conf") else ""
    body = file.read_text(encoding="utf-8")
    parts = sections(body, title="Sample Page", editor=editor, links=LINKS)
    return "".join(
        f"=== {' > '.join(part.headings)} #{part.anchor}\n{part.text}\n" for part in parts
    )


@pytest.mark.parametrize("file", BODIES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_body_reads_as_its_golden_file_says(file: Path) -> None:
    golden = file.with_name(file.name + ".txt")

    assert golden_text(file) == golden.read_text(encoding="utf-8")


def test_the_samples_are_the_ones_that_a_person_read() -> None:
    assert len(BODIES) >= 60 + 6
