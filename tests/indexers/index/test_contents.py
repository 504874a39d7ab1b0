"""A search has no filter that it does not need, and finds the pages that its reader may read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import hypothesis.strategies as st
import pytest
from hypothesis import given

from footnote_bot.indexers.index.contents import IndexContents
from footnote_bot.indexers.index.edge import EdgeEngine
from footnote_bot.indexers.index.engine import Engine
from footnote_bot.indexers.index.passages import StoredPassages
from footnote_bot.indexers.index.schema import Where
from footnote_bot.indexers.model import EVERYONE, OPEN, Acl, Principal, Reader
from tests.fakes.embedding import WordEmbedder
from tests.fakes.passages import passages
from tests.fakes.searching import search

WIKIS = ["handbook", "office", "team"]
ACLS = [OPEN, Acl.of(["staff"]), Acl.of(["staff", "chiefs"]), Acl.of(["staff"], ["chiefs"])]
EMBEDDER = WordEmbedder()


class Facets:
    """An engine that stores nothing but the Acls of passages."""

    def __init__(self, passages: list[tuple[str, Acl]]) -> None:
        self.passages = passages
        self.asked = 0

    def facet(self, field: str, where: Where | None) -> dict[str, int]:
        self.asked += 1
        if field == "language":
            return {"en": 1}
        of = where.fields["wiki"] if where else WIKIS
        values = [
            {"wiki": wiki, "acl": str(acl)}[field] for wiki, acl in self.passages if wiki in of
        ]
        return {value: values.count(value) for value in values}


def meets(passage: tuple[str, Acl], fields: Mapping[str, Any]) -> bool:
    wiki, acl = passage
    return all({"wiki": wiki, "acl": str(acl)}[name] in fields[name] for name in fields)


stored_passages = st.lists(st.tuples(st.sampled_from(WIKIS), st.sampled_from(ACLS)), max_size=6)


@given(
    before=stored_passages,
    added=stored_passages,
    tokens=st.sets(st.sampled_from([EVERYONE, "staff", "chiefs"])),
    wikis=st.none() | st.lists(st.sampled_from([*WIKIS, "nowhere"]), unique=True),
)
def test_the_filter_finds_exactly_the_passages_that_the_reader_may_read(
    before: list[tuple[str, Acl]],
    added: list[tuple[str, Acl]],
    tokens: set[str],
    wikis: list[str] | None,
) -> None:
    reader = Principal(frozenset(tokens))
    contents = IndexContents(cast("Engine", Facets(before)), lambda: 0.0, None)
    contents.filter_for(reader, wikis)
    for passage in added:
        contents.will_write(*passage)
    fields = contents.filter_for(reader, wikis)

    stored = {*before, *added}
    readable = {
        passage
        for passage in stored
        if passage[1].admits(reader) and (wikis is None or passage[0] in wikis)
    }
    assert (fields is None) == (not readable)
    if fields is not None:
        assert {passage for passage in stored if meets(passage, fields)} == readable


@pytest.mark.parametrize(
    ("wikis", "tokens", "clauses"),
    [
        (None, {EVERYONE, "staff", "chiefs"}, set()),
        (WIKIS, {EVERYONE, "staff", "chiefs"}, set()),
        (None, {EVERYONE}, {"acl"}),
        (["handbook"], {EVERYONE}, {"wiki"}),
        (["team"], {"staff"}, {"wiki"}),
        (["office", "team"], {EVERYONE}, {"acl"} | {"wiki"}),
        (["office", "team"], {"staff"}, {"acl"}),
    ],
)
def test_a_clause_that_every_passage_meets_is_left_out(
    wikis: list[str] | None, tokens: set[str], clauses: set[str]
) -> None:
    stored = [("handbook", OPEN), ("office", OPEN), ("office", ACLS[1]), ("team", ACLS[2])]
    contents = IndexContents(cast("Engine", Facets(stored)), lambda: 0.0, None)
    fields = contents.filter_for(Principal(frozenset(tokens)), wikis)

    assert fields is not None
    assert set(fields) == clauses


def test_a_list_is_used_for_its_time_and_no_longer() -> None:
    now, facets = [0.0], Facets([("handbook", OPEN)])
    contents = IndexContents(cast("Engine", facets), lambda: now[0], 5.0)
    staff = Principal(frozenset({"staff"}))
    fields = []
    for now[0] in (0.0, 4.9, 5.0):
        fields.append(contents.filter_for(staff, None))
        facets.passages = [("handbook", ACLS[1])]

    assert fields == [None, None, {}]


def test_acls_are_judged_once_for_the_searches_of_one_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    judged: list[Acl] = []
    admits = Acl.admits

    def counted(acl: Acl, reader: Reader) -> bool:
        judged.append(acl)
        return admits(acl, reader)

    monkeypatch.setattr(Acl, "admits", counted)
    contents = IndexContents(cast("Engine", Facets([("handbook", OPEN)])), lambda: 0.0, None)
    ann, ben = Principal(frozenset({"ann"})), Principal(frozenset({"ben"}))
    for reader in (ann, ann, ben):
        contents.filter_for(reader, None)
    contents.will_write("handbook", ACLS[1])
    contents.filter_for(ben, None)

    assert judged == [OPEN, OPEN, OPEN, ACLS[1]]


def test_passages_that_another_process_wrote_since_are_found_by_nobody_who_may_not_read_them(
    tmp_path: Path,
) -> None:
    """The list of Acls is older than the passage, so the filter has no clause at all."""
    engine = EdgeEngine(tmp_path / "index", EMBEDDER.dimensions)
    with StoredPassages(engine) as index:
        other = StoredPassages(engine)
        texts = ["Leave is 28 days."]
        vectors = EMBEDDER.embed_passages(texts)
        index.replace(passages("leave", *texts), vectors)
        anyone = Principal.of(EVERYONE)

        def places_found(wikis: list[str] | None) -> list[str]:
            hits = search(index, "leave", vectors[0].whole, reader=anyone, limit=9, wikis=wikis)
            return [f"{hit.passage.wiki}/{hit.passage.page}" for hit in hits]

        before = places_found(["handbook"])
        texts = ["Leave of chiefs on Kilimanjaro is 40 days."]
        other.replace(passages("chiefs", *texts, acl=ACLS[1]), EMBEDDER.embed_passages(texts))
        texts = ["Leave of the team in Zanzibar is 30 days."]
        other.replace(passages("all", *texts, wiki="team"), EMBEDDER.embed_passages(texts))

        assert before == places_found(["handbook"]) == ["handbook/leave"]
        assert sorted(places_found(None)) == ["handbook/leave", "team/all"]
