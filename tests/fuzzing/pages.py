"""Pages and files: storage format, Markdown, front matter, attachments."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from footnote_bot.indexers.sources.attachments.content import MOST_CHARACTERS
from footnote_bot.indexers.sources.confluence import storage_format
from footnote_bot.indexers.sources.markdown import convert
from footnote_bot.indexers.sources.markdown.dialects import DIALECTS
from footnote_bot.indexers.sources.markdown.encoding import Binary
from footnote_bot.indexers.sources.markdown.front_matter import FrontMatter, split
from footnote_bot.indexers.sources.markdown.reading import skim
from tests.indexers.sources.attachments import test_any_bytes as attachments
from tests.indexers.sources.confluence import test_storage_properties as storage
from tests.indexers.sources.markdown import test_properties as markdown

from .model import Target

DATA = Path(__file__).parents[1] / "data"
_TODAY = date(2026, 11, 26)
_LINES = 60


def _texts(folder: str, *endings: str) -> list[str]:
    files = sorted((DATA / folder).rglob("*"))
    return [file.read_text(encoding="utf-8") for file in files if file.name.endswith(endings)]


@st.composite
def cut(draw: st.DrawFn, pages: list[str], pieces: st.SearchStrategy[str]) -> str:
    """Return parts of real pages, in any order, with pieces of syntax between them."""
    parts: list[str] = []
    for _ in range(draw(st.integers(1, 5))):
        lines = draw(st.sampled_from(pages)).splitlines(keepends=True)
        start = draw(st.integers(0, len(lines)))
        parts += lines[start : start + draw(st.integers(0, _LINES))]
        parts += draw(st.lists(pieces, max_size=3))
    return "".join(parts)


def _of_pages(pages: list[str], pieces: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return cut(pages, pieces) | st.lists(pieces, max_size=120).map("".join)


STORAGE = _of_pages(_texts("confluence", ".xml"), storage.PIECES) | st.lists(
    storage._markup(), max_size=12
).map("".join)


def read_storage(example: tuple[str, str]) -> int:
    body, editor = example
    parts = storage_format.sections(body, title="Page", editor=editor)

    assert all(part.text.strip() for part in parts)
    return sum(len(part.text) for part in parts)


MARKDOWN = _of_pages(_texts("markdown", ".md", ".mdx"), markdown.PIECES) | st.text(max_size=400)


def read_markdown(example: tuple[str, str]) -> int:
    text, flavour = example
    page = convert.sections(text, flavour=flavour)
    with suppress(Binary):  # raised for a file with NUL
        skim(text.encode(errors="replace"))

    assert page.title
    assert all(section.text.strip() for section in page.sections)
    return sum(len(section.text) for section in page.sections)


_NAMES = st.sampled_from(
    [
        "title", "linktitle", "description", "tags", "categories", "owner", "authors", "draft",
        "date", "lastmod", "expirydate", "published", "status", "outdated", "weight", "<<", "x",
    ]
)  # fmt: skip
_VALUES = st.sampled_from(
    [
        "2026-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "true", "null",
        "[a, b]", "{a: b}", "{a = 1}", "&a [*a]", "*a", "&a x", "!!binary x", "!!python/name:os.x",
        "!!timestamp x", "!!set {a}", "!!omap [a: 1]", "0x" + "f" * 5_000, "9" * 5_000,
        "1" + ":59" * 900,
        ".inf", ".nan", "1e999", "|\n  a\n  b", ">-\n  a", '"\\ud800"', "'a", '"a', "[" * 300,
        "? a", "- a", "\t", "%", "@", "`", "12:30:45", "07:32:00", "1979-05-27T07:32:00-08:00",
        '"""\n',
        "'''", "[[a]]", "\x00", "\u2028", "\ufeff",
    ]
)  # fmt: skip
_MATTER_LINES = st.tuples(_NAMES, st.sampled_from([": ", " = ", ":", '": ', ": &b ", "."]), _VALUES)


@st.composite
def _matter(draw: st.DrawFn) -> str:
    first, last = draw(
        st.sampled_from(
            [("---", "---"), ("+++", "+++"), ("---", "..."), ("{", "}"), ('{"a": 1,', "}")]
        )
    )
    lines = draw(st.lists(_MATTER_LINES.map("".join) | st.text(max_size=20), max_size=8))
    return f"{first}\n{chr(10).join(lines)}\n{last}\nrest"


def read_matter(example: str) -> int:
    matter, body = split(example)

    assert example.endswith(body) or not body
    return len(body) + len(matter.warning) + _characters_of(matter)


def _characters_of(matter: FrontMatter) -> int:
    """Return the number of characters in all values of the front matter."""
    assert matter.updated is None or matter.updated.year
    assert matter.outdated in {True, False}
    words = [matter.title, matter.description, matter.owner, matter.withheld(_TODAY), *matter.tags]
    return sum(map(len, words))


def _damaged() -> st.SearchStrategy[tuple[str, bytes]]:
    def of(name: str) -> st.SearchStrategy[tuple[str, bytes]]:
        real = attachments.REAL[name]
        data = attachments.damaged(real) | st.binary(max_size=600)
        return st.tuples(
            st.just(name),
            data if name[-3:] in {"pdf", "tml", ".md", "txt"} else (data | _damaged_within(real)),
        )

    return attachments.NAMES.flatmap(of)


@st.composite
def _damaged_within(draw: st.DrawFn, real: bytes) -> bytes:
    """Return a valid zip with some members damaged or missing."""
    members = attachments.parts(real)
    for part in draw(
        st.lists(st.sampled_from(sorted(members)), min_size=1, max_size=3, unique=True)
    ):
        match draw(st.sampled_from(["damaged", "swapped", "another", "gone"])):
            case "swapped" if b'="' in members[part]:
                members[part] = draw(attachments.swapped(members[part]))
            case "another":
                members[part] = members[draw(st.sampled_from(sorted(members)))]
            case "gone" if len(members) > 1:
                del members[part]
            case _:
                members[part] = draw(attachments.damaged(members[part]))
    return attachments.zipped(members)


def read_attachment(example: tuple[str, bytes]) -> int:
    outcome = attachments.outcome(*example)
    return (
        len(outcome)
        if isinstance(outcome, str)
        else sum(len(part.text) for part in outcome.sections)
    )


def _of_length(times: int, extra: int) -> Any:
    return lambda example: times * len(example if isinstance(example, str) else example[0]) + extra


PAGES = (
    Target(
        "storage format",
        st.tuples(STORAGE, st.sampled_from(["", "v2"])),
        read_storage,
        _of_length(100, 10_000),
    ),
    Target(
        "Markdown dialects",
        st.tuples(MARKDOWN, st.sampled_from(["auto", *sorted(DIALECTS)])),
        read_markdown,
        _of_length(20, 1_000),
    ),
    Target("front matter", _matter(), read_matter, _of_length(20, 1_000)),
    Target("attachments", _damaged(), read_attachment, lambda _: MOST_CHARACTERS),
)
