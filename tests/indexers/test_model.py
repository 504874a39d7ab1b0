"""Rights, and the identity of passages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.indexers.model import EVERYONE, NOBODY, OPEN, Acl, Audience, Principal, digest
from tests.fakes.passages import passages

TOKENS = st.sampled_from([EVERYONE, "group:a", "group:b", 'user:"odd"\\name', "user:ada"])
GATES = st.frozensets(TOKENS, max_size=4)
ACLS = st.frozensets(GATES, min_size=1, max_size=4).map(Acl)
READERS = st.frozensets(TOKENS).map(Principal)


@given(ACLS, GATES, READERS)
def test_one_more_gate_never_admits_more_readers(
    acl: Acl, gate: frozenset[str], reader: Principal
) -> None:
    narrower = acl & Acl.of(gate)

    assert acl.admits(reader) or not narrower.admits(reader)


@given(ACLS, ACLS, READERS)
def test_both_admit_whom_each_admits(first: Acl, second: Acl, reader: Principal) -> None:
    assert (first & second).admits(reader) == (first.admits(reader) and second.admits(reader))


@given(ACLS, READERS, TOKENS)
def test_one_more_token_never_loses_a_page(acl: Acl, reader: Principal, token: str) -> None:
    richer_reader = Principal(reader.tokens | {token})

    assert acl.admits(richer_reader) or not acl.admits(reader)


@given(ACLS)
def test_an_acl_survives_its_canonical_form(acl: Acl) -> None:
    assert Acl.parse(str(acl)) == acl


@given(ACLS, ACLS)
def test_equal_acls_and_only_they_are_equal_strings(first: Acl, second: Acl) -> None:
    assert (str(first) == str(second)) == (first == second)


def test_the_order_in_which_an_acl_is_written_does_not_matter() -> None:
    first = Acl.of(["user:a", "user:b"], ["group:c"])
    second = Acl.of(["group:c"], ["user:b", "user:a", "user:a"])

    assert str(first) == str(second) == '[["group:c"],["user:a","user:b"]]'


def test_there_is_no_acl_without_a_gate() -> None:
    with pytest.raises(ValueError, match="at least one gate"):
        Acl.of()
    with pytest.raises(ValueError, match="at least one gate"):
        Acl.parse("[]")


@pytest.mark.parametrize("text", ["", "null", "{}", '"everyone"', '["everyone"]', "[[", "[[1]]"])
def test_invalid_text_is_not_read_as_an_acl(text: str) -> None:
    with pytest.raises(ValueError, match=r"Acl|Expecting"):
        Acl.parse(text)


@given(READERS)
def test_nobody_admits_nobody(reader: Principal) -> None:
    assert not NOBODY.admits(reader)
    assert not (NOBODY & OPEN).admits(reader)


def test_a_principal_without_tokens_reads_nothing() -> None:
    assert not OPEN.admits(Principal())
    assert OPEN.admits(Principal.of(EVERYONE))


def test_a_passage_has_the_id_of_its_place_and_the_digest_of_its_words() -> None:
    first, second = passages("leave", "Leave is long.", "Leave is paid.")

    assert first.id == passages("leave", "Other words.")[0].id
    assert first.id != second.id
    assert first.id != replace(first, revision="2").id
    assert first.id != replace(first, wiki="other").id
    assert first.digest == replace(first, page="elsewhere", revision="2").digest
    assert first.digest != second.digest


@given(st.lists(st.text(st.characters(exclude_categories=[])), max_size=3), st.text())
def test_a_digest_tells_its_parts_apart(parts: list[str], part: str) -> None:
    assert digest(*parts) == digest(*parts)
    assert digest(*parts, part) != digest(*parts)
    assert digest("ab", "c") != digest("a", "bc")


AUDIENCES = st.frozensets(READERS, min_size=1, max_size=4).map(Audience)


@given(ACLS, AUDIENCES)
def test_an_audience_is_admitted_where_each_of_it_is(acl: Acl, audience: Audience) -> None:
    assert acl.admits(audience) == all(acl.admits(reader) for reader in audience.readers)


@given(ACLS, AUDIENCES, READERS)
def test_one_more_in_the_audience_never_opens_a_page(
    acl: Acl, audience: Audience, reader: Principal
) -> None:
    assert acl.admits(audience) or not acl.admits(Audience(audience.readers | {reader}))


def test_two_who_pass_a_gate_by_different_tokens_both_pass_it() -> None:
    """The tokens that they have in common would not be enough."""
    audience = Audience(frozenset({Principal.of("group:a"), Principal.of("group:b")}))

    assert Acl.of(["group:a", "group:b"]).admits(audience)
    assert not Acl.of(["group:a"]).admits(audience)


def test_there_is_no_audience_of_nobody() -> None:
    with pytest.raises(ValueError, match="at least one reader"):
        Audience(frozenset())
