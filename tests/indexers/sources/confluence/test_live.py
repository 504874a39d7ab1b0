"""The check before an answer: how many round trips it takes, and what it requests only once."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextvars import ContextVar
from threading import Event

import pytest

from footnote_bot.indexers.model import NOBODY, OPEN, KnownPage, LivePages
from footnote_bot.indexers.parsing.limits import Limits
from footnote_bot.indexers.parsing.process import Parsers
from footnote_bot.indexers.sources.confluence.extras import Extras
from footnote_bot.indexers.sources.confluence.live import AT_ONCE, LiveConfluence
from footnote_bot.indexers.sources.confluence.parallel import Pool
from footnote_bot.indexers.sources.confluence.scope import Scope
from footnote_bot.indexers.sources.confluence.transport import Json, Params, Transport
from footnote_bot.playground.confluence.faults import Fault
from footnote_bot.playground.confluence.model import Who
from tests.indexers.sources.confluence.conftest import Site
from tests.indexers.sources.confluence.extras import EXTRAS, sync, wiki_of
from tests.indexers.sources.confluence.looking import PATIENT, live_of

_TRIPS: ContextVar[int] = ContextVar("trips", default=0)
"""The number of round trips made one after another before the current work began."""


class Counting(Transport):
    """A client that counts round trips by who waits for whom, and not by time, so that a busy
    machine changes nothing."""

    def get(self, path: str, params: Params | None = None, **how: bool) -> Json:
        _TRIPS.set(_TRIPS.get() + 1)
        return super().get(path, params, **how)


class Waited:
    """Waiting for a future takes over the round trips of its work."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._done: dict[int, int] = {}
        self._result, self._set_result = Future.result, Future.set_result
        self._set_exception = Future.set_exception
        of = self

        def set_result(future: Future[object], result: object) -> None:
            of._done[id(future)] = _TRIPS.get()
            of._set_result(future, result)

        def set_exception(future: Future[object], error: BaseException | None) -> None:
            of._done[id(future)] = _TRIPS.get()
            of._set_exception(future, error)

        def result(future: Future[object], timeout: float | None = None) -> object:
            try:
                return of._result(future, timeout)
            finally:
                _TRIPS.set(max(_TRIPS.get(), of._done.get(id(future), 0)))

        monkeypatch.setattr(Future, "set_result", set_result)
        monkeypatch.setattr(Future, "set_exception", set_exception)
        monkeypatch.setattr(Future, "result", result)

    @staticmethod
    def trips(live: LiveConfluence, cited: dict[str, str]) -> tuple[int, LivePages]:
        _TRIPS.set(0)
        result = live.current(cited, PATIENT)
        return _TRIPS.get(), result


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> Waited:
    return Waited(monkeypatch)


@pytest.fixture
def known(site: Site) -> dict[str, KnownPage]:
    """Return pages of two spaces, five levels deep, with restrictions, a blog post, a file, and
    comments with replies."""
    world = site.world
    ada = world.add_user("Ada")
    world.add_space("ENG")
    world.add_space("ALL", readers=[Who("licensed"), Who("anonymous")])
    parent = None
    for level in range(5):
        page = world.create("ENG", f"Level {level}", f"<p>Words {level}.</p>", parent=parent)
        parent = page.id
        if level % 2:
            world.restrict(page.id, users=[ada.id])
    world.attach(page.id, "plan.txt", b"The plan.")
    first = world.comment(page.id, "<p>Said.</p>")
    world.comment(page.id, "<p>Answered.</p>", answers=first.id)
    world.create("ALL", "Open", "<p>Open words.</p>")
    world.create("ENG", "News", "<p>News.</p>", type="blogpost")
    pages: dict[str, KnownPage] = {}
    sync(wiki_of(site), pages)
    return pages


def cited_of(known: dict[str, KnownPage]) -> dict[str, str]:
    return {key: page.revision for key, page in known.items()}


def counting(site: Site) -> LiveConfluence:
    transport = site.transport(kind=Counting, concurrency=AT_ONCE)
    return LiveConfluence("wiki", transport, Scope(), EXTRAS)


def test_all_sources_of_an_answer_are_checked_in_three_round_trips(
    site: Site, known: dict[str, KnownPage], waited: Waited
) -> None:
    trips, result = waited.trips(counting(site), cited_of(known))

    assert trips <= 3
    assert {key: live.acl for key, live in result.stand.items()} == {
        key: page.acl for key, page in known.items()
    }
    assert not result.untold


def test_pages_take_two_where_the_spaces_are_known(
    site: Site, known: dict[str, KnownPage], waited: Waited
) -> None:
    live = counting(site)
    pages = {key: text for key, text in cited_of(known).items() if key.isdecimal()}
    before = len(site.confluence.requests)
    waited.trips(live, pages)
    trips, result = waited.trips(live, pages)

    requests = site.confluence.requests[before:]
    # The first check need not wait for all of its requests: one may come during the second.
    of_spaces = [each for each in requests if "/space" in each.path or "permission" in each.path]
    assert trips <= 2
    assert result.stand.keys() == pages.keys()
    assert of_spaces
    assert len(of_spaces) == len(set(of_spaces))


def test_pages_that_were_edited_are_read_again_in_three(
    site: Site, known: dict[str, KnownPage], waited: Waited
) -> None:
    pages = {key: text for key, text in cited_of(known).items() if key.isdecimal()}
    user_id = site.world.users and next(iter(site.world.users))
    kind = "account-id" if site.cloud else "userkey"
    mention = f'<ac:link><ri:user ri:{kind}="{user_id}"/></ac:link>'
    for key in pages:
        site.world.edit(key, body=f"<p>New words of {key}, by {mention}.</p>")
    trips, result = waited.trips(counting(site), pages)

    assert trips <= 3
    texts = {key: live.now.sections[0].text for key, live in result.stand.items() if live.now}
    name = site.world.users[user_id].name
    assert texts.keys() == pages.keys()
    assert all(text.startswith(f"New words of {key}, by") for key, text in texts.items())
    assert all(name in text for text in texts.values())


def test_the_viewers_of_a_space_are_cached_for_a_minute_and_no_longer(
    site: Site, known: dict[str, KnownPage]
) -> None:
    transport = site.transport()
    live = LiveConfluence("wiki", transport, clock=site.clock.monotonic)
    page = next(key for key, entry in known.items() if entry.acl == OPEN)
    cited = {page: known[page].revision}
    assert live.current(cited, PATIENT).stand[page].acl == OPEN

    for who in (Who("licensed"), Who("anonymous")):
        site.world.revoke("ALL", who)
    site.clock.sleep(59)
    assert live.current(cited, PATIENT).stand[page].acl == OPEN
    site.clock.sleep(2)
    assert live.current(cited, PATIENT).stand[page].acl == NOBODY


def test_a_sync_that_finds_other_viewers_is_known_at_once(
    site: Site, known: dict[str, KnownPage]
) -> None:
    live = LiveConfluence("wiki", site.transport(), clock=site.clock.monotonic)
    page = next(key for key, entry in known.items() if entry.acl == OPEN)
    cited = {page: known[page].revision}
    live.current(cited, PATIENT)
    for who in (Who("licensed"), Who("anonymous")):
        site.world.revoke("ALL", who)
    wiki = wiki_of(site)
    wiki.survey = type(wiki.survey)(
        "wiki", site.transport(), Scope(), viewers_seen=live.viewers_seen
    )
    list(wiki.changes({}))

    assert live.current(cited, PATIENT).stand[page].acl == NOBODY


@pytest.mark.parametrize("fault", [Fault(500), Fault(429), Fault(kind="drop"), Fault(kind="login")])
def test_a_fault_of_one_page_leaves_it_unknown_and_the_others_alone(
    site: Site, known: dict[str, KnownPage], fault: Fault
) -> None:
    pages = {key: text for key, text in cited_of(known).items() if key.isdecimal()}
    broken = next(key for key, entry in known.items() if entry.acl == OPEN)
    site.confluence.faults.on(rf"/(pages|blogposts|content)/{broken}\b", fault, times=None)
    result = live_of(site).current(pages, PATIENT)

    assert result.untold == {broken}
    assert result.stand.keys() == pages.keys() - {broken}


def test_a_blog_post_is_found_though_pages_cannot_be_asked_for(cloud: Site) -> None:
    cloud.world.add_space("ENG", readers=[Who("licensed")])
    post = cloud.world.create("ENG", "News", "<p>News.</p>", type="blogpost").id
    known: dict[str, KnownPage] = {}
    sync(wiki_of(cloud), known)
    cloud.world.edit(post, body="<p>Old news.</p>")
    cloud.confluence.faults.on(f"/pages/{post}", Fault(500), times=None)

    assert live_of(cloud).current(cited_of(known), PATIENT).stand[post].edited


@pytest.mark.parametrize("fault", [Fault(500), Fault(429), Fault(kind="drop")])
@pytest.mark.parametrize("path", ["restriction", "permissions", "spaces?/"])
def test_rights_that_could_not_be_read_are_unknown_and_never_open(
    site: Site, known: dict[str, KnownPage], path: str, fault: Fault
) -> None:
    pages = {key: text for key, text in cited_of(known).items() if key.isdecimal()}
    site.confluence.faults.on(path, fault, times=None)
    result = live_of(site).current(pages, PATIENT)

    assert result.untold | result.stand.keys() == pages.keys()
    assert result.untold
    for key, live in result.stand.items():
        assert live.acl == known[key].acl


def test_a_page_whose_ancestors_are_refused_is_closed_as_a_sync_closes_it(cloud: Site) -> None:
    cloud.world.add_space("ENG", readers=[Who("licensed")])
    top = cloud.world.create("ENG", "Top").id
    leaf = cloud.world.create("ENG", "Leaf", "<p>Leaf.</p>", parent=top).id
    known: dict[str, KnownPage] = {}
    sync(wiki_of(cloud), known)
    cloud.confluence.faults.on("/ancestors", Fault(404), times=None)

    assert live_of(cloud).current({leaf: known[leaf].revision}, PATIENT).stand[leaf].acl == NOBODY


def test_a_page_without_a_timely_answer_is_unknown_and_the_rest_is_checked(
    site: Site, known: dict[str, KnownPage]
) -> None:
    """The server answers no request about one page until the check is over."""
    pages = {key: text for key, text in cited_of(known).items() if key.isdecimal()}
    slow = next(key for key, entry in known.items() if entry.acl == OPEN)
    over = Event()

    class Waiting(Transport):
        def get(self, path: str, params: Params | None = None, **how: bool) -> Json:
            if f"/{slow}" in path:
                over.wait(PATIENT)
            return super().get(path, params, **how)

    live = LiveConfluence("wiki", site.transport(kind=Waiting, concurrency=AT_ONCE))
    try:
        result = live.current(pages, 3.0)
    finally:
        over.set()

    assert result.untold == {slow}
    assert result.stand.keys() == pages.keys() - {slow}


def test_one_space_that_is_lost_casts_no_doubt_on_the_pages_of_another(
    site: Site, known: dict[str, KnownPage]
) -> None:
    cited = cited_of(known)
    open_page = next(key for key, entry in known.items() if entry.acl == OPEN)
    live = live_of(site, spaces=("ENG", "ALL"))
    site.world.delete_space("ENG")
    result = live.current(cited, PATIENT)

    assert {key: live.acl for key, live in result.stand.items()} == {open_page: OPEN}
    assert not result.untold


def test_a_space_whose_key_has_changed_is_not_among_the_named_ones(
    site: Site, known: dict[str, KnownPage]
) -> None:
    site.world.rename_space_key("ENG", "WORK")
    result = live_of(site, spaces=("ENG", "ALL")).current(cited_of(known), PATIENT)

    assert len(result.stand) == 1
    assert not result.untold


def test_extras_that_are_not_read_are_not_current(site: Site, known: dict[str, KnownPage]) -> None:
    result = live_of(site, Extras()).current(cited_of(known), PATIENT)

    assert all(key.isdecimal() for key in result.stand)


@pytest.mark.parametrize(
    ("key", "url", "plain"),
    [
        ("7", "https://a.example/wiki/spaces/HR/pages/7/Secret+plan#In-March", "/wiki"),
        ("7", "https://a.example/display/HR/Secret+plan", ""),
        ("7", "https://a.example/ctx/pages/viewpage.action?pageId=7#Secret", "/ctx"),
        ("att9", "https://a.example/download/attachments/7/secret.pdf?version=1", ""),
        (
            "7/comments",
            "https://a.example/wiki/spaces/HR/blog/7/Secret?focusedCommentId=8",
            "/wiki",
        ),
    ],
)
def test_a_plain_address_tells_nothing_but_the_page_s_id(key: str, url: str, plain: str) -> None:
    address = LiveConfluence.plain_address(key, url)

    assert address == f"https://a.example{plain}/pages/viewpage.action?pageId=7"


def test_an_address_outside_confluence_has_no_plain_form() -> None:
    assert LiveConfluence.plain_address("att9", "https://a.example/files/secret.pdf") == ""


# The thread pool


@pytest.fixture
def gate() -> Iterator[Event]:
    opened = Event()
    yield opened
    opened.set()


def test_a_pool_has_no_more_threads_than_its_size(gate: Event) -> None:
    pool = Pool(2)
    names: set[str] = set()
    begun = threading.Semaphore(0)

    def work() -> int:
        names.add(threading.current_thread().name + str(threading.get_ident()))
        begun.release()
        gate.wait(PATIENT)
        return 1

    futures = [pool.submit(work) for _ in range(5)]
    assert all(begun.acquire(timeout=PATIENT) for _ in range(2))
    assert not begun.acquire(timeout=0.05)
    gate.set()

    assert sum(future.result(PATIENT) for future in futures) == 5
    assert len(names) == 2


def test_a_pool_returns_errors_and_continues() -> None:
    pool = Pool(1)

    def broken() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        pool.submit(broken).result(PATIENT)
    assert pool.submit(lambda: 7).result(PATIENT) == 7


def test_the_threads_of_a_pool_end_with_it_and_keep_no_finished_work(gate: Event) -> None:
    pool = Pool(2)
    threads: set[threading.Thread] = set()

    class Work:
        def __call__(self) -> None:
            threads.add(threading.current_thread())
            gate.wait(PATIENT)

    works = [Work(), Work()]
    references = [weakref.ref(work) for work in works]
    futures = [pool.submit(work) for work in works]
    gate.set()
    wait(futures, PATIENT)
    del works, futures
    pool.submit(lambda: None).result(PATIENT)
    del pool
    for thread in threads:
        thread.join(PATIENT)
    gc.collect()

    assert not any(thread.is_alive() for thread in threads)
    assert not any(work() for work in references)


def test_no_page_is_parsed_for_longer_than_a_check_may_take(
    site: Site, known: dict[str, KnownPage]
) -> None:
    """A page that is still being parsed after the deadline would occupy a processor and a
    process."""
    key = next(key for key in known if key.isdecimal())
    site.world.edit(key, body="<p>New words.</p>")
    parsers, late = Parsers(), [0.0]

    def slow(
        limits: Limits, parser: Callable[..., object], /, *arguments: object, **options: object
    ):
        late[0] = PATIENT + 1
        return parsers(limits, parser, *arguments, **options)

    live = LiveConfluence(
        "wiki", site.transport(concurrency=AT_ONCE), parse=slow, clock=lambda: late[0]
    )
    try:
        result = live.current({key: known[key].revision}, PATIENT)
    finally:
        parsers.rest()

    assert (result.stand[key].edited, result.stand[key].now) == (True, None)
