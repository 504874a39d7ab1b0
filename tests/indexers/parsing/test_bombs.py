"""Small files that are expensive to read hit the limits, and the other files are still read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from benchmarks import bombs
from footnote_bot.indexers.model import Changed, Failed
from footnote_bot.indexers.parsing.limits import FILE, TooCostly
from footnote_bot.indexers.parsing.process import Parsers
from footnote_bot.indexers.sources.attachments.reading import read
from footnote_bot.indexers.sources.confluence.addresses import base_of
from footnote_bot.indexers.sources.confluence.extras import Extras
from footnote_bot.indexers.sources.confluence.transport import Transport
from footnote_bot.indexers.sources.confluence.wiki import ConfluenceWiki
from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.confluence.world import World
from tests.indexers.sources.attachments.files import pdf

BRIEF = replace(FILE, seconds=2)


@pytest.fixture
def parsers() -> Iterator[Parsers]:
    parsers = Parsers()
    yield parsers
    parsers.rest()


@pytest.mark.parametrize("name", ["bomb.docx", "bomb.xlsx"])
def test_a_file_that_takes_too_long_is_given_up(parsers: Parsers, name: str) -> None:
    with pytest.raises(TooCostly, match="takes more than 1 s of a processor"):
        parsers(replace(FILE, seconds=1), read, name, bombs.files()[name])


def test_the_other_files_of_the_page_are_read(
    parsers: Parsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("footnote_bot.indexers.sources.confluence.attachments.FILE", BRIEF)
    world = World("cloud", now=lambda: datetime(2026, 11, 24, tzinfo=UTC))
    reader = world.add_user("Footnote", admin=True, sees_everything=True)
    world.add_space("S")
    page = world.create("S", "Files", "<p>Files.</p>")
    bomb = world.attach(page.id, "a.docx", bombs.docx())
    good = world.attach(page.id, "b.pdf", pdf(["Good."]))
    with LocalConfluence(world) as site:
        transport = Transport(
            base_of(site.base_url, "cloud"), site.token(reader), email=reader.email
        )
        wiki = ConfluenceWiki("wiki", transport, extras=Extras(attachments=True), parse=parsers)
        changes = list(wiki.changes({}))

    assert {change.page.key for change in changes if isinstance(change, Changed)} == {
        page.id,
        good.id,
    }
    assert [(change.key, change.reason) for change in changes if isinstance(change, Failed)] == [
        (bomb.id, f"attached to the page {page.id}: takes more than 2 s of a processor to be read")
    ]
