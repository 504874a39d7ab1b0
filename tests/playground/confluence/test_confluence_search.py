"""The query language, and an index that is behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from footnote_bot.playground.confluence.cql import BadCql, parse
from footnote_bot.playground.confluence.world import World

AT = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    world = World(now=lambda: AT, timezone=ZoneInfo("Asia/Kolkata"))
    world.add_user("Ann")
    world.add_space("ENG")
    world.add_space("~ann", "Ann's own")
    top = world.create("ENG", "Top", "<p>apples</p>", labels=["keep"])
    world.create("ENG", "Leaf", parent=top.id, labels=["keep", "drop"])
    world.create("ENG", "News", type="blogpost")
    world.create("~ann", "Diary")
    return world


@pytest.mark.parametrize(
    ("cql", "titles"),
    [
        ("type = page", ["Top", "Leaf", "Diary"]),
        ("type in (page, blogpost) and space = ENG", ["Top", "Leaf", "News"]),
        ("TYPE = blogpost OR title = 'Top'", ["Top", "News"]),
        ('space = "~ann"', ["Diary"]),
        ("space.type != personal", ["Top", "Leaf", "News"]),
        ("label = keep and label not in (drop)", ["Top"]),
        ("not (space = ENG) and type = page", ["Diary"]),
        ("ancestor = 65542", ["Leaf"]),
        ("text ~ APPLES", ["Top"]),
        ("type = page order by title desc", ["Top", "Leaf", "Diary"]),
        ('lastmodified >= now("-4h")', ["Top", "Leaf", "News", "Diary"]),
        ("lastmodified < now('-4h')", []),
    ],
)
def test_queries(world: World, cql: str, titles: list[str]) -> None:
    query = parse(cql, world)
    matches = [content for content in world.contents.values() if query.matches(content)]

    assert [content.title for content in query.sorted(matches)] == titles


@pytest.mark.parametrize(
    ("date", "matches"),
    [
        ("2026-11-24 17:30", True),
        ("2026/11/24 17:30", True),
        ("2026-11-24 17:31", False),
        ("2026-11-24", True),
        ("2026-11-24 12:00", True),
        ("2026-11-25", False),
    ],
)
def test_dates_are_the_sites_and_count_in_whole_minutes(
    world: World, date: str, matches: bool
) -> None:
    """12:00:30 in UTC is half past five in India, whatever the second."""
    query = parse(f'lastmodified >= "{date}"', world)

    assert all(query.matches(content) == matches for content in world.contents.values())


@pytest.mark.parametrize(
    "cql", ["", "type=", "nonsense = 1", "type = page and", "space = ~ann", "lastmodified > soon"]
)
def test_what_confluence_cannot_parse(world: World, cql: str) -> None:
    with pytest.raises(BadCql, match="Could not parse cql"):
        parse(cql, world)


def test_bad_queries_are_refused(office: Any) -> None:
    assert office.answer("/rest/api/content/search", cql="type=").status_code == 400


def test_the_index_is_behind(office: Any) -> None:
    office.world.index_lag = timedelta(minutes=5)
    office.world.create("ENG", "Fresh")
    office.world.edit(office.top.id, title="Renamed")

    assert office.titles("/rest/api/content/search", cql="title = Fresh") == []
    # The index has the old title; the result shows the new one.
    assert office.titles("/rest/api/content/search", cql="title = Top") == ["Renamed"]
    office.clock.pass_by(minutes=6)
    assert office.titles("/rest/api/content/search", cql="title = Fresh") == ["Fresh"]
    assert office.titles("/rest/api/content/search", cql="title = Top") == []


def test_a_search_never_finds_what_is_trashed_archived_draft_or_closed(office: Any) -> None:
    trashed, closed = office.pages(2)
    office.world.create("ENG", "Draft", draft=True)
    office.world.archive(office.mid.id)
    office.world.trash(trashed.id)
    office.world.restrict(closed.id, users=[office.bob.id])

    titles = office.titles("/rest/api/content/search", office.eve, cql="type = page")
    assert titles == ["Top", "Leaf"]


def test_archived_spaces_are_searched_when_asked_for(office: Any) -> None:
    office.world.archive_space("ENG")
    path, cql = "/rest/api/content/search", "type = page"

    assert office.titles(path, cql=cql) == []
    assert len(office.titles(path, cql=cql, includeArchivedSpaces="true")) == 3


@pytest.mark.parametrize(("expand", "most"), [("body.storage", 50), ("version", 200), ("", 1000)])
def test_silent_caps(office: Any, expand: str, most: int) -> None:
    office.pages(1010)
    answer = office.get("/rest/api/content/search", cql="type = page", limit=5000, expand=expand)

    assert len(answer["results"]) == most
    assert answer["totalSize"] == 1013
