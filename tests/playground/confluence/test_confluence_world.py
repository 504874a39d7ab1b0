"""The model of the local Confluence, and the effect of edits on it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.playground.confluence.model import User, Who
from footnote_bot.playground.confluence.world import World


def now() -> datetime:
    return datetime(2026, 11, 24, tzinfo=UTC)


def people(world: World) -> tuple[User, User, User]:
    return world.add_user("Ann"), world.add_user("Ben"), world.add_user("Cat")


def test_every_restricted_node_of_the_path_must_let_a_reader_in() -> None:
    world = World(now=now)
    ann, ben, _ = people(world)
    world.add_space("S")
    top = world.create("S", "Top")
    folder = world.create("S", "Folder", parent=top.id, type="folder")
    leaf = world.create("S", "Leaf", parent=folder.id)
    world.restrict(folder.id, users=[ann.id])
    world.restrict(leaf.id, users=[ann.id, ben.id])

    assert world.readers_of(leaf.id) == {ann.id}


def test_a_page_is_no_more_open_than_its_space() -> None:
    world = World(now=now)
    ann, ben, _ = people(world)
    world.add_space("S", readers=[Who("user", ann.id)])
    page = world.create("S", "Page")
    world.restrict(page.id, users=[ann.id, ben.id])

    assert world.readers_of(page.id) == {ann.id}


def test_the_right_to_create_is_no_right_to_read() -> None:
    world = World(now=now)
    ann, *_ = people(world)
    world.add_space("S", readers=[])
    world.grant("S", Who("user", ann.id), "create")

    assert not world.may_view_space(ann.id, "S")


def test_a_restriction_on_editing_hides_nothing() -> None:
    world = World(now=now)
    ann, ben, cat = people(world)
    world.add_space("S")
    page = world.create("S", "Page")
    world.restrict_editing(page.id, users=[ann.id])

    assert world.readers_of(page.id) == {ann.id, ben.id, cat.id}


def test_an_anonymous_space_is_open_to_guests_and_a_licensed_one_is_not() -> None:
    world = World(now=now)
    guest = world.add_user("Gus", guest=True)
    world.add_space("OPEN", readers=[Who("anonymous")])
    world.add_space("STAFF")

    assert world.may_view_space(guest.id, "OPEN")
    assert world.may_view_space(None, "OPEN")
    assert not world.may_view_space(guest.id, "STAFF")
    assert not world.may_view_space(None, "STAFF")


def test_the_deactivated_read_nothing() -> None:
    world = World(now=now)
    ann, *_ = people(world)
    world.add_space("S", readers=[Who("anonymous")])
    world.deactivate(ann.id)

    assert not world.may_view_space(ann.id, "S")


def test_groups_nest_on_data_center_alone() -> None:
    world = World("data-center", now=now)
    ann, *_ = people(world)
    world.add_group("inner", [ann])
    world.add_group("middle", groups=["inner"])
    world.add_group("outer", groups=["middle"])
    world.nest("inner", "outer")

    assert {"inner", "middle", "outer"} <= world.groups_of(ann.id)
    with pytest.raises(ValueError, match="nest"):
        World(now=now).nest("a", "b")


def test_no_version_rises_on_a_move_a_label_or_a_restriction() -> None:
    world = World(now=now)
    ann, *_ = people(world)
    world.add_space("S")
    world.add_space("T")
    top, leaf = world.create("S", "Top"), world.create("S", "Leaf")
    other = world.create("T", "Other")
    world.move(leaf.id, parent=top.id)
    world.move(top.id, parent=other.id, space="T")
    world.label(leaf.id, "new")
    world.restrict(leaf.id, users=[ann.id])

    assert (leaf.version, leaf.space) == (1, "T")
    assert [node.title for node in world.path(leaf.id)] == ["Other", "Top", "Leaf"]
    with pytest.raises(ValueError, match="below itself"):
        world.move(other.id, parent=leaf.id)


def test_children_move_up_when_their_page_goes() -> None:
    world = World(now=now)
    people(world)
    world.add_space("S")
    top = world.create("S", "Top")
    mid = world.create("S", "Mid", parent=top.id)
    leaf = world.create("S", "Leaf", parent=mid.id)
    world.trash(mid.id)

    assert (mid.status, leaf.status, leaf.parent) == ("trashed", "current", top.id)
    world.restore(mid.id)
    assert (mid.status, mid.parent) == ("current", top.id)


def test_what_was_below_a_page_can_go_with_it_and_comes_back_alone() -> None:
    world = World(now=now)
    people(world)
    world.add_space("S")
    top = world.create("S", "Top")
    leaf = world.create("S", "Leaf", parent=top.id)
    world.trash(top.id, below=True)
    world.restore(leaf.id)

    assert (top.status, leaf.status, leaf.parent) == ("trashed", "current", None)


def test_a_restriction_names_somebody() -> None:
    world = World(now=now)
    people(world)
    world.add_space("S")
    page = world.create("S", "Page")

    with pytest.raises(ValueError, match="names somebody"):
        world.restrict(page.id)


@given(st.data())
def test_one_more_restriction_never_adds_a_reader(data: st.DataObject) -> None:
    world = World(now=now)
    names = [user.id for user in people(world)]
    world.add_space("S")
    nodes = [world.create("S", "0").id]
    for number in range(1, 6):
        nodes.append(world.create("S", str(number), parent=data.draw(st.sampled_from(nodes))).id)
    for _ in range(4):
        before = {node: world.readers_of(node) for node in nodes}
        chosen = data.draw(st.sampled_from(nodes))
        world.open(chosen)
        opened = {node: world.readers_of(node) for node in nodes}
        readers = data.draw(st.sets(st.sampled_from(names), min_size=1))
        world.restrict(chosen, users=readers)

        for node in nodes:
            assert before[node] <= opened[node]
            assert world.readers_of(node) <= opened[node]
