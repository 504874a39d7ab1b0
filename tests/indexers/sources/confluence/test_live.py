"""A check before an answer: how many round trips it takes, and what it asks only once."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextvars import ContextVar
from threading import Event

import pytest

from bot.playground.confluence.faults import Fault
from bot.playground.confluence.model import Who
from indexers.model import NOBODY, OPEN, KnownPage, LivePages
from indexers.parsing.limits import Limits
from indexers.parsing.process import Parsers
from indexers.sources.confluence.extras import Extras
from indexers.sources.confluence.live import AT_ONCE, LiveConfluence
from indexers.sources.confluence.pool import Pool
from indexers.sources.confluence.scope import Scope
from indexers.sources.confluence.transport import Json, Params, Transport
from tests.indexers.sources.confluence.conftest import Site
from tests.indexers.sources.confluence.extras import EXTRAS, sync, wiki_of
from tests.indexers.sources.confluence.looking import PATIENT, live_of

_TRIPS: ContextVar[int] = ContextVar("trips", default=0)
"""Round trips that were made, one after another, before this line of work came here."""


class Counting(Transport):
    """Counts round trips by who waits for whom, and not by the clock, so that a busy machine
    changes nothing."""

    def get(self, path: str, params: Params | None = None, **how: bool) -> Json:
        _TRIPS.set(_TRIPS.get() + 1)
        return super().get(path, params, **how)


class Waited:
    """Whoever takes the result of other work is as late as that work was."""

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
        told = live.current(cited, PATIENT)
        return _TRIPS.get(), told


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> Waited:
    return Waited(monkeypatch)


@pytest.fixture
def held(site: Site) -> dict[str, KnownPage]:
    """Pages of two spaces, five deep, restricted above, one a blog post, with a file and
    comments that are answered."""
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
    found: dict[str, KnownPage] = {}
    sync(wiki_of(site), found)
    return found


def cited_of(held: dict[str, KnownPage]) -> dict[str, str]:
    return {key: page.revision for key, page in held.items()}


def counting(site: Site) -> LiveConfluence:
    transport = site.transport(kind=Counting, concurrency=AT_ONCE)
    return LiveConfluence("wiki", transport, Scope(), EXTRAS)


def test_all_that_an_answer_names_is_looked_at_in_three_round_trips(
    site: Site, held: dict[str, KnownPage], waited: Waited
) -> None:
    trips, told = waited.trips(counting(site), cited_of(held))

    assert trips <= 3
    assert {key: live.acl for key, live in told.stand.items()} == {
        key: page.acl for key, page in held.items()
    }
    assert not told.untold


def test_pages_take_two_where_the_spaces_are_known(
    site: Site, held: dict[str, KnownPage], waited: Waited
) -> None:
    live = counting(site)
    pages = {key: text for key, text in cited_of(held).items() if key.isdecimal()}
    waited.trips(live, pages)
    before = len(site.confluence.requests)
    trips, told = waited.trips(live, pages)

    asked = site.confluence.requests[before:]
    assert trips <= 2
    assert told.stand.keys() == pages.keys()
    assert not any("/space" in one.path or "permission" in one.path for one in asked)


def test_pages_that_were_edited_are_read_again_in_three(
    site: Site, held: dict[str, KnownPage], waited: Waited
) -> None:
    pages = {key: text for key, text in cited_of(held).items() if key.isdecimal()}
    named = site.world.users and next(iter(site.world.users))
    kind = "account-id" if site.cloud else "userkey"
    mention = f'<ac:link><ri:user ri:{kind}="{named}"/></ac:link>'
    for key in pages:
        site.world.edit(key, body=f"<p>New words of {key}, by {mention}.</p>")
    trips, told = waited.trips(counting(site), pages)

    assert trips <= 3
    texts = {key: live.now.sections[0].text for key, live in told.stand.items() if live.now}
    name = site.world.users[named].name
    assert texts.keys() == pages.keys()
    assert all(text.startswith(f"New words of {key}, by") for key, text in texts.items())
    assert all(name in text for text in texts.values())


def test_who_may_view_a_space_is_known_for_a_minute_and_no_longer(
    site: Site, held: dict[str, KnownPage]
) -> None:
    transport = site.transport()
    live = LiveConfluence("wiki", transport, clock=site.clock.monotonic)
    page = next(key for key, known in held.items() if known.acl == OPEN)
    cited = {page: held[page].revision}
    assert live.current(cited, PATIENT).stand[page].acl == OPEN

    for who in (Who("licensed"), Who("anonymous")):
        site.world.revoke("ALL", who)
    site.clock.sleep(59)
    assert live.current(cited, PATIENT).stand[page].acl == OPEN
    site.clock.sleep(2)
    assert live.current(cited, PATIENT).stand[page].acl == NOBODY


def test_a_sync_that_finds_other_viewers_is_known_at_once(
    site: Site, held: dict[str, KnownPage]
) -> None:
    live = LiveConfluence("wiki", site.transport(), clock=site.clock.monotonic)
    page = next(key for key, known in held.items() if known.acl == OPEN)
    cited = {page: held[page].revision}
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
def test_a_fault_of_one_page_leaves_it_untold_and_the_others_alone(
    site: Site, held: dict[str, KnownPage], fault: Fault
) -> None:
    pages = {key: text for key, text in cited_of(held).items() if key.isdecimal()}
    broken = next(key for key, known in held.items() if known.acl == OPEN)
    site.confluence.faults.on(rf"/(pages|blogposts|content)/{broken}\b", fault, times=None)
    told = live_of(site).current(pages, PATIENT)

    assert told.untold == {broken}
    assert told.stand.keys() == pages.keys() - {broken}


@pytest.mark.parametrize("fault", [Fault(500), Fault(429), Fault(kind="drop")])
@pytest.mark.parametrize("path", ["restriction", "permissions", "spaces?/"])
def test_rights_that_could_not_be_read_are_untold_and_never_open(
    site: Site, held: dict[str, KnownPage], path: str, fault: Fault
) -> None:
    pages = {key: text for key, text in cited_of(held).items() if key.isdecimal()}
    site.confluence.faults.on(path, fault, times=None)
    told = live_of(site).current(pages, PATIENT)

    assert told.untold | told.stand.keys() == pages.keys()
    assert told.untold
    for key, live in told.stand.items():
        assert live.acl == held[key].acl


def test_what_is_not_told_in_time_is_untold_and_the_rest_is_told(
    site: Site, held: dict[str, KnownPage]
) -> None:
    """The server answers nothing about one page until the look is over."""
    pages = {key: text for key, text in cited_of(held).items() if key.isdecimal()}
    slow = next(key for key, known in held.items() if known.acl == OPEN)
    over = Event()

    class Waiting(Transport):
        def get(self, path: str, params: Params | None = None, **how: bool) -> Json:
            if f"/{slow}" in path:
                over.wait(PATIENT)
            return super().get(path, params, **how)

    live = LiveConfluence("wiki", site.transport(kind=Waiting, concurrency=AT_ONCE))
    try:
        told = live.current(pages, 3.0)
    finally:
        over.set()

    assert told.untold == {slow}
    assert told.stand.keys() == pages.keys() - {slow}


def test_one_space_that_is_lost_casts_no_doubt_on_the_pages_of_another(
    site: Site, held: dict[str, KnownPage]
) -> None:
    cited = cited_of(held)
    open_one = next(key for key, known in held.items() if known.acl == OPEN)
    live = live_of(site, spaces=("ENG", "ALL"))
    site.world.delete_space("ENG")
    told = live.current(cited, PATIENT)

    assert {key: live.acl for key, live in told.stand.items()} == {open_one: OPEN}
    assert not told.untold


def test_a_space_whose_key_has_changed_is_not_among_those_that_are_named(
    site: Site, held: dict[str, KnownPage]
) -> None:
    site.world.rename_space_key("ENG", "WORK")
    told = live_of(site, spaces=("ENG", "ALL")).current(cited_of(held), PATIENT)

    assert len(told.stand) == 1
    assert not told.untold


def test_what_hangs_on_pages_and_is_not_read_does_not_stand(
    site: Site, held: dict[str, KnownPage]
) -> None:
    told = live_of(site, Extras()).current(cited_of(held), PATIENT)

    assert all(key.isdecimal() for key in told.stand)


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


def test_an_address_that_is_none_of_confluence_s_has_no_plain_one() -> None:
    assert LiveConfluence.plain_address("att9", "https://a.example/files/secret.pdf") == ""


# The pool


@pytest.fixture
def gate() -> Iterator[Event]:
    opened = Event()
    yield opened
    opened.set()


def test_a_pool_has_so_many_threads_and_no_more(gate: Event) -> None:
    pool = Pool(2)
    names: set[str] = set()
    begun = threading.Semaphore(0)

    def work() -> int:
        names.add(threading.current_thread().name + str(threading.get_ident()))
        begun.release()
        gate.wait(PATIENT)
        return 1

    made = [pool.submit(work) for _ in range(5)]
    assert all(begun.acquire(timeout=PATIENT) for _ in range(2))
    assert not begun.acquire(timeout=0.05)
    gate.set()

    assert sum(one.result(PATIENT) for one in made) == 5
    assert len(names) == 2


def test_a_pool_gives_back_what_went_wrong_and_works_on() -> None:
    pool = Pool(1)

    def broken() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        pool.submit(broken).result(PATIENT)
    assert pool.submit(lambda: 7).result(PATIENT) == 7


def test_the_threads_of_a_pool_end_with_it_and_hold_nothing_of_what_is_done(gate: Event) -> None:
    pool = Pool(2)
    threads: set[threading.Thread] = set()

    class Work:
        def __call__(self) -> None:
            threads.add(threading.current_thread())
            gate.wait(PATIENT)

    works = [Work(), Work()]
    done = [weakref.ref(work) for work in works]
    made = [pool.submit(work) for work in works]
    gate.set()
    wait(made, PATIENT)
    del works, made
    pool.submit(lambda: None).result(PATIENT)
    del pool
    for thread in threads:
        thread.join(PATIENT)
    gc.collect()

    assert not any(thread.is_alive() for thread in threads)
    assert not any(work() for work in done)


def test_no_page_is_parsed_for_longer_than_a_check_may_take(
    site: Site, held: dict[str, KnownPage]
) -> None:
    """What is still parsed when the time is over would hold a processor, and a process."""
    key = next(key for key in held if key.isdecimal())
    site.world.edit(key, body="<p>New words.</p>")
    parsers, late = Parsers(), [0.0]

    def slow(limits: Limits, parser: Callable[..., object], /, *arguments: object, **named: object):
        late[0] = PATIENT + 1
        return parsers(limits, parser, *arguments, **named)

    live = LiveConfluence(
        "wiki", site.transport(concurrency=AT_ONCE), parse=slow, clock=lambda: late[0]
    )
    try:
        told = live.current({key: held[key].revision}, PATIENT)
    finally:
        parsers.rest()

    assert (told.stand[key].edited, told.stand[key].now) == (True, None)
