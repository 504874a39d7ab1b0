"""Random worlds: people, a space with its rights, a tree, and unreadable parts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from footnote_bot.playground.confluence.faults import Fault, Faults
from footnote_bot.playground.confluence.model import Content, ContentType, User, Who
from footnote_bot.playground.confluence.world import World
from tests.properties.confluences import may_read

DEPTH = 6
UNLISTED: tuple[ContentType, ...] = ("folder", "whiteboard", "database", "embed")
REFUSALS = (Fault(403), Fault(404), Fault(500), Fault(kind="login"), Fault(kind="cut"))


@dataclass
class DrawnWorld:
    """A random world in its own space of a shared Confluence.

    ``unreadable``: nodes whose restriction cannot be read. ``unknown_above``: pages whose ancestors
    cannot be read. ``closed``: the viewers of the space cannot be read.
    """

    world: World
    space: str
    people: list[User] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    nodes: list[Content] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    unknown_above: set[str] = field(default_factory=set)
    closed: bool = False

    @property
    def word(self) -> str:
        """A word that is on each of its pages and on no other."""
        return f"word{self.space.lower()}"

    def pages(self) -> list[Content]:
        kinds = {"page", "blogpost"}
        return [c for c in self.nodes if c.type in kinds and c.status == "current"]

    def readable(self, user: User | None, *, bot: User) -> set[str]:
        """Return the pages that the model lets a person read, as far as ``bot`` can see them and
        their rights. None is a visitor."""
        return {
            page.id
            for page in self.pages()
            if may_read(self.world, user, page.id)
            and self.world.may_see(bot.id, page.id)
            and not self.untold(page)
        }

    def untold(self, page: Content) -> bool:
        path = {node.id for node in self.world.path(page.id)}
        return self.closed or bool(path & self.unreadable) or page.id in self.unknown_above

    def __str__(self) -> str:
        """Describe the world for somebody who debugs it."""
        people = {user.id: user.name for user in self.world.users.values()}

        def subject_text(who: Who) -> str:
            return f"{who.kind} {people.get(who.name, who.name)}".strip()

        lines = [f"space {self.space}, closed: {self.closed}"]
        lines += [f"  {grant.operation}: {subject_text(grant.who)}"
                  for grant in self.world.spaces[self.space].grants]  # fmt: skip
        lines += [
            f"  {user.name}: {sorted(self.world.groups_of(user.id))}"
            f"{' guest' if user.guest else ''}{'' if user.active else ' deactivated'}"
            for user in self.people
        ]
        for node in self.nodes:
            readers = "" if node.readers is None else sorted(map(subject_text, node.readers))
            unread = " UNREADABLE" if node.id in self.unreadable else ""
            unread += " UNKNOWN ABOVE" if node.id in self.unknown_above else ""
            lines.append(f"  {node.id} {node.status} {node.type} below {node.parent}"
                         f" {readers}{unread}")  # fmt: skip
        return "\n".join(lines)


def draw(world: World, chance: random.Random, number: int) -> DrawnWorld:
    """Draw the next world on the Confluence of ``world``."""
    drawn = DrawnWorld(world, f"S{number}")
    _draw_people(drawn, chance, number)
    _draw_space(drawn, chance)
    _draw_tree(drawn, chance)
    _draw_restrictions(drawn, chance)
    return drawn


def draw_faults(drawn: DrawnWorld, chance: random.Random, faults: Faults) -> None:
    """Add permanent faults to requests for rights."""
    world, space = drawn.world, world_space_path(drawn)
    if chance.random() < 0.05:
        drawn.closed = True
        faults.on(rf"{space}/permissions", chance.choice(REFUSALS), times=None)
    if chance.random() < 0.3:
        nodes = chance.sample(drawn.nodes, min(len(drawn.nodes), chance.randint(1, 2)))
        for node in nodes:
            drawn.unreadable.add(node.id)
            refusal = chance.choice(REFUSALS)
            faults.on(rf"content/{node.id}/restriction", refusal, times=None)
            # Nor may their rights be read in bulk.
            faults.on(rf"content/search\?.*\b{node.id}\b", refusal, times=None)
        faults.on(rf"content\?spaceKey={drawn.space}&.*restrictions", Fault(404), times=None)
    if world.is_cloud and chance.random() < 0.1:
        below = [
            page
            for page in drawn.pages()
            if any(node.type != "page" for node in world.path(page.id)[:-1])
        ]
        drawn.unknown_above = {page.id for page in below}
        refusal = chance.choice(REFUSALS)
        for page in below:
            faults.on(rf"pages/{page.id}/ancestors", refusal, times=None)


def unreadable(worlds: list[DrawnWorld]) -> set[str]:
    """Return what a report may name: nodes and spaces whose rights Confluence never returns."""
    spaces = {f"space {drawn.space}" for drawn in worlds if drawn.closed}
    return spaces.union(*(drawn.unreadable | drawn.unknown_above for drawn in worlds))


def world_space_path(drawn: DrawnWorld) -> str:
    """Return a pattern of the space's own path below the API."""
    space = drawn.world.spaces[drawn.space]
    return rf"spaces/{space.id}" if drawn.world.is_cloud else rf"space/{space.key}"


def census(drawn: DrawnWorld) -> Counter[str]:
    """Return which features occur in a world, so that a test can check that all were drawn."""
    world, people = drawn.world, drawn.people
    grants = world.spaces[drawn.space].grants
    reads = {grant.who.kind for grant in grants if grant.operation == "read"}
    paths = [world.path(page.id) for page in drawn.pages()]
    subject_kinds = [who.kind for node in drawn.nodes for who in node.readers or ()]
    occurrences = {
        "a guest": any(user.guest for user in people),
        "a deactivated person": any(not user.active for user in people),
        "a nested group": any(world.groups[name].groups for name in drawn.groups),
        "open to visitors": "anonymous" in reads,
        "open to the licensed": "licensed" in reads,
        "open to some": bool({"user", "group"} & reads),
        "open to nobody": not reads,
        "other operations": any(grant.operation != "read" for grant in grants),
        "six deep": any(len(path) == DEPTH for path in paths),
        "restricted twice over": any(sum(bool(n.readers) for n in path) > 1 for path in paths),
        "restricted to a person": "user" in subject_kinds,
        "restricted to a group": "group" in subject_kinds,
        "below an unlisted node": any(n.type in UNLISTED for path in paths for n in path),
        "below a restricted unlisted node": any(
            n.type in UNLISTED and n.readers for path in paths for n in path
        ),
        "a blog post": any(node.type == "blogpost" for node in drawn.nodes),
        "editing restricted": any(node.editors for node in drawn.nodes),
        "not current": any(node.status != "current" for node in drawn.nodes),
        "many subjects": any(len(node.readers or ()) > 4 for node in drawn.nodes),
        "an unreadable node": bool(drawn.unreadable),
        "unreadable above": bool(drawn.unknown_above),
        "unreadable space": drawn.closed,
        "everything readable": not (drawn.unreadable or drawn.unknown_above or drawn.closed),
    }
    return Counter(name for name, occurs in occurrences.items() if occurs)


def _draw_people(drawn: DrawnWorld, chance: random.Random, number: int) -> None:
    world = drawn.world
    for n in range(chance.randint(3, 7)):
        guest = chance.random() < 0.15
        drawn.people.append(world.add_user(f"Person {number} {n}", guest=guest))
    for user in drawn.people:
        if chance.random() < 0.1:
            world.deactivate(user.id)
    for n in range(chance.randint(1, 5)):
        name = chance.choice(("group-{}-{}", "The Group {} & {}", "größe/{}%{}"))
        group = world.add_group(name.format(number, n), draw_share(chance, drawn.people))
        drawn.groups.append(group.name)
    for name in drawn.groups if not world.is_cloud else ():
        for member in draw_share(chance, drawn.groups, share=0.3):
            world.nest(name, member)  # Groups may form a circle: nothing forbids it.


def _draw_space(drawn: DrawnWorld, chance: random.Random) -> None:
    kinds = chance.choices(
        (["licensed"], ["anonymous"], ["some"], ["some", "anonymous"], []), (45, 10, 30, 5, 10)
    )[0]
    readers: list[Who] = []
    for kind in kinds:
        readers += subjects(drawn, chance) if kind == "some" else [Who(kind)]
    drawn.world.add_space(drawn.space, f"Space {drawn.space}", readers=readers)
    for operation in draw_share(chance, ("create", "delete", "administer", "export")):
        who = chance.choice([Who("anonymous"), Who("licensed"), *subjects(drawn, chance)])
        drawn.world.grant(drawn.space, who, operation)


def _draw_tree(drawn: DrawnWorld, chance: random.Random) -> None:
    world = drawn.world
    for n in range(chance.randint(3, 13)):
        kind: ContentType = "page"
        if chance.random() < 0.1:
            kind = "blogpost"
        elif world.is_cloud and chance.random() < 0.3:
            kind = chance.choice(UNLISTED)
        above = [
            node
            for node in drawn.nodes
            if node.type != "blogpost"
            and node.status == "current"
            and len(world.path(node.id)) < DEPTH
        ]
        parent = None
        if above and kind != "blogpost" and chance.random() < 0.9:
            parent = chance.choice(above[-2:]).id  # the newest, so that chains grow long
        body = f"<p>{drawn.word} text{drawn.space}x{n}</p>"
        draft = kind in {"page", "blogpost"} and chance.random() < 0.04
        title = f"Node {n} of {drawn.space}"
        drawn.nodes.append(
            world.create(drawn.space, title, body, parent=parent, type=kind, draft=draft)
        )
    for node in drawn.nodes:
        if node.status == "current" and chance.random() < 0.05:
            put_away = world.archive if world.is_cloud and chance.random() < 0.5 else world.trash
            put_away(node.id, below=chance.random() < 0.5)


def _draw_restrictions(drawn: DrawnWorld, chance: random.Random) -> None:
    for node in drawn.nodes:
        if chance.random() < 0.3:
            readers = subjects(drawn, chance)
            users = [who.name for who in readers if who.kind == "user"]
            groups = [who.name for who in readers if who.kind == "group"]
            drawn.world.restrict(node.id, users=users, groups=groups)
        if chance.random() < 0.1:
            drawn.world.restrict_editing(node.id, users=[chance.choice(drawn.people).id])


def subjects(drawn: DrawnWorld, chance: random.Random) -> list[Who]:
    """Draw people and groups: at least one, sometimes all."""
    every = [Who("user", user.id) for user in drawn.people]
    every += [Who("group", name) for name in drawn.groups]
    return draw_share(chance, every, share=chance.choice((0.2, 0.4, 0.9))) or [chance.choice(every)]


def draw_share(chance: random.Random, of: Sequence, *, share: float = 0.5) -> list:
    return [member for member in of if chance.random() < share]
