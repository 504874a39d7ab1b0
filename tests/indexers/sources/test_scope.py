"""A sync of one page or one space."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from footnote_bot.config.settings import Secrets, Settings
from footnote_bot.config.wikis import ConfluenceSettings, MarkdownSettings
from footnote_bot.indexers.errors import WikiMisconfigured
from footnote_bot.indexers.indexing import Indexing
from footnote_bot.indexers.model import SyncScope
from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.confluence.world import World
from tests.fakes.embedding import WordEmbedder

SITE = "https://handbook.example.com"


class Parts(Indexing):
    embedder = WordEmbedder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    wiki = tmp_path / "wiki"
    wiki.mkdir()
    (wiki / "leave.md").write_text("# Leave\n\nEveryone has 28 days.\n")
    (wiki / "travel.md").write_text("# Travel\n\nTravel is far.\n")
    return wiki


@pytest.fixture
def handbook(tmp_path: Path, folder: Path) -> Iterator[Indexing]:
    wiki = MarkdownSettings(type="markdown", name="handbook", path=folder, site_url=SITE)
    with Parts(Settings(wiki=(wiki,), data_dir=tmp_path / "data"), Secrets()) as parts:
        parts.sync()
        yield parts


def test_a_page_s_address_is_that_page(handbook: Indexing) -> None:
    part = handbook.wikis.part(f"{SITE}/leave/")

    assert part == SyncScope("handbook", page="leave.md")
    assert handbook.wikis.part("handbook").is_whole


@pytest.mark.parametrize("reference", ["https://else.example.com/leave", f"{SITE}/none", "ENG"])
def test_an_unknown_page_or_space_is_an_error_that_names_the_wikis(
    handbook: Indexing, reference: str
) -> None:
    with pytest.raises(WikiMisconfigured, match=r"handbook|no page or space that is read"):
        handbook.wikis.part(reference)


def test_a_page_by_itself_leaves_the_others_alone(handbook: Indexing, folder: Path) -> None:
    (folder / "leave.md").write_text("# Leave\n\nEveryone has 30 days.\n")
    (folder / "travel.md").unlink()
    (report,) = handbook.sync(part=SyncScope("handbook", page="leave.md"))

    assert (report.changed, report.removed, report.error) == (1, 0, None)
    assert handbook.index.known("handbook").keys() == {"leave.md", "travel.md"}


def test_a_page_that_is_gone_leaves(handbook: Indexing, folder: Path) -> None:
    (folder / "leave.md").unlink()
    (report,) = handbook.sync(part=SyncScope("handbook", page="leave.md"))

    assert report.removed == 1
    assert handbook.index.known("handbook").keys() == {"travel.md"}


def test_a_folder_has_no_spaces(handbook: Indexing) -> None:
    (report,) = handbook.sync(part=SyncScope("handbook", space="ENG"))

    assert "no spaces" in str(report.error)


@pytest.fixture(params=["cloud", "data-center"])
def world(request: pytest.FixtureRequest) -> World:
    world = World(request.param, now=lambda: datetime.now(UTC))
    for key in ("ENG", "HR"):
        world.add_space(key, key)
        for title in ("One", "Two"):
            world.create(key, f"{key} {title}", f"<p>{title} of {key}.</p>")
    return world


@pytest.fixture
def confluence(world: World, tmp_path: Path) -> Iterator[Indexing]:
    bot = world.add_user("Foot Note", "bot@example.com", admin=True, sees_everything=True)
    with LocalConfluence(world, context="/wiki") as site:
        wiki = ConfluenceSettings(
            type="confluence",
            name="wiki",
            url=site.base_url,
            product="cloud" if world.is_cloud else "data_center",
            email=bot.email if world.is_cloud else "",
        )
        settings = Settings(wiki=(wiki,), data_dir=tmp_path / "data")
        with Parts(settings, Secrets(confluence_token=site.token(bot))) as parts:
            parts.sync()
            yield parts


def address(parts: Indexing, path: str) -> str:
    return f"{parts.wikis['wiki'].wiki._transport.base.url.rstrip('/')}/{path}"


def page(world: World, title: str) -> str:
    return next(content.id for content in world.contents.values() if content.title == title)


def test_a_space_is_found_by_key_and_by_address(confluence: Indexing, world: World) -> None:
    overview = "spaces/HR/overview" if world.is_cloud else "display/HR"

    assert confluence.wikis.part("hr") == SyncScope("wiki", space="HR")
    assert confluence.wikis.part(address(confluence, overview)) == SyncScope("wiki", space="HR")


def test_a_space_by_itself_reads_its_pages_and_no_others(
    confluence: Indexing, world: World
) -> None:
    world.edit(page(world, "HR One"), body="<p>New.</p>")
    world.edit(page(world, "ENG One"), body="<p>New.</p>")
    world.create("HR", "HR Three", "<p>Three.</p>")
    (report,) = confluence.sync(part=SyncScope("wiki", space="HR"))

    assert (report.added, report.changed, report.unchanged, report.removed) == (1, 1, 1, 0)


def test_a_page_s_link_reads_it_again_and_removes_it_once_it_is_gone(
    confluence: Indexing, world: World
) -> None:
    key = page(world, "HR One")
    part = confluence.wikis.part(address(confluence, f"pages/viewpage.action?pageId={key}"))
    (unchanged,) = confluence.sync(part=part)
    world.trash(key)
    (removed,) = confluence.sync(part=part)

    assert part == SyncScope("wiki", page=key)
    assert (unchanged.changed, unchanged.passages_embedded) == (1, 0)
    assert removed.removed == 1
    assert key not in confluence.index.known("wiki")
    assert len(confluence.index.known("wiki")) == 3


def test_a_page_that_was_restricted_is_narrowed_by_its_link(
    confluence: Indexing, world: World
) -> None:
    key, ada = page(world, "HR One"), world.add_user("Ada", "ada@example.com")
    before = confluence.index.known("wiki")[key].acl
    world.restrict(key, users=[ada.id])
    confluence.sync(part=SyncScope("wiki", page=key))

    assert confluence.index.known("wiki")[key].acl != before


def test_a_space_that_is_not_read_is_an_error_of_the_report(confluence: Indexing) -> None:
    (report,) = confluence.sync(part=SyncScope("wiki", space="NONE"))

    assert isinstance(report.error, WikiMisconfigured)
