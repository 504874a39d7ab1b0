"""A made-up Confluence of thousands of pages, over HTTP with 50 ms for each request."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.footnote import FootnoteProcess, TimedRun
from benchmarks.material import HANDBOOK
from benchmarks.rows import Figure, Goal
from footnote_bot.playground.confluence.model import User
from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.confluence.world import World

_PAGES = 5_000
_FEW = 1_000
_SPACES = 5
_LATENCY = 0.05
_RESTRICTED = 20
"""One page out of this many is restricted."""


def thousands() -> list[Figure]:
    few_first, few_again, few_status = _runs(_FEW, _LATENCY)
    first, again, status = _runs(_PAGES, _LATENCY)
    without_latency, _, _ = _runs(_PAGES, 0.0)
    return [
        Figure("first.wall", first.seconds, "s"),
        Figure("first.wall_without_latency", without_latency.seconds, "s"),
        Figure("first.ratio", first.seconds / without_latency.seconds, "ratio", Goal("<=", 1.2)),
        Figure("first.requests", first.printed["requests"], "requests"),
        Figure("first.passages", first.printed["passages_embedded"], "passages"),
        Figure("unchanged.wall", again.seconds, "s", Goal("<", 30)),
        Figure("unchanged.requests", again.printed["requests"], "requests", Goal("<=", 150)),
        Figure("unchanged.passages", again.printed["passages_embedded"], "passages", Goal("==", 0)),
        Figure("memory.first", first.peak / few_first.peak, "ratio", Goal("<=", 1.3)),
        Figure(
            "memory.unchanged", again.peak / few_again.peak, "ratio", Goal("<=", 1.2, later=True)
        ),
        # `status` only opens the index: what grows here is the index in memory, not the pass.
        Figure("memory.index_alone", status.peak / few_status.peak, "ratio"),
        Figure("memory.few_unchanged_above_index", few_again.peak - few_status.peak, "MB"),
        Figure("memory.unchanged_above_index", again.peak - status.peak, "MB"),
        Figure("memory.first_peak", first.peak, "MB"),
        Figure("memory.unchanged_peak", again.peak, "MB"),
    ]


def _runs(pages: int, latency: float) -> tuple[TimedRun, TimedRun, TimedRun]:
    """Return the first sync of ``pages`` pages, a second one, and a ``status``."""
    world, reader = _world(pages)
    with LocalConfluence(world, latency=latency) as confluence, TemporaryDirectory() as folder:
        footnote = FootnoteProcess(Path(folder)).asking_confluence(
            "confluence",
            confluence.base_url,
            email=reader.email,
            token=confluence.token(reader),
        )
        first = footnote.sync()
        if first.printed["added"] != pages or first.printed["failed"]:
            raise RuntimeError(f"{pages} pages, but {first.printed['added']} were read")
        return first, footnote.sync(), footnote.timed_status()


def _world(pages: int) -> tuple[World, User]:
    world = World("cloud", now=lambda: datetime(2026, 11, 24, tzinfo=UTC))
    reader = world.add_user("Footnote", admin=True, sees_everything=True)
    world.add_group("some", [world.add_user("Ada")])
    bodies = _bodies()
    per_space = pages // _SPACES
    for number in range(_SPACES):
        space = world.add_space(f"S{number}")
        page_ids: list[str] = []
        for place, body in enumerate(islice(bodies, per_space)):
            # A tree in which each page has up to eight children.
            parent = page_ids[(place - 1) // 8] if page_ids else None
            page = world.create(
                space.key, f"Page {number}-{place}", body.replace("%", page_words(number, place)),
                parent=parent,
            )  # fmt: skip
            page_ids.append(page.id)
            if place % _RESTRICTED == _RESTRICTED - 1:
                world.restrict(page.id, groups=["some"])
    return world, reader


def page_words(space: int, place: int) -> str:
    """Return text that no other page has, so that each page is embedded."""
    return f"Number {place} of space {space}."


def _bodies() -> cycle[str]:
    """Return 18F's handbook in pieces of about 1,000 characters, in storage format."""
    text = "\n\n".join(file.read_text(encoding="utf-8") for file in sorted(HANDBOOK.rglob("*.md")))
    paragraphs = [part for part in text.split("\n\n") if len(part) > 80]
    pieces: list[str] = []
    for at in range(0, len(paragraphs) - 3, 3):
        html = "".join(f"<p>{escape(part[:400])}</p>" for part in paragraphs[at : at + 3])
        pieces.append(f"<p>%</p><h2>More</h2>{html}")
    return cycle(pieces)
