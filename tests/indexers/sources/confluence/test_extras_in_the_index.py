"""Attachments and comments, from a local Confluence into an index and out of it again."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from footnote_bot.config.settings import Secrets
from footnote_bot.config.wikis import ConfluenceSettings
from footnote_bot.indexers.model import Acl, Passage, Principal
from footnote_bot.indexers.sources.confluence.extras import Extras
from footnote_bot.indexers.sources.confluence.source import ConfluenceSource
from footnote_bot.indexers.sources.source import Resources
from footnote_bot.indexers.syncing.splitting import Splitter
from footnote_bot.playground.confluence.faults import Fault
from tests.fakes.defaults import sync
from tests.fakes.embedding import WordEmbedder
from tests.fakes.index import ListIndex
from tests.fakes.searching import search
from tests.indexers.sources.attachments.files import pdf
from tests.indexers.sources.confluence.extras import EXTRAS, wiki_of
from tests.indexers.sources.confluence.test_wiki import principal

EMBEDDER = WordEmbedder()
SPLIT = Splitter(EMBEDDER.count_tokens, 200)


class Telling(ListIndex):
    """An index that records the order of its writes."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[tuple[str, str]] = []

    def replace(self, passages: Sequence[Passage], vectors: Sequence[Sequence[float]]) -> None:
        super().replace(passages, vectors)
        self.writes.append(("replace", passages[0].page))

    def relabel(
        self, wiki: str, page: str, revision: str, acl: Acl, owner: str | None = None
    ) -> None:
        super().relabel(wiki, page, revision, acl, owner)
        self.writes.append(("relabel", page))


@pytest.fixture
def page(site):
    world = site.world
    world.add_user("Ada")
    world.add_user("Bob")
    world.add_space("ENG")
    return world.create("ENG", "Engines", "<p>About engines.</p>")


def urls_found(site, index: ListIndex, words: str, name: str) -> list[str]:
    user = next(user for user in site.world.users.values() if user.name == name)
    hits = search(
        index, words, EMBEDDER.embed_question(words), reader=principal(site, user), limit=5
    )
    return [hit.passage.url for hit in hits if words in hit.passage.text]


def test_a_file_is_found_at_its_page_and_its_own_address(site, page) -> None:
    site.world.attach(page.id, "manual.pdf", pdf(["Cover.", "Turn the crankshaft."]))
    site.world.comment(page.id, "<p>Mind the flywheel.</p>")
    index = ListIndex()
    sync(wiki_of(site), index, EMBEDDER, SPLIT)

    (file,) = urls_found(site, index, "crankshaft", "Ada")
    (comment,) = urls_found(site, index, "flywheel", "Ada")
    assert f"/download/attachments/{page.id}/manual.pdf?" in file
    assert file.endswith("#page=2")
    assert "focusedCommentId=" in comment
    assert "#comment-" in comment


def test_rights_are_tightened_before_anything_is_embedded(site, page) -> None:
    world = site.world
    index = Telling()
    file = world.attach(page.id, "manual.txt", b"Turn the crankshaft.").id
    world.comment(page.id, "<p>Mind the flywheel.</p>")
    sync(wiki_of(site), index, EMBEDDER, SPLIT)
    index.writes.clear()
    world.attach(page.id, "manual.txt", b"Turn the secret crankshaft.")
    world.comment(page.id, "<p>Mind the secret flywheel.</p>")
    world.edit(page.id, body="<p>About secret engines.</p>")
    world.restrict(page.id, users=[next(u.id for u in world.users.values() if u.name == "Bob")])
    report = sync(wiki_of(site), index, EMBEDDER, SPLIT)

    first = [operation for operation, _ in index.writes].index("replace")
    assert {key for _, key in index.writes[:first]} == {page.id, file, f"{page.id}/comments"}
    assert report.changed == 3
    for words in ("engines", "crankshaft", "flywheel"):
        assert not urls_found(site, index, words, "Ada")
        assert urls_found(site, index, words, "Bob")


def test_extras_that_are_no_longer_read_leave_at_once_however_many_they_are(site, page) -> None:
    """The guard against mass removal is for pages that vanish, not for pages that a setting
    excludes."""
    for number in range(30):
        site.world.attach(page.id, f"{number}.txt", b"Turn the crankshaft.")
    index = ListIndex()
    sync(wiki_of(site), index, EMBEDDER, SPLIT)
    report = sync(wiki_of(site, Extras()), index, EMBEDDER, SPLIT)

    assert report.removed == 30
    assert {*index.known("wiki")} == {page.id}


def test_requests_are_counted_downloads_too(site, page) -> None:
    site.world.attach(page.id, "manual.txt", b"Turn the crankshaft.")
    before = len(site.confluence.requests)
    report = sync(wiki_of(site), ListIndex(), EMBEDDER, SPLIT)

    # Cloud's media host does not count its requests with Confluence's.
    elsewhere = len(site.confluence.media.tokens)
    assert report.requests == len(site.confluence.requests) - before + elsewhere


@pytest.mark.parametrize("extras", [EXTRAS, Extras()])
def test_settings_say_what_is_read(site, page, extras, tmp_path) -> None:
    file = site.world.attach(page.id, "manual.txt", b"Turn the crankshaft.").id
    site.world.comment(page.id, "<p>Mind the flywheel.</p>")
    settings = ConfluenceSettings(
        type="confluence",
        name="wiki",
        url=site.confluence.base_url,
        product="cloud" if site.cloud else "data_center",
        email=site.bot.email if site.cloud else "",
        attachments=extras.attachments,
        comments=extras.comments,
    )
    secrets = Secrets(confluence_token=site.confluence.token(site.bot))
    confluence = ConfluenceSource(settings, Resources(tmp_path, secrets.variable))
    index = ListIndex()
    sync(confluence.wiki, index, EMBEDDER, SPLIT)
    extra_keys = {file, f"{page.id}/comments"} if extras.attachments else set()

    known_pages = index.known("wiki")
    assert {*known_pages} == {page.id, *extra_keys}
    cited = {key: page.revision for key, page in known_pages.items()}
    looked = confluence.live.current(cited, 30)
    assert {*looked.stand} == {*known_pages}
    assert not any(live.acl.admits(Principal()) for live in looked.stand.values())


def test_a_check_outlasts_a_confluence_that_throttles_it_twice(cloud, tmp_path) -> None:
    cloud.world.add_space("ENG")
    page = cloud.world.create("ENG", "Page", "<p>Words.</p>")
    settings = ConfluenceSettings(
        type="confluence",
        name="wiki",
        url=cloud.confluence.base_url,
        product="cloud",
        email=cloud.bot.email,
    )
    secrets = Secrets(confluence_token=cloud.confluence.token(cloud.bot))
    confluence = ConfluenceSource(settings, Resources(tmp_path, secrets.variable))
    cloud.confluence.faults.on(f"/pages/{page.id}$", Fault(429, retry_after="0"), times=2)
    looked = confluence.live.current({page.id: ""}, 30)

    assert {*looked.stand} == {page.id}
