"""Values that are only computed when somebody reads the metrics."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.metrics.sampling import PARTS, Sampler, SampleSource, disk_use


async def test_a_source_that_hangs_is_asked_once_and_delays_no_other() -> None:
    begun, thaw = [], threading.Event()

    def hangs() -> str:
        begun.append(1)
        thaw.wait(120)
        return "late"

    sources = {"database": SampleSource(hangs, 0.0), "disk": SampleSource(lambda: "room", 0.0)}
    sampler = Sampler(sources, patience=0.05)
    samples = [await sampler.samples() for _ in range(3)]
    async with asyncio.timeout(60):
        while samples[-1]["disk"] is None:  # also late on a busy machine
            samples.append(await sampler.samples())
    thaw.set()

    assert {sample["database"] for sample in samples} == {None}
    assert samples[-1]["disk"] == "room"
    assert len(begun) == 1


async def test_a_source_that_is_slower_than_anybody_waits_is_told_at_the_next_request() -> None:
    """Otherwise a large data folder on a slow disk would never be measured, and look like a
    failure."""
    now, calls, let_go = [0.0], [0], threading.Semaphore(0)

    def ask() -> int:
        calls[0] += 1
        number = calls[0]
        let_go.acquire(timeout=60)
        return number

    sampler = Sampler({"disk": SampleSource(ask, 30.0)}, patience=0.01, clock=lambda: now[0])
    samples = [await sampler.samples()]
    let_go.release()
    async with asyncio.timeout(60):
        while samples[-1]["disk"] is None:  # the thread may take its time
            samples.append(await sampler.samples())
    now[0] = 31.0
    samples.append(await sampler.samples())
    now[0] = 91.0
    samples.append(await sampler.samples())
    let_go.release()

    assert samples[0] == {"disk": None}
    assert [sample["disk"] for sample in samples[-3:]] == [1, 1, None]
    assert calls == [2]


async def test_a_source_that_is_away_is_none_until_it_is_back() -> None:
    answers: list[Exception | str] = [StateUnavailable("away"), "back"]

    def ask() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    sampler = Sampler({"database": SampleSource(ask, 0.0)})

    assert [await sampler.samples() for _ in range(2)] == [{"database": None}, {"database": "back"}]


async def test_a_source_that_fails_as_nobody_foresaw_is_none_and_asked_again() -> None:
    calls = []

    def ask() -> str:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("can't start new thread")
        return "back"

    sampler = Sampler({"database": SampleSource(ask, 0.0)})

    assert [await sampler.samples() for _ in range(2)] == [{"database": None}, {"database": "back"}]


async def test_a_sample_is_used_as_long_as_it_is_fresh() -> None:
    calls, now = [], [0.0]
    source = SampleSource(lambda: calls.append(1), fresh=5.0)
    sampler = Sampler({"disk": source}, clock=lambda: now[0])
    for at in (0.0, 1.0, 4.9, 5.0):
        now[0] = at
        await sampler.samples()

    assert len(calls) == 2


def test_each_part_of_the_data_folder_has_its_bytes(tmp_path: Path) -> None:
    for name, size in (("index/a/b.bin", 50_000), ("state.sqlite3-wal", 9_000), ("x", 5_000)):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"1" * size)
    (tmp_path / "models").symlink_to("/usr")

    use = disk_use(tmp_path)

    assert tuple(use.parts) == PARTS
    assert use.parts["index"] >= 50_000
    assert use.parts["state"] >= 9_000
    assert use.parts["other"] >= 5_000
    assert use.parts["models"] < 50_000
    assert 0 < use.free <= use.total
