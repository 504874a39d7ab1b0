"""The recheck before an answer, against a Confluence that is up, slow, failing or down."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from benchmarks.rows import Figure, Goal
from footnote_bot.bot.answering.answerer import Answerer
from footnote_bot.bot.app import App
from footnote_bot.bot.model import Answer, Question, Result
from footnote_bot.config.settings import AnswerSettings, Secrets, Settings
from footnote_bot.config.wikis import ConfluenceSettings
from footnote_bot.indexers.model import EVERYONE, Principal
from footnote_bot.playground.confluence.faults import Fault
from footnote_bot.playground.confluence.model import Content, User, Who
from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.confluence.state import Product
from footnote_bot.playground.confluence.world import World

_LATENCY = 0.4
_SLOW = 5.0
_EACH = 50
"""Pages for each of the four changes; 200 in all."""
_OPEN = 200
_AT_A_TIME = 4
_STATES = ("up", "slow", "failing", "down")
Change = Callable[["Office", Content], None]


@dataclass
class Office:
    """A made-up Confluence, already synced, and a person who asks."""

    world: World
    confluence: LocalConfluence
    ada: User
    bob: User
    answerer: Answerer
    reader: Principal

    def ask(self, page: Content) -> Result:
        word = page.title.split()[-1]
        return self.answerer.answer(Question(f"What is the password of {word}?", self.reader))


def _redact(office: Office, page: Content) -> None:
    office.world.edit(page.id, body=f"<p>The password of {page.title} was taken out.</p>")


def _restrict(office: Office, page: Content) -> None:
    office.world.restrict(page.id, users=[office.bob.id])


def _restrict_above(office: Office, page: Content) -> None:
    office.world.restrict(page.parent or page.id, users=[office.bob.id])


def _remove(office: Office, page: Content) -> None:
    office.world.trash(page.id)


_CHANGES: Sequence[Change] = (_restrict, _restrict_above, _remove, _redact)


def figures() -> Iterator[Figure]:
    for product in ("cloud", "data-center"):
        yield from _measure_product(product)


def _measure_product(product: Product) -> Iterator[Figure]:
    with ExitStack() as stack:
        world = World(product, now=lambda: datetime.now(UTC))
        bot = world.add_user("Footnote", admin=True, sees_everything=True)
        ada, bob = world.add_user("Ada"), world.add_user("Bob")
        closed, opened = _pages(world)
        confluence = LocalConfluence(world)
        down = stack.enter_context(ExitStack())
        down.enter_context(confluence)
        folder = Path(stack.enter_context(TemporaryDirectory()))
        settings = _settings(product, confluence.base_url, bot.email, folder)
        secrets = Secrets(confluence_token=confluence.token(bot))
        app = stack.enter_context(App(settings, secrets))
        (report,) = app.indexing.sync()
        if not report.complete or report.failed:
            raise RuntimeError(f"The sync failed: {report}")
        reader = Principal.of(EVERYONE, *app.indexing.wikis.tokens(ada.email))
        app.last_pass = _just_now
        office = Office(world, confluence, ada, bob, app.searching, reader)
        confluence.latency = _LATENCY
        yield from _measure_unchanged(product, office, closed)
        with confluence.lock:
            for number, page in enumerate(closed):
                _CHANGES[number % len(_CHANGES)](office, page)
        time.sleep(1)
        for state in _STATES:
            if state == "slow":
                confluence.latency = _SLOW
            elif state == "failing":
                confluence.latency = _LATENCY
                confluence.faults.on(".*", Fault(500), times=None)
            elif state == "down":
                down.close()
            yield from _measure_state(f"{product}.{state}", office, closed, opened)


def _measure_unchanged(product: str, office: Office, pages: Sequence[Content]) -> Iterator[Figure]:
    before = len(office.confluence.requests)
    results = _ask_all(office, pages)
    answered = sum(
        isinstance(result, Answer) and _secret(page) in result.text for page, result in results
    )
    checks = quantiles((result.timings.check for _, result in results), n=20, method="inclusive")
    requests = (len(office.confluence.requests) - before) / len(pages)
    yield Figure(f"{product}.unchanged.answered", answered, "of 200", Goal("==", len(pages)))
    yield Figure(f"{product}.unchanged.check_p50", checks[9], "ms")
    yield Figure(f"{product}.unchanged.check_p95", checks[18], "ms", Goal("<", 2000))
    yield Figure(f"{product}.unchanged.requests", requests, "an answer")


def _measure_state(
    name: str, office: Office, closed: Sequence[Content], opened: Sequence[Content]
) -> Iterator[Figure]:
    quoted = sum(
        _holds(result, page, n) for n, (page, result) in enumerate(_ask_all(office, closed))
    )
    lost = sum(_secret(page) not in result.text for page, result in _ask_all(office, opened))
    yield Figure(f"{name}.quoted_what_changed", quoted, "of 200", Goal("==", 0))
    yield Figure(f"{name}.open_pages_lost", lost, "of 200", Goal("==", 0))


def _holds(result: Result, page: Content, number: int) -> bool:
    """Return whether the answer still shows removed text, or the title of a closed or deleted
    page."""
    redacted = _CHANGES[number % len(_CHANGES)] is _redact
    return _secret(page) in repr(result) or (not redacted and page.title in repr(result))


def _ask_all(office: Office, pages: Sequence[Content]) -> list[tuple[Content, Result]]:
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        return list(zip(pages, pool.map(office.ask, pages), strict=True))


def _pages(world: World) -> tuple[list[Content], list[Content]]:
    """Return the pages for people with a licence, and the pages for everybody."""
    world.add_space("ENG", "Engineering")
    world.add_space("ALL", "Everybody", readers=[Who("anonymous"), Who("licensed")])
    closed = []
    for number in range(_EACH * len(_CHANGES)):
        above = world.create("ENG", f"Above {number}", "<p>Something else.</p>")
        closed.append(_page(world, "ENG", number, above.id))
    return closed, [_page(world, "ALL", 1000 + number, None) for number in range(_OPEN)]


def _page(world: World, space: str, number: int, parent: str | None) -> Content:
    word = f"zq{number:04}x"
    body = f"<p>The password of {word} is secret{number:04}.</p>"
    return world.create(space, f"Notes on {word}", body, parent=parent)


def _secret(page: Content) -> str:
    return f"secret{page.title.split()[-1][2:-1]}"


def _just_now(wiki: str) -> datetime | None:
    del wiki
    return datetime.now(UTC)


def _settings(product: str, url: str, email: str, folder: Path) -> Settings:
    wiki = ConfluenceSettings(
        type="confluence",
        name="wiki",
        url=url,
        product="cloud" if product == "cloud" else "data_center",
        email=email if product == "cloud" else "",
    )
    answer = AnswerSettings(precision=0)
    return Settings(data_dir=folder, wiki=[wiki], answer=answer)
