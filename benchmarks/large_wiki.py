"""A company's whole handbook: the time to the first answer, and the cost of the next syncs."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any

from benchmarks.footnote import PROGRAM, FootnoteProcess
from benchmarks.material import CACHE, shared, unpacked
from benchmarks.rows import Figure, Goal

_NAME = "gitlab"
_LOOK_EVERY = 1.0
QUESTION = "What is the expense limit for a home office chair?"
_NEWS = "The Zanzibar lighthouse team meets every second Thursday at noon."
_ASKED = "When does the Zanzibar lighthouse team meet?"


def figures() -> list[Figure]:
    """Measure the first sync of GitLab's handbook, an unchanged one, and one of an edited page.

    Raises:
        MissingMaterial: the archive is not there.
    """
    return list(_figures())


def _figures() -> Iterator[Figure]:
    folder = CACHE / "large_wiki"
    shutil.rmtree(folder, ignore_errors=True)
    pages = folder / "handbook"  # a copy, because a page is edited
    shutil.copytree(
        unpacked(shared("wikis/gitlab-handbook.tar.gz")) / "content" / "handbook", pages
    )
    footnote = FootnoteProcess(folder).reading(_NAME, pages, "https://handbook.gitlab.com/handbook")
    began = time.monotonic()
    with subprocess.Popen(
        [PROGRAM, "sync", "--json", "--config", footnote.config],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as syncing:
        looks = list(_looks(footnote, syncing, began))
        syncing.communicate()
    cold = time.monotonic() - began
    page_count = max(pages for _, pages, _ in looks)
    all_found = min(seconds for seconds, pages, _ in looks if pages == page_count)
    answered = [seconds for seconds, pages, is_answer in looks if is_answer]
    yield Figure("pages", page_count, "pages")
    yield Figure("passages", footnote.passages(), "passages")
    yield Figure("first_answer", min(answered), "s")
    yield Figure("first_answer.all_pages", min(t for t in answered if t >= all_found), "s", _SOON)
    yield Figure("cold", cold, "s")
    again = [footnote.sync() for _ in range(3)]
    yield Figure("unchanged", median(run.seconds for run in again), "s")
    yield Figure("unchanged.share", median(run.seconds for run in again) / cold, "share", _LITTLE)
    embedded = sum(run.printed["passages_embedded"] for run in again)
    yield Figure("unchanged.embedded", embedded, "passages", Goal("==", 0))
    with _holding(footnote):
        page = next(iter(sorted(pages.rglob("*.md"))))
        began = time.monotonic()
        page.write_text(f"{page.read_text(encoding='utf-8')}\n\n{_NEWS}\n", encoding="utf-8")
        footnote.sync()
        answer = footnote.ask(_ASKED)
        edited = time.monotonic() - began
        yield Figure("edited", edited, "s", Goal("<=", 3, later=True))
        yield Figure("edited.answered", int("Thursday" in answer["text"]), "of 1", Goal("==", 1))


_SOON = Goal("<=", 30, later=True)
_LITTLE = Goal("<=", 0.02, later=True)


def _looks(
    footnote: FootnoteProcess, syncing: subprocess.Popen[bytes], began: float
) -> Iterator[tuple[float, int, bool]]:
    """Yield the seconds so far, the number of pages that can be found, and whether the question is
    answered. Repeat until all pages can be found and the question is answered."""
    before = -1
    while syncing.poll() is None:
        time.sleep(_LOOK_EVERY)
        pages = footnote.status()["wikis"].get(_NAME, {"pages": 0})["pages"]
        if not pages:
            continue
        is_answer = footnote.ask(QUESTION)["kind"] == "answer"
        yield time.monotonic() - began, pages, is_answer
        if is_answer and pages == before:
            return
        before = pages


@contextmanager
def _holding(footnote: FootnoteProcess) -> Iterator[None]:
    """Keep a process running that holds the index and has synced it, as `footnote serve` does."""
    command: Sequence[Any] = [PROGRAM, "chat", "--config", footnote.config]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            socket = footnote.config.parent / "process" / "socket"
            while not socket.exists() and process.poll() is None:
                time.sleep(0.1)  # a command that came first would hold the index itself
            footnote.sync()
            footnote.ask(QUESTION)
            yield
        finally:
            process.communicate(b"/quit\n", timeout=60)
