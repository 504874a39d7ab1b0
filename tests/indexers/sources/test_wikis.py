"""Questions that are asked of all wikis together."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.errors import WikiMisconfigured, WikiUnavailable
from footnote_bot.indexers.model import NOBODY, SyncReport, SyncScope
from footnote_bot.indexers.sources.source import WikiSource
from footnote_bot.indexers.sources.wikis import Wikis
from tests.fakes.wiki import DictWiki


class Site(WikiSource):
    """A wiki at ``url``. If it ``must_ask``, only a request reveals the address. Every path below
    it is a page."""

    def __init__(self, name: str, url: str, *, must_ask: bool = False) -> None:
        super().__init__(DictWiki(name))
        self.url, self.must_ask, self.questions = url, must_ask, 0

    def path(self, url: str, *, ask: bool = False) -> str | None:
        self.questions += ask
        if self.must_ask and not ask:
            return None
        return url.removeprefix(self.url) if url.startswith(self.url) else None

    def key_at(self, url: str) -> str:
        return url.removeprefix(self.url).strip("/")


def test_the_wiki_with_the_deeper_path_on_a_host_has_the_page() -> None:
    for order in (1, -1):
        sites = [Site("all", "https://x.example.com"), Site("docs", "https://x.example.com/docs")]
        wikis = Wikis(sites[::order])

        assert wikis.part("https://x.example.com/docs/a") == SyncScope("docs", page="a")
        assert wikis.part("https://x.example.com/b") == SyncScope("all", page="b")


def test_wikis_are_asked_for_their_address_only_if_no_setting_tells_it() -> None:
    plain = Site("plain", "https://x.example.com")
    hidden = Site("hidden", "https://y.example.com", must_ask=True)
    wikis = Wikis([hidden, plain])

    assert wikis.part("https://x.example.com/a") == SyncScope("plain", page="a")
    assert hidden.questions == 0
    assert wikis.part("https://y.example.com/a") == SyncScope("hidden", page="a")


def test_an_address_of_no_wiki_is_said_to_be_none() -> None:
    wikis = Wikis([Site("plain", "https://x.example.com")])

    with pytest.raises(WikiMisconfigured, match="no page or space that is read"):
        wikis.part("https://z.example.com/a")
    with pytest.raises(WikiMisconfigured, match="no address of a wiki that is set"):
        wikis.access("ann@example.com", "https://z.example.com/a", frozenset())


class Away(WikiSource):
    """A wiki that cannot tell which pages are its own."""

    def path(self, url: str, *, ask: bool = False) -> str | None:
        if ask:
            raise WikiUnavailable("It is away.")
        return None

    def spaces(self) -> tuple[str, ...]:
        raise WikiUnavailable("It is away.")


class Missing(WikiSource):
    def path(self, url: str, *, ask: bool = False) -> str | None:
        if ask:
            raise WikiMisconfigured("There is no such folder.")
        return None


def test_a_wiki_that_cannot_tell_its_address_leaves_the_others_alone() -> None:
    hidden = Site("hidden", "https://y.example.com", must_ask=True)
    wikis = Wikis([Missing(DictWiki("missing")), Away(DictWiki("away")), hidden])

    assert wikis.part("https://y.example.com/a") == SyncScope("hidden", page="a")
    access, _ = wikis.access("ann@example.com", "https://y.example.com/a", frozenset())
    assert access.wiki == "hidden"


def test_an_address_of_no_known_wiki_may_belong_to_one_that_cannot_be_asked() -> None:
    url = "https://z.example.com/a"

    with pytest.raises(WikiUnavailable, match="an address of away cannot be told") as e:
        Wikis([Away(DictWiki("away"))]).access("ann@example.com", url, frozenset())
    assert not isinstance(e.value, WikiMisconfigured)
    with pytest.raises(WikiMisconfigured, match="an address of missing cannot be told"):
        Wikis([Missing(DictWiki("missing"))]).part(url)


def test_a_space_is_found_while_another_wiki_cannot_list_its_own() -> None:
    class Spaces(WikiSource):
        def spaces(self) -> tuple[str, ...]:
            return ("ENG",)

    wikis = Wikis([Away(DictWiki("away")), Spaces(DictWiki("a"))])

    assert wikis.part("eng") == SyncScope("a", space="ENG")
    with pytest.raises(WikiUnavailable, match="HR is a space of away cannot be told"):
        wikis.part("HR")


def test_a_space_that_two_wikis_have_must_be_named_by_its_address() -> None:
    class Spaces(WikiSource):
        def spaces(self) -> tuple[str, ...]:
            return ("ENG",) if self.name == "a" else ("ENG", "HR")

    wikis = Wikis([Spaces(DictWiki("a")), Spaces(DictWiki("b"))])

    assert wikis.part("hr") == SyncScope("b", space="HR")
    with pytest.raises(WikiMisconfigured, match="Several wikis have a space"):
        wikis.part("eng")


def test_who_may_read_a_page_of_a_wiki_that_cannot_be_asked_is_unknown() -> None:
    wikis = Wikis([Site("plain", "https://x.example.com")])
    access, rule = wikis.access("ann@example.com", "https://x.example.com/a", frozenset())

    assert access.may_read is None
    assert rule == NOBODY


def test_where_a_page_is_edited_is_empty_while_its_wiki_cannot_be_asked() -> None:
    class Away(WikiSource):
        def edit_address(self, page: str, url: str) -> str:
            raise WikiUnavailable("It is away.")

    wikis = Wikis([Away(DictWiki("away"))])

    assert wikis.edit_address("away", "a", "https://x.example.com/a") == ""
    assert wikis.edit_address("gone", "a", "https://x.example.com/a") == ""


def test_a_wiki_that_was_read_whole_warns_of_what_people_miss() -> None:
    class Troubled(WikiSource):
        def trouble(self) -> str:
            return "It knows nobody."

    wikis = Wikis([Troubled(DictWiki("a")), Troubled(DictWiki("b"))])
    reports = [SyncReport("a", complete=True), SyncReport("b"), SyncReport("c", complete=True)]
    wikis.warn_of_trouble(reports)

    assert [report.warnings for report in reports] == [["It knows nobody."], [], []]
