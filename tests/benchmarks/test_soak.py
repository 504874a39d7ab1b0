"""The checks of a soak test: the faults they must notice."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.soak import books
from benchmarks.soak.databases import LockedSqlite
from benchmarks.soak.happenings import ACTIONS, FAULTS, clock_jump
from benchmarks.soak.index_server import IndexServer
from benchmarks.soak.jumping_clock import ClockFile, followed
from benchmarks.soak.process import MemorySample, SupervisedBot
from benchmarks.soak.town import BOTH, INNER, TEAM, StreamQuestion, Town, furnish
from benchmarks.soak.watching import IN_FLIGHT, Watcher
from benchmarks.soak.wikis import ADA, BOB, CY, INSIDERS, ChangingWikis, WikiPage, marker
from footnote_bot.indexers.errors import IndexUnavailable
from footnote_bot.indexers.index.server import Server, ServerIndex
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.web_api.server import Call
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.fakes.embedding import WordEmbedder
from tests.fakes.passages import passages

EMBEDDER = WordEmbedder()
MANIFEST = Path(__file__).parents[2] / "config" / "slack_manifest.json"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    slack = LocalSlack(MANIFEST)
    furnish(slack)
    chance = random.Random(1)  # noqa: S311 - no secret
    wikis = ChangingWikis(tmp_path / "wiki", chance, 6, 3)
    bot = SupervisedBot(tmp_path / "footnote.toml", {}, tmp_path / "log", str)
    with wikis.site:
        yield Town(slack, wikis, bot, LockedSqlite(tmp_path), chance)


def post(town: Town, channel: str, text: str) -> None:
    call = Call("chat.postMessage", {"channel": channel, "text": text}, 0.0, "", {})
    town.slack.web_api.calls.append(call)


def restricted(town: Town) -> WikiPage:
    """Return a page that has been closed to others for longer than any answer takes."""
    page = town.wikis.pages["c01"]
    town.wikis.world.restrict(page.content, groups=[INSIDERS])
    page.readers[:] = [(time.monotonic() - 2 * IN_FLIGHT, town.wikis.readers(page))]
    return page


@pytest.mark.parametrize(
    ("channel", "leaked_to"), [(TEAM, ["everyone"]), (INNER, []), (BOTH, [BOB])]
)
def test_a_marker_in_a_channel_is_a_leak_to_whoever_is_there(
    town: Town, channel: str, leaked_to: list[str]
) -> None:
    page, watcher = restricted(town), Watcher(town)
    post(town, channel, f"It is *{marker(page.key, 1)}*.")
    watcher.look()

    assert [leak.person for leak in watcher.leaks] == leaked_to


@pytest.mark.parametrize(("person", "leaks"), [(ADA, 0), (BOB, 1), (CY, 1)])
def test_a_marker_in_a_direct_message_is_a_leak_to_whoever_may_not_read_it(
    town: Town, person: str, leaks: int
) -> None:
    page, watcher = restricted(town), Watcher(town)
    post(town, town.slack.im(person).id, marker(page.key, 1).upper())
    watcher.look()
    watcher.look()

    assert len(watcher.leaks) == leaks


def test_an_answer_in_flight_while_a_page_is_restricted_is_no_leak_and_is_counted(
    town: Town,
) -> None:
    page, watcher = town.wikis.pages["c00"], Watcher(town)
    town.wikis.remove(page)
    post(town, TEAM, marker("c00", 1))
    watcher.look()

    assert (watcher.leaks, watcher.late) == ([], 1)


def test_a_page_restricted_longer_ago_is_a_leak(town: Town) -> None:
    page, now = town.wikis.pages["m00"], time.monotonic()
    page.readers[:] = [
        (now - 100, frozenset({ADA})),
        (now - 60, frozenset({BOB})),
        (now - 5, frozenset()),
    ]

    assert not page.open_to(ADA, now - IN_FLIGHT, now)
    assert page.open_to(BOB, now - IN_FLIGHT, now)
    assert not page.open_to(BOB, now, now)


def answers(town: Town, question: Message, *texts: str) -> None:
    for text in texts:
        block = {"type": "section", "block_id": f"reply-to-{question.ts}-0"}
        town.slack.keep(
            town.slack.from_bot(question.channel, text=text, thread_ts=question.ts, blocks=[block])
        )


@pytest.mark.parametrize(
    ("texts", "deleted", "fate"),
    [
        ((), False, "without an answer"),
        (("It is.",), False, "answered"),
        ((f"{books.SORRY}, and I could not do this.",), False, "failure told"),
        (("It is.", "It is."), False, "answered twice"),
        ((), True, "deleted"),
        (("It is.",), True, "left of a deleted question"),
    ],
)
def test_each_question_has_one_answer_or_one_stated_failure(
    town: Town, texts: tuple[str, ...], deleted: bool, fate: str
) -> None:
    question = town.slack.keep(Message(TEAM, town.slack.new_ts(), ADA, "T", "What?"))
    answers(town, question, *texts)
    town.questions.append(StreamQuestion(question, "c00", 0.0, deleted))
    counts, wrong = books.answered(town)

    assert counts == {fate: 1}
    assert len(wrong) == (fate not in books.FINE)


def points(**pages: tuple[int, ...]) -> list[dict[str, object]]:
    """Return the head of version 7 of each page, and a passage for each given version of its
    text."""
    rows: list[dict[str, object]] = [
        {"wiki": "w", "page": key, "version": 6, "text": marker(key, 99)} for key in pages
    ]
    for key, versions in pages.items():
        rows.append({"head": "w", "page": key, "version": 7})
        rows += [
            {"wiki": "w", "page": key, "version": 7, "text": f"It is {marker(key, version)}."}
            for version in versions
        ]
    return rows


def test_the_index_is_compared_with_the_newest_version_of_each_page() -> None:
    newest = {"c00": 1, "c01": 2, "c02": 3, "c03": 4}
    differences = books.compared(points(c00=(1,), c01=(1,), c02=(3, 3), c05=(1,)), newest)

    assert differences == books.IndexDifferences(["c03"], ["c01"], ["c02"], ["c05"])
    assert differences.wrong == 4
    assert books.compared(points(c00=(1,)), {"c00": 1}).wrong == 0


OURS = """2026-11-26 12:00:00,115 ERROR   bot.slack.x: [0387aedc] The end could not be reported
      File "a.py", line 1, in call
        raise KeyError
               ^^^^^^^
    KeyError
    which led to
      File "b.py", line 2, in call
        do()
    {error}
2026-11-26 12:00:01,115 INFO    bot.slack.x: on
"""
PYTHONS = """Traceback (most recent call last):
  File "a.py", line 1, in <module>
    raise KeyError
{error}
2026-11-26 12:00:01,115 WARNING bot.slack.x: on
"""


@pytest.mark.parametrize("log", [OURS, PYTHONS])
@pytest.mark.parametrize(
    ("error", "stated", "other_errors"),
    [
        ("StateUnavailable: The bot's database cannot be used", 1, 0),
        ("sqlalchemy.exc.OperationalError: (psycopg) closed", 1, 0),
        ("IndexUnavailable: The Qdrant server does not answer", 1, 0),
        ("KeyError: 'page'", 0, 1),
        ("RecursionError", 0, 1),
        ("bot.odd.Thing", 0, 1),
    ],
)
def test_a_traceback_is_a_fault_unless_its_error_is_stated(
    log: str, error: str, stated: int, other_errors: int
) -> None:
    counters = books.tracebacks(log.format(error=error))

    assert tuple(sum(counter.values()) for counter in counters) == (stated, other_errors)


def test_a_log_without_tracebacks_has_none() -> None:
    assert books.tracebacks("2026-11-26 12:00:01,115 INFO    bot: on\n" * 3) == ({}, {})
    assert books.levels(OURS + PYTHONS) == {"ERROR": 1, "WARNING": 1}


def test_memory_is_compared_by_thirds_without_processes_that_just_started() -> None:
    def sample(at: float, own: float, age: float = 100) -> MemorySample:
        return MemorySample(at, 1, age, own, 0)

    flat = [sample(at, 400) for at in range(90)] + [sample(90, 9000, age=1)]
    rising = [sample(at, 400 + 2 * at) for at in range(91)]

    assert books.growth(flat) == (400, 400, 1)
    assert books.growth(rising)[2] > books.MEMORY


async def test_all_that_people_do_keeps_the_account_of_the_wikis(town: Town) -> None:
    """There is no bot: every action must be possible in any order."""
    actions = [action for action in ACTIONS if "reindex" not in action.__name__]
    for _ in range(300):
        await town.chance.choice(actions)(town)
    newest, files = town.wikis.newest(), sorted(town.wikis.folder.glob("*.md"))
    in_confluence = {
        content.body
        for content in town.wikis.world.contents.values()
        if content.status == "current"
    }

    assert {key for key in newest if key[0] == "m"} == {file.stem for file in files}
    for key, version in newest.items():
        texts = [file.read_text() for file in files] if key[0] == "m" else in_confluence
        assert sum(marker(key, version) in text for text in texts) == 1
    assert len(FAULTS) > 9


async def test_the_bots_clock_jumps_by_hours_until_the_faults_are_over(town: Town) -> None:
    clock = ClockFile(town.bot.config.with_name("clock"))
    jumps = set()
    for _ in range(10):
        await clock_jump(town)
        jumps.add(clock.read())
    await town.calm()

    assert min(jumps) < -3600 < 3600 < max(jumps)
    assert clock.read() == 0


def test_a_process_follows_the_file_of_its_clock(tmp_path: Path) -> None:
    pytest.importorskip("time_machine", reason="only the extra `bench` has it")
    clock, began, right = ClockFile(tmp_path / "clock"), time.monotonic(), datetime.now(UTC)
    clock.write(7200)
    with followed(clock):
        ahead = datetime.now(UTC)
        clock.write(-7200)
        while datetime.now(UTC) > right and time.monotonic() < began + 60:
            time.sleep(0.01)
        back = datetime.now(UTC)

    assert timedelta(hours=2) <= ahead - right < timedelta(hours=2, minutes=1)
    assert timedelta(hours=-2) <= back - right < timedelta(hours=-2, minutes=1)
    assert abs(datetime.now(UTC) - right) < timedelta(minutes=1)


async def test_the_index_server_comes_back_with_its_index() -> None:
    process = IndexServer()
    await process.open()
    server = Server(process.url, process.key)

    def pages() -> int:
        index = ServerIndex.open(server, collection="passages", dimensions=EMBEDDER.dimensions)
        return len(index.known("handbook"))

    def ask_until_it_is_away() -> None:
        while not away.done():
            pages()

    try:
        index = ServerIndex.open(server, collection="passages", dimensions=EMBEDDER.dimensions)
        index.replace(passages("leave", "Leave is long."), EMBEDDER.embed_passages(["leave"]))
        away = asyncio.create_task(process.away(1))
        with pytest.raises(IndexUnavailable, match="does not answer"):
            await asyncio.to_thread(ask_until_it_is_away)
        await away

        assert pages() == 1
    finally:
        server.client.close()
        await process.close()
