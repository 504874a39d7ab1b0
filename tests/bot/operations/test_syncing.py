"""The bot's own syncs, in a thread beside the answers."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from footnote_bot.bot.errors import StateUnavailable, SyncRunning
from footnote_bot.bot.operations import scheduler as scheduling
from footnote_bot.bot.operations.passes import Pass, PassKind
from footnote_bot.bot.operations.scheduler import Scheduler
from footnote_bot.bot.operations.syncing import LoggedProgress, OneSyncAtATime
from footnote_bot.config.settings import Secrets, Settings
from footnote_bot.indexers.errors import (
    IndexUnavailable,
    MassRemoval,
    WikiMisconfigured,
    WikiUnavailable,
)
from footnote_bot.indexers.indexing import Indexing
from footnote_bot.indexers.model import Edit, Progress, SyncReport
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki
from tests.fakes.embedding import WordEmbedder
from tests.fakes.wiki import DictWiki

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NEVER = timedelta(0)
SOON = timedelta(milliseconds=1)
LATER = timedelta(hours=1)
SECONDS = 120.0
"""Longer than anything here takes: a test that waits so long has failed."""


class Syncs:
    """Each full sync returns the next of ``outcomes``; ``asked`` records the passes."""

    def __init__(self, *outcomes: Exception | SyncReport) -> None:
        self._outcomes = list(outcomes)
        self.asked: list[PassKind] = []
        self.last: datetime | None = None
        self._more = threading.Condition()

    def sync(self, _: str | None, _progress: Callable[[Progress], None]) -> list[SyncReport]:
        self._note(PassKind.ALL_PAGES)
        if not self._outcomes:
            return []
        outcome = self._outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return [outcome]

    def look_for_edits(self, progress: Callable[[Progress], None]) -> list[SyncReport]:
        self._note(PassKind.RECENT_EDITS)
        progress(Progress("handbook", 1, 1))
        return []

    def catch_up(self) -> None:
        """Do nothing: no other process syncs."""

    def as_of(self) -> datetime | None:
        return self.last

    def interrupt(self) -> None:
        """Do nothing: no sync is running."""

    def stop(self) -> None:
        """Do nothing: no sync is running."""

    def came(self, *kinds: PassKind) -> bool:
        """Return whether these passes were the first, in this order."""
        with self._more:
            self._more.wait_for(lambda: len(self.asked) >= len(kinds), SECONDS)
            return tuple(self.asked[: len(kinds)]) == kinds

    def _note(self, kind: PassKind) -> None:
        with self._more:
            self.asked.append(kind)
            self._more.notify()


class OneTurn:
    """A turn that another process holds until ``free`` is set."""

    def __init__(self, *, free: bool) -> None:
        self.free = free
        self.given_back = 0
        self.is_known = True
        self.looks = 0

    def take(self) -> bool:
        self.looks += 1
        if not self.is_known:
            raise StateUnavailable("The database is away.")
        return self.free

    def give_back(self) -> None:
        self.given_back += 1


@contextmanager
def running(
    syncs: Syncs,
    *,
    every: timedelta = NEVER,
    edits_every: timedelta = NEVER,
    turn: OneTurn | None = None,
) -> Iterator[Scheduler]:
    scheduler = Scheduler(
        syncs, every=every, edits_every=edits_every, turn=turn, settle=0.0, turn_check=0.01
    )
    with scheduler.running():
        yield scheduler


class StoppedSync(Syncs):
    """A sync that runs until it is stopped, and then reports that it did not finish."""

    def __init__(self) -> None:
        super().__init__()
        self._stopped = threading.Event()
        self.ended = threading.Event()

    def sync(self, _: str | None, _progress: Callable[[Progress], None]) -> list[SyncReport]:
        self._note(PassKind.ALL_PAGES)
        if self._stopped.wait(60):
            self.ended.set()
        return [SyncReport("handbook", error=WikiUnavailable("The sync was stopped."))]

    def interrupt(self) -> None:
        self._stopped.set()

    def stop(self) -> None:
        self._stopped.set()


def test_a_sync_that_the_end_stops_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    syncs = StoppedSync()

    with running(syncs, every=LATER):
        assert syncs.came(PassKind.ALL_PAGES)

    (warning,) = [record for record in caplog.records if "could not be synced" in record.message]
    assert warning.levelno == logging.INFO


def test_a_stop_that_is_announced_lets_a_sync_end_before_it_is_waited_for() -> None:
    syncs = StoppedSync()
    with running(syncs, every=LATER) as scheduler:
        assert syncs.came(PassKind.ALL_PAGES)
        scheduler.interrupt()
        scheduler.hint(PassKind.ALL_PAGES)

        assert syncs.ended.wait(60)

    assert syncs.asked == [PassKind.ALL_PAGES]


@pytest.mark.parametrize(
    ("outcome", "message"),
    [
        (IndexUnavailable("The disk is full."), "The disk is full."),
        (SyncRunning("another one"), "Another sync is running"),
        (KeyError("a defect of ours"), "The sync crashed"),
        (SyncReport("handbook", error=WikiUnavailable("It went away.")), "It went away."),
    ],
)
def test_a_sync_that_fails_is_told_in_the_log_and_followed_by_others(
    outcome: Exception | SyncReport, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    syncs = Syncs(outcome)
    with caplog.at_level(logging.INFO), running(syncs, every=SOON):
        assert syncs.came(PassKind.ALL_PAGES, PassKind.ALL_PAGES)

    assert message in caplog.text


def test_edits_are_looked_for_between_full_passes() -> None:
    syncs = Syncs()
    with running(syncs, every=LATER, edits_every=SOON):
        assert syncs.came(PassKind.ALL_PAGES, PassKind.RECENT_EDITS, PassKind.RECENT_EDITS)


def test_without_any_interval_nothing_runs() -> None:
    syncs = Syncs()
    with running(syncs) as scheduler:
        scheduler.hint(PassKind.ALL_PAGES)

    assert syncs.asked == []


def test_intervals_that_are_changed_count_at_once() -> None:
    syncs = Syncs()
    with running(syncs) as scheduler:
        scheduler.reschedule(LATER, SOON)

        assert syncs.came(PassKind.RECENT_EDITS, PassKind.RECENT_EDITS)
        scheduler.reschedule(NEVER, NEVER)
        scheduler.hint(PassKind.ALL_PAGES)

    assert PassKind.ALL_PAGES not in syncs.asked


def test_word_of_an_edit_brings_the_look_for_edits_forward() -> None:
    syncs = Syncs()
    with running(syncs, every=LATER, edits_every=LATER) as scheduler:
        assert syncs.came(PassKind.ALL_PAGES)
        scheduler.hint(PassKind.RECENT_EDITS)

        assert syncs.came(PassKind.ALL_PAGES, PassKind.RECENT_EDITS)


class Clock:
    """Stands still, so that nothing becomes due because the machine is busy."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, _seconds: float) -> None:
        """Return at once."""


def test_word_of_anything_else_brings_a_full_pass_forward_but_not_at_once_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    syncs, clock = Syncs(), Clock()
    monkeypatch.setattr(scheduling, "time", clock)
    with running(syncs, every=2 * LATER, edits_every=LATER) as scheduler:
        assert syncs.came(PassKind.ALL_PAGES)
        scheduler.hint(PassKind.ALL_PAGES)

        assert syncs.came(PassKind.ALL_PAGES, PassKind.RECENT_EDITS)
        clock.now += LATER.total_seconds()
        scheduler.hint(PassKind.RECENT_EDITS)  # nobody wakes it when the clock moves on
        assert syncs.came(PassKind.ALL_PAGES, PassKind.RECENT_EDITS, PassKind.ALL_PAGES)


def looked(turn: OneTurn, times: int = 3) -> None:
    """Wait until the scheduler has checked its turn a few more times."""
    looks, until = turn.looks + times, time.monotonic() + 60
    while turn.looks < looks:
        assert time.monotonic() < until
        time.sleep(0.005)


def test_a_spare_waits_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    syncs, turn = Syncs(), OneTurn(free=False)
    with caplog.at_level(logging.INFO), running(syncs, every=SOON, edits_every=SOON, turn=turn):
        looked(turn)

    assert syncs.asked == []
    assert turn.given_back == 0
    assert [message.partition(",")[0] for message in caplog.messages] == [
        "Another process syncs on its timer"
    ]


def test_a_spare_takes_over_and_repeats_no_pass_that_is_not_due(
    caplog: pytest.LogCaptureFixture,
) -> None:
    syncs, turn = Syncs(), OneTurn(free=False)
    syncs.last = datetime.now(UTC) - timedelta(minutes=5)
    with (
        caplog.at_level(logging.INFO),
        running(syncs, every=LATER, edits_every=timedelta(seconds=0.2), turn=turn),
    ):
        looked(turn)
        turn.free = True

        assert syncs.came(PassKind.RECENT_EDITS, PassKind.RECENT_EDITS)

    assert PassKind.ALL_PAGES not in syncs.asked
    assert "this one does from now on" in caplog.text
    assert turn.given_back == 1


@pytest.mark.parametrize("last", [None, datetime(2026, 1, 1, tzinfo=UTC)])
def test_a_spare_that_takes_over_makes_the_pass_that_is_due(last: datetime | None) -> None:
    syncs, turn = Syncs(), OneTurn(free=False)
    syncs.last = last
    with running(syncs, every=LATER, turn=turn):
        looked(turn)
        turn.free = True

        assert syncs.came(PassKind.ALL_PAGES)


def test_who_loses_the_turn_stops_following_its_timer() -> None:
    """It was suspended for longer than its lease, and another process took over."""
    syncs, turn = Syncs(), OneTurn(free=True)
    with running(syncs, every=LATER, edits_every=SOON, turn=turn):
        assert syncs.came(PassKind.ALL_PAGES, PassKind.RECENT_EDITS)
        turn.free = False
        looked(turn)
        before = len(syncs.asked)
        looked(turn)

    assert len(syncs.asked) == before
    assert turn.given_back == 0


def test_a_hint_to_a_spare_is_followed_at_once() -> None:
    syncs, turn = Syncs(), OneTurn(free=False)
    with running(syncs, every=LATER, edits_every=LATER, turn=turn) as scheduler:
        scheduler.hint(PassKind.ALL_PAGES)

        assert syncs.came(PassKind.ALL_PAGES)


def test_a_database_that_is_away_changes_no_turn(caplog: pytest.LogCaptureFixture) -> None:
    syncs, turn = Syncs(), OneTurn(free=True)
    turn.is_known = False
    with (
        caplog.at_level(logging.INFO),
        running(syncs, every=LATER, edits_every=SOON, turn=turn),
    ):
        looked(turn)
        assert syncs.asked == []
        turn.is_known = True
        assert syncs.came(PassKind.ALL_PAGES)
        turn.is_known = False
        before = len(syncs.asked)

        assert syncs.came(*syncs.asked[:before], PassKind.RECENT_EDITS, PassKind.RECENT_EDITS)

    assert "Another process" not in caplog.text


def test_who_is_told_to_sync_no_more_gives_the_turn_back() -> None:
    syncs, turn = Syncs(), OneTurn(free=True)
    with running(syncs, every=LATER, turn=turn) as scheduler:
        assert syncs.came(PassKind.ALL_PAGES)
        scheduler.reschedule(NEVER, NEVER)
        until = time.monotonic() + 60
        while not turn.given_back:
            assert time.monotonic() < until
            time.sleep(0.005)

    assert turn.given_back == 1


def test_each_step_says_that_it_gets_on() -> None:
    beats: list[PassKind | None] = []
    syncs = Syncs()

    def beat() -> None:
        beats.append(syncs.asked[-1] if syncs.asked else None)

    scheduler = Scheduler(syncs, NEVER, SOON, beat=beat)
    with scheduler.running():
        assert syncs.came(PassKind.RECENT_EDITS, PassKind.RECENT_EDITS)

    assert beats[0] is None
    assert beats.count(PassKind.RECENT_EDITS) >= 2


@pytest.mark.parametrize("free", [True, False])
def test_a_schedule_goes_on_if_what_others_have_read_cannot_be_followed(
    free: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """It fetches from wikis and writes to the disk, in the thread of the schedule."""

    class Stuck(Syncs):
        def catch_up(self) -> None:
            raise OSError("Read-only file system")

    syncs, turn = Stuck(), OneTurn(free=free)
    with running(syncs, edits_every=SOON, turn=turn):
        looked(turn)
        turn.free = True

        assert syncs.came(PassKind.RECENT_EDITS, PassKind.RECENT_EDITS)

    assert "could not be looked at" in caplog.text


class TwoWikis:
    """Wikis that do not wait any more once ``go_on`` is set."""

    def __init__(self, go_on: threading.Event) -> None:
        self.go_on = go_on

    def __iter__(self) -> Iterator[str]:
        return iter(("a", "b"))

    def abort_waits(self) -> None:
        self.go_on.set()


class Parts:
    """Two wikis; every sync returns ``reports``, and waits while it is told to."""

    def __init__(self, *reports: SyncReport) -> None:
        self.reports = list(reports)
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()
        self.was_stopped = False
        self.wikis = TwoWikis(self.go_on)

    def sync(
        self,
        name: str | None = None,
        *,
        stopped: Callable[[], bool],
        **_options: object,
    ) -> list[SyncReport]:
        self.begun.set()
        assert self.go_on.wait(60)
        self.was_stopped = stopped() and stopped()
        return self.reports


class KeptPasses:
    def __init__(self, **complete: datetime) -> None:
        self.kept: list[Pass] = []
        self.complete = complete
        self.broken = False

    def record(self, pass_: Pass) -> None:
        if self.broken:
            raise StateUnavailable("The disk is full.")
        self.kept.append(pass_)

    def last_complete(self, wiki: str) -> datetime | None:
        return self.complete.get(wiki)

    def since(self, when: datetime) -> list[Pass]:
        return [pass_ for pass_ in self.kept if pass_.ended >= when]


def reports(*wikis: str, complete: bool = True) -> Sequence[SyncReport]:
    return [SyncReport(wiki, complete=complete) for wiki in wikis]


def syncing(parts: Parts, passes: KeptPasses) -> OneSyncAtATime:
    return OneSyncAtATime(parts, passes, lambda: NOON, locks=Alone())


def test_what_is_indexed_is_as_of_the_oldest_complete_pass() -> None:
    passes = KeptPasses(a=NOON - timedelta(hours=2))
    syncs = syncing(Parts(*reports("b")), passes)

    assert syncs.as_of() is None
    syncs.sync("b", lambda _: None)
    assert syncs.as_of() == NOON - timedelta(hours=2)
    assert syncs.last_pass("b") == NOON


def test_a_look_for_edits_does_not_make_the_index_true_of_a_later_time() -> None:
    passes = KeptPasses(a=NOON - timedelta(hours=2), b=NOON)
    syncs = syncing(Parts(*reports("a", complete=False)), passes)
    syncs.look_for_edits()

    assert syncs.last_pass("a") == NOON - timedelta(hours=2)
    assert [(pass_.wiki, pass_.kind) for pass_ in passes.kept] == [("a", PassKind.RECENT_EDITS)]


def test_passes_of_another_process_are_learned_of() -> None:
    passes = KeptPasses(a=NOON - timedelta(hours=2))
    syncs = syncing(Parts(*reports("a")), passes)
    passes.complete["a"] = NOON - timedelta(hours=1)
    syncs.catch_up()
    passes.complete["a"] = NOON - timedelta(hours=3)
    syncs.catch_up()

    assert syncs.last_pass("a") == NOON - timedelta(hours=1)


def test_wikis_that_other_processes_read_are_followed_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    passes = KeptPasses(a=NOON - timedelta(hours=2))
    followed: list[str] = []
    parts = Parts(*reports("b"))
    syncs = OneSyncAtATime(parts, passes, lambda: NOON, follow=followed.append, locks=Alone())
    syncs.sync("b", lambda _: None)
    syncs.catch_up()
    syncs.catch_up()
    assert followed == ["a"]  # this process read b itself
    passes.complete["b"] = NOON + timedelta(minutes=1)
    parts.go_on.clear()
    running = threading.Thread(target=syncs.sync, args=("b", lambda _: None))
    parts.begun.clear()
    running.start()
    assert parts.begun.wait(60)
    syncs.catch_up()
    assert followed == ["a"]  # a sync uses the clone
    parts.reports = []
    parts.go_on.set()
    running.join()
    syncs.catch_up()

    assert followed == ["a", "b"]


def test_only_one_sync_runs_at_a_time() -> None:
    parts = Parts(*reports("a", "b"))
    syncs = syncing(parts, KeptPasses())
    parts.go_on.clear()
    first = threading.Thread(target=syncs.sync, args=(None, lambda _: None))
    first.start()
    assert parts.begun.wait(60)

    with pytest.raises(SyncRunning):
        syncs.sync(None, lambda _: None)
    assert syncs.look_for_edits() == []
    parts.go_on.set()
    first.join()


class Alone:
    """The locks of a process that shares its index with no other."""

    def hold(self, wikis: Sequence[str]) -> AbstractContextManager[Callable[[], bool]]:
        return nullcontext(lambda: False)


class LostLocks:
    """The locks of a process whose lease expires at once."""

    @contextmanager
    def hold(self, wikis: Sequence[str]) -> Iterator[Callable[[], bool]]:
        yield lambda: bool(wikis)


@pytest.mark.parametrize("edits", [False, True])
def test_a_sync_whose_lock_may_be_lost_stops_and_says_so_once(
    edits: bool, caplog: pytest.LogCaptureFixture
) -> None:
    parts = Parts(*reports("a", "b"))
    syncs = OneSyncAtATime(parts, KeptPasses(), lambda: NOON, locks=LostLocks())
    if edits:
        syncs.look_for_edits()
    else:
        syncs.sync(None, lambda _: None)

    assert parts.was_stopped
    (message,) = caplog.messages
    assert "another one may sync now: this sync stops" in message


def test_a_stop_lets_a_sync_give_up_that_waits_for_its_wiki() -> None:
    parts = Parts(*reports("a", "b"))
    syncs = syncing(parts, KeptPasses())
    parts.go_on.clear()
    waiting = threading.Thread(target=syncs.sync, args=(None, lambda _: None))
    waiting.start()
    assert parts.begun.wait(60)
    syncs.stop()
    waiting.join(60)

    assert not waiting.is_alive()


def test_only_edits_since_the_pass_before_tell_how_long_an_edit_takes() -> None:
    edits = [
        Edit("ENG", since=NOON - timedelta(days=400), found=NOON),
        Edit("ENG", since=NOON - timedelta(seconds=90), found=NOON),
    ]
    passes = KeptPasses(a=NOON - timedelta(minutes=5))
    syncing(Parts(SyncReport("a", edits=edits)), passes).look_for_edits()

    assert passes.kept[0].lags == {"ENG": [90.0]}


def test_an_edit_that_waited_while_the_wiki_was_away_counts_with_all_its_time() -> None:
    passes = KeptPasses(a=NOON - timedelta(hours=2))
    parts = Parts(SyncReport("a", error=WikiUnavailable("It went away.")))
    syncs = syncing(parts, passes)
    syncs.look_for_edits()
    edit = Edit("ENG", since=NOON - timedelta(hours=1), found=NOON)
    parts.reports = [SyncReport("a", edits=[edit])]
    syncs.look_for_edits()

    assert passes.kept[-1].lags == {"ENG": [3600.0]}


def test_a_pass_that_cannot_be_written_down_is_no_less_done(
    caplog: pytest.LogCaptureFixture,
) -> None:
    passes = KeptPasses()
    passes.broken = True
    syncs = syncing(Parts(*reports("a", "b")), passes)

    assert len(syncs.sync(None, lambda _: None)) == 2
    assert "The disk is full." in caplog.text


# Over real wikis and the real index


class Library(Indexing):
    """Two wikis of a page each, in a folder."""

    embedder = WordEmbedder()

    def __init__(self, folder: Path) -> None:
        wikis = [DictWiki("handbook"), DictWiki("office")]
        for wiki in wikis:
            wiki.write("leave", f"Leave by the {wiki.name}.")
        super().__init__(Settings(), Secrets(), wikis=wikis, folder=folder)


class Gate:
    """A progress callback that holds a sync up until it is released."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()

    def __call__(self, progress: Progress) -> None:
        self.reached.set()
        assert self.open.wait(SECONDS)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "index") as library:
        yield library


def test_a_sync_that_failed_leaves_the_way_free(library: Library) -> None:
    syncing = OneSyncAtATime(library, KeptPasses(), locks=Alone())
    with pytest.raises(WikiMisconfigured):
        syncing.sync("nope", lambda _: None)

    assert [report.wiki for report in syncing.sync("office", lambda _: None)] == ["office"]


def test_what_is_indexed_is_as_of_the_oldest_complete_sync(library: Library) -> None:
    syncing = OneSyncAtATime(library, KeptPasses(), locks=Alone())
    before = datetime.now(UTC)

    assert syncing.as_of() is None
    syncing.sync("handbook", lambda _: None)
    assert syncing.as_of() is None
    syncing.sync("office", lambda _: None)
    first = syncing.as_of()
    assert first is not None
    assert before <= first <= datetime.now(UTC)
    syncing.sync("handbook", lambda _: None)
    second = syncing.as_of()
    assert second is not None
    assert first < second


def test_without_a_wiki_nothing_is_known(tmp_path: Path) -> None:
    with Indexing(Settings(), Secrets(), wikis=[], folder=tmp_path) as empty:
        assert OneSyncAtATime(empty, KeptPasses(), locks=Alone()).as_of() is None


def test_a_wiki_that_seems_empty_takes_no_answer_back(tmp_path: Path) -> None:
    """Maintenance retracts an answer if its page is not indexed after a complete pass."""
    (tmp_path / "pages").mkdir()
    page = tmp_path / "pages" / "leave.md"
    page.write_text("# Leave\n\nEveryone has 28 days.\n")
    wiki = MarkdownWiki("handbook", tmp_path / "pages")
    passes = KeptPasses()
    with Indexing(Settings(), Secrets(), wikis=[wiki], folder=tmp_path / "index") as indexing:
        indexing.embedder = WordEmbedder()
        syncing = OneSyncAtATime(indexing, passes, locks=Alone())
        syncing.sync(None, lambda _: None)
        page.unlink()
        (report,) = syncing.sync(None, lambda _: None)

        assert isinstance(report.error, MassRemoval)
        assert [pass_.complete for pass_ in passes.kept] == [True, False]
        assert indexing.index.page("handbook", "leave.md") is not None


def test_stopping_waits_for_the_sync_that_runs(library: Library) -> None:
    syncing, gate = OneSyncAtATime(library, KeptPasses(), locks=Alone()), Gate()
    reports: list[SyncReport] = []
    thread = threading.Thread(target=lambda: reports.extend(syncing.sync(None, gate)))
    thread.start()
    assert gate.reached.wait(SECONDS)
    stopping = threading.Thread(target=syncing.stop)
    stopping.start()
    stopping.join(0.05)
    waited = stopping.is_alive()
    gate.open.set()
    stopping.join(SECONDS)
    thread.join(SECONDS)

    assert waited
    assert not any(report.complete for report in reports)
    assert syncing.as_of() is None


def test_the_progress_of_a_long_sync_is_logged_once_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seconds, shown = iter([0.0, 1.0, 59.9, 60.0, 61.0, 119.0, 121.0]), list[Progress]()
    show = LoggedProgress(shown.append, lambda: next(seconds))
    with caplog.at_level(logging.INFO, logger="footnote_bot.bot"):
        for done in range(1, 6):
            show(Progress("handbook", done, 9))
        show(Progress("handbook", 40, 50, embedding=True))

    assert len(shown) == 6
    assert caplog.messages == [
        "Syncing handbook: 3 of 9 pages done",
        "Syncing handbook: 40 of 50 passages embedded",
    ]
