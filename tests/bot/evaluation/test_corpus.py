"""A file of pages as a wiki."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from footnote_bot.bot.evaluation.corpus import Corpus
from footnote_bot.bot.evaluation.lines import BadSet
from footnote_bot.indexers.model import OPEN, Changed, Enumerated, KnownPage, Unchanged


def write(file: Path, *rows: object) -> Path:
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return file


def test_a_corpus_is_a_wiki(tmp_path: Path) -> None:
    rows = [{"id": "a", "title": "A", "text": "One."}, {"id": 2, "title": None}]
    corpus = Corpus(write(tmp_path / "c.jsonl", *rows))
    enumerated, first, second = corpus.changes({})

    assert enumerated == Enumerated(frozenset({"a", "2"}))
    assert isinstance(first, Changed)
    assert (first.page.key, first.page.title, first.page.acl) == ("a", "A", OPEN)
    assert first.page.sections[0].text == "One."
    assert isinstance(second, Changed)
    assert second.page.title == ""
    known = {"a": KnownPage(first.page.revision, OPEN)}
    assert Unchanged("a") in list(corpus.changes(known))
    assert corpus.gone(["a", "b"]) == {"b"}


def test_a_corpus_is_known_by_its_content(tmp_path: Path) -> None:
    def identity(*rows: object) -> str:
        return Corpus(write(tmp_path / "c.jsonl", *rows)).identity

    assert identity({"id": "a", "text": "x"}) == identity({"text": "x", "id": "a"})
    assert identity({"id": "a", "text": "x"}) != identity({"id": "a", "text": "y"})


def test_a_page_without_an_id_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSet, match="line 2: no 'id'"):
        Corpus(write(tmp_path / "c.jsonl", {"id": "a"}, {"text": "x"}))


def test_an_id_that_two_pages_have_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [{"id": "a", "text": "x"}, {"id": "b", "text": "y"}, {"id": "a", "text": "z"}]
    (_, first, _) = Corpus(write(tmp_path / "c.jsonl", *rows, rows[1])).changes({})

    assert isinstance(first, Changed)
    assert first.page.sections[0].text == "z"
    assert caplog.messages == [
        f"{tmp_path / 'c.jsonl'}, line 3: another page before it has the id 'a', too"
    ]
