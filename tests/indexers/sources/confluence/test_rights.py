"""`indexers.sources.confluence.rights`: the Acl admits exactly the people that an independent model
admits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.indexers.model import EVERYONE, NOBODY, OPEN, Principal
from footnote_bot.indexers.sources.confluence.rights import (
    CLOSED,
    PASSABLE,
    Tokens,
    acl,
    joined,
    restriction,
    space_gate,
)

TOKENS = Tokens("wiki.example")
PEOPLE = {"ann": {"a"}, "bob": {"a", "b"}, "cy": set()}
NAMES = st.frozensets(st.sampled_from(["user:ann", "user:cy", "group:a", "group:b"]))


def restriction_answer(names: frozenset[str]) -> dict[str, object]:
    users = [{"userKey": n[5:]} for n in sorted(names) if n.startswith("user:")]
    groups = [{"name": n[6:]} for n in sorted(names) if n.startswith("group:")]
    listed = {"user": users, "group": groups}
    return {
        "restrictions": {
            kind: {"results": rows, "start": 0, "limit": 200, "size": len(rows)}
            for kind, rows in listed.items()
        }
    }


@given(space=NAMES, nodes=st.lists(st.one_of(st.none(), NAMES), max_size=6))
def test_a_reader_must_pass_the_space_and_every_restricted_node(
    space: frozenset[str], nodes: list[frozenset[str] | None]
) -> None:
    """None is a node that cannot be read. An empty set is a node without a restriction."""
    operation = {"key": "read", "targetType": "space"}
    rows = [
        {"operation": operation, "principal": {"type": kind, "id": name}}
        for kind, _, name in (entry.partition(":") for entry in space)
    ]
    gates = [
        CLOSED if n is None else restriction(restriction_answer(n), TOKENS).gate for n in nodes
    ]
    allowed = acl(space_gate(rows, TOKENS), gates)

    for person, groups in PEOPLE.items():
        is_named = {f"user:{person}", *(f"group:{group}" for group in groups)}.intersection
        expected = bool(is_named(space)) and all(
            node is not None and (not node or bool(is_named(node))) for node in nodes
        )
        reader = Principal.of(EVERYONE, TOKENS.user(person), *map(TOKENS.group, groups))
        assert allowed.admits(reader) == expected


def test_rows_that_allow_other_things_open_no_space() -> None:
    rows = [
        {"operation": {"key": key, "targetType": target}, "principal": {"type": "user", "id": "a"}}
        for key, target in (("create", "page"), ("administer", "space"), ("read", "page"))
    ]

    assert space_gate(rows, TOKENS) == CLOSED


def test_rights_in_an_unknown_form_are_closed() -> None:
    assert restriction({}, TOKENS).gate == CLOSED
    assert restriction({"restrictions": {"user": {"results": []}}}, TOKENS).gate == CLOSED
    assert restriction(restriction_answer(frozenset()), TOKENS).gate == PASSABLE


@pytest.mark.parametrize(
    "fields",
    [{"size": 3}, {"totalSize": 3}, {"totalSize": "3"}, {"_links": {"next": "/more"}}],
    ids=repr,
)
def test_subjects_that_are_counted_and_not_named_leave_a_node_closed(
    fields: dict[str, object],
) -> None:
    """Confluence may hide subjects, or announce a page of results that never comes."""
    listed = {"results": [], "start": 0, "limit": 200, "size": 0, **fields}
    node = restriction({"restrictions": {"user": listed, "group": {"results": []}}}, TOKENS)

    assert (joined([node]), node.whole) == (CLOSED, False)


@pytest.mark.parametrize("value", [None, "x", [], {}], ids=repr)
def test_numbers_of_another_form_break_nothing(value: object) -> None:
    rows = [{"userKey": "ann"}]
    listed = {"results": rows, "start": value, "limit": value, "size": value, "totalSize": value}
    node = restriction({"restrictions": {"user": listed, "group": listed}}, TOKENS)

    assert node.gate == {TOKENS.user("ann")}


def test_a_slack_group_of_the_same_name_passes_nothing() -> None:
    gate = restriction(restriction_answer(frozenset({"group:a", "user:ann"})), TOKENS).gate

    assert not acl(gate, []).admits(Principal.of(EVERYONE, "group:a", "user:ann"))
    assert not acl(gate, []).admits(Principal.of(EVERYONE, Tokens("other.example").group("a")))


def test_open_and_closed_have_one_form() -> None:
    assert acl(PASSABLE, [PASSABLE]) == OPEN
    assert acl(PASSABLE, [CLOSED, frozenset({"x"})]) == NOBODY
