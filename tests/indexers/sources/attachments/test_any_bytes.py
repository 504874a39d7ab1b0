"""Any attachment gives sections, or a reason in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.indexers.sources.attachments.content import MOST_CHARACTERS, Content, Unreadable
from footnote_bot.indexers.sources.attachments.reading import read
from tests.indexers.sources.attachments.files import docx, parts, pdf, pptx, words, xlsx, zipped
from tests.long import tries

REAL = {
    "a.docx": docx(words("One", style="H1") + words("two") + words("three", level=0)),
    "a.pdf": pdf(["One\ntwo", "three"]),
    "a.pptx": pptx(("One", "two\nthree")),
    "a.xlsx": xlsx([["One", "two"], [3, 4.5]]),
    "a.html": b"<meta charset='utf-16'><h1>One</h1><p>two<table><tr><td>three</table>",
    "a.md": b"# One\n\n- two\n\n| a | b |\n|---|---|\n| [c](d) | `e` |\n",
    "a.txt": "One\n\ntwo\u2028three".encode("utf-16"),
}
NAMES = st.sampled_from(sorted(REAL))
JUNK = st.binary(max_size=40) | st.sampled_from(
    [b"PK\x03\x04", b"obj", b"endobj", b"stream", b"/Kids [2 0 R]", b"9999999999", b"<<", b">>"]
)

VALUES = [
    b"", b"0", b"-1", b"1e9", b"99999999999", b"A1:XFD1048576", b"ZZZZ9", b"../../etc/passwd",
    b"file:///etc/passwd", b"http://127.0.0.1:9/", b"javascript:x", b"nan", b"s", b"d", b"e"
]  # fmt: skip


def outcome(name: str, data: bytes) -> Content | str:
    """Read a file and check the guarantees of the result."""
    try:
        content = read(name, data)
    except Unreadable as refused:
        return str(refused)
    for part in content.sections:
        assert part.text.strip()
        assert not re.search(
            r"[\x00-\x08\x0b-\x1f\ud800-\udfff]", part.text + "".join(part.headings)
        )
        assert not re.search(r"\]\(\s*javascript:", part.text, re.IGNORECASE)
    assert sum(len(part.text) for part in content.sections) <= MOST_CHARACTERS
    return content


@given(NAMES, st.binary(max_size=400))
@tries(300)
def test_any_bytes_are_read_or_refused(name: str, data: bytes) -> None:
    outcome(name, data)


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """Return ``data`` with a few parts removed or replaced by junk."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 60)))
        data = data[:start] + draw(JUNK) + data[end:]
    return data


@given(NAMES, st.data())
@tries(400)
def test_a_damaged_file_is_read_or_refused(name: str, data: st.DataObject) -> None:
    outcome(name, data.draw(damaged(REAL[name])))


@given(st.sampled_from(["a.docx", "a.pptx", "a.xlsx"]), st.data())
@tries(300)
def test_a_part_that_is_damaged_in_a_sound_zip_is_read_or_refused(
    name: str, data: st.DataObject
) -> None:
    members = parts(REAL[name])
    part = data.draw(st.sampled_from(sorted(members)))
    if data.draw(st.booleans()):
        del members[part]
    else:
        members[part] = data.draw(damaged(members[part]) | swapped(members[part]))
    outcome(name, zipped(members))


@st.composite
def swapped(draw: st.DrawFn, xml: bytes) -> bytes:
    """Return XML that stays well formed, with other values in its attributes."""
    values = [match.span(1) for match in re.finditer(rb'="([^"]*)"', xml)]
    for start, end in sorted(draw(st.lists(st.sampled_from(values), max_size=4)), reverse=True)[:1]:
        xml = xml[:start] + draw(st.sampled_from(VALUES)) + xml[end:]
    return xml


@given(NAMES, NAMES)
@tries(49)  # every combination
def test_a_name_that_lies_is_read_or_refused(name: str, other: str) -> None:
    outcome(name, REAL[other])


@given(st.text(max_size=200))
@tries(100)
def test_any_text_is_the_text_that_is_read(text: str) -> None:
    result = outcome("a.txt", text.encode("utf-8", "replace"))
    if not isinstance(result, str):
        expected = re.sub(r"[\s\x00-\x1f\x7f\x85\xad\ufffe\uffff]", "", text.replace("\ufeff", ""))
        text_read = re.sub(r"\s|\\(?=[`~])", "", "".join(part.text for part in result.sections))

        assert text_read.replace("\ufeff", "") == re.sub(r"\\(?=[`~])", "", expected)


@pytest.mark.parametrize("name", sorted(REAL))
def test_the_same_file_says_the_same_again(name: str) -> None:
    first = outcome(name, REAL[name])

    assert isinstance(first, Content)
    assert first.sections
    assert outcome(name, REAL[name]) == first
