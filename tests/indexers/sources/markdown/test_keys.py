"""A page's key is the bytes of its path, whatever they are and whatever the locale."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.indexers.model import Changed, Enumerated, Page
from footnote_bot.indexers.sources.markdown.files import key_of, path_of
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki

COMPOSED, DECOMPOSED = "\u00d6ffnung.md", "O\u0308ffnung.md"
LITERAL = "%C3%96ffnung.md"


def write(folder: Path, name: bytes, text: str = "Täglich.") -> None:
    file = os.fsencode(folder) + b"/" + name
    os.makedirs(os.path.dirname(file), exist_ok=True)  # noqa: PTH103, PTH120 - a Path cannot be bytes
    with open(file, "w", encoding="utf-8") as opened:  # noqa: PTH123 - the same
        opened.write(text)


def pages(folder: Path) -> dict[str, Page]:
    changes = MarkdownWiki("w", folder, site_url="https://x.org", flavour="github").changes({})
    return {change.page.key: change.page for change in changes if isinstance(change, Changed)}


@given(st.binary(max_size=40))
def test_a_key_is_text_and_leads_back_to_its_bytes(name: bytes) -> None:
    path = name.decode("utf-8", "surrogateescape")
    key = key_of(path)

    key.encode("utf-8")
    assert path_of(key).encode("utf-8", "surrogateescape") == name


@given(st.text(st.characters(codec="utf-8"), max_size=20).filter(lambda text: "%" not in text))
def test_an_ordinary_path_is_its_own_key(path: str) -> None:
    assert key_of(path) == path


def test_a_page_that_lost_its_escapes_leaves_under_the_old_name(tmp_path: Path) -> None:
    write(tmp_path, LITERAL.encode())
    (before,) = pages(tmp_path)
    (tmp_path / LITERAL).rename(tmp_path / COMPOSED)
    wiki = MarkdownWiki("w", tmp_path)

    assert before == "%25C3%2596ffnung.md"
    assert set(pages(tmp_path)) == {COMPOSED}
    assert wiki.gone([before, COMPOSED]) == {before}
    assert wiki.gone([LITERAL]) == {LITERAL}  # no page has this key, though its bytes are there


def test_one_letter_or_two_are_two_pages_and_a_link_finds_either(tmp_path: Path) -> None:
    write(tmp_path, DECOMPOSED.encode(), "Decomposed.")
    write(tmp_path, b"a.md", f"See [it]({COMPOSED}) and [[{COMPOSED[:-3]}]].")
    pages_by_key = pages(tmp_path)

    assert set(pages_by_key) == {DECOMPOSED, "a.md"}
    assert f"]({pages_by_key[DECOMPOSED].url})" in pages_by_key["a.md"].sections[0].text

    write(tmp_path, COMPOSED.encode(), "Composed.")
    pages_by_key = pages(tmp_path)

    assert set(pages_by_key) == {DECOMPOSED, COMPOSED, "a.md"}
    assert f"]({pages_by_key[COMPOSED].url})" in pages_by_key["a.md"].sections[0].text


def test_a_pattern_means_a_name_however_its_letters_are_written(tmp_path: Path) -> None:
    write(tmp_path, DECOMPOSED.encode())
    write(tmp_path, b"a.md")
    wiki = MarkdownWiki("w", tmp_path, exclude=[COMPOSED])
    listed = next(wiki.changes({}))

    assert isinstance(listed, Enumerated)
    assert listed.keys == {"a.md"}


@pytest.mark.parametrize(
    ("name", "address"),
    [
        (LITERAL.encode(), "%25C3%2596ffnung.md"),
        (COMPOSED.encode(), "%C3%96ffnung.md"),
        (b"caf\xe9.md", "caf%E9.md"),
        (b"100%.md", "100%25.md"),
    ],
)
def test_an_address_is_of_the_bytes_too(tmp_path: Path, name: bytes, address: str) -> None:
    write(tmp_path, name)
    view = "https://github.com/o/r/blob/main"
    wiki = MarkdownWiki("w", tmp_path, repository_url=view)
    (page,) = [change.page for change in wiki.changes({}) if isinstance(change, Changed)]

    assert page.url == f"{view}/{address}"
    assert wiki.edit_address(page.key) == f"https://github.com/o/r/edit/main/{address}"


KEYS = """
import json, sys
from pathlib import Path
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki
from footnote_bot.indexers.model import Changed
wiki = MarkdownWiki("w", Path(sys.argv[1]), site_url="https://x.org", exclude=["\\u00fc*"])
changes = list(wiki.changes({}))
keys = sorted(c.page.key for c in changes if isinstance(c, Changed))
text = [c.page.sections[0].text for c in changes if isinstance(c, Changed)]
print(json.dumps([sys.getfilesystemencoding(), keys, sorted(wiki.gone(keys)), text]))
"""


def test_the_locale_of_a_process_changes_no_key(tmp_path: Path) -> None:
    write(tmp_path, b"docs/" + COMPOSED.encode())
    write(tmp_path, b"docs/caf\xe9.md")
    write(tmp_path, "docs/übrig.md".encode())
    encoding, *keys = _in_locale(tmp_path, {"LC_ALL": "C.UTF-8"})
    other_encoding, *other_keys = _in_locale(
        tmp_path, {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    )

    assert encoding != other_encoding
    assert keys[:2] == [["caf%E9.md", COMPOSED], []]
    assert other_keys == keys


def _in_locale(folder: Path, environment: dict[str, str]) -> list[object]:
    process = subprocess.run(
        [sys.executable, "-c", KEYS, str(folder)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[4])}
        | environment,
        capture_output=True,
        check=True,
    )
    values: list[object] = json.loads(process.stdout)
    return values
