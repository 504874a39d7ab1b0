"""A Confluence whose closed pages are full of words that are nowhere else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from footnote_bot.playground.confluence.faults import Fault
from footnote_bot.playground.confluence.model import Content, User, Who
from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.confluence.state import Product
from footnote_bot.playground.confluence.world import World

CANARY = "zyxq"
"""All of those words begin with it, and no other word and no id contains it."""

TOPICS = {
    "restricted": "wage of the night guard",
    "below": "bonus for the harvest crew",
    "folder": "rent of the corner office",
    "group": "price of the harbour lease",
    "blog": "date of the merger party",
    "hidden": "recipe of the house sauce",
    "later": "password of the lobby screen",
    "closing": "name of the new canteen",
    "unreadable": "fine for a lost badge",
    "thrown": "seats of the old theatre",
    "trash": "speed of the freight lift",
}
"""The topic of each closed page, in words that everybody may use."""

SHUT = frozenset({"unreadable", "thrown", "trash"})
"""Pages that nobody may read, by any name."""

OPEN = frozenset(TOPICS) - SHUT
"""Pages that insiders may read."""


MOST_BYTES = 1000
"""The content of an attached file that is read."""

BROKEN = {
    "errors": Fault(status=500),
    "a login page": Fault(kind="login"),
    "cut off": Fault(kind="cut"),
    "silent": Fault(kind="drop"),
}


def rendered(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, default=str).casefold()


def canary(page: str, place: str) -> str:
    return f"{CANARY}{page}{place}"


def question(page: str) -> str:
    return f"What is the {TOPICS[page]}?"


def remark(page: str) -> str:
    """Ask for the page's comment."""
    return f"What does somebody remark on the {TOPICS[page]}?"


def annex(page: str) -> str:
    """Ask for the page's attached file."""
    return f"What does the annex to the {TOPICS[page]} say?"


def body(page: str) -> str:
    """Return the page in storage format, with a canary in every kind of place."""
    topic = TOPICS[page]

    def word(place: str) -> str:
        return canary(page, place)

    return f"""
<p>The {topic} is {word("body")}, and no more.</p>
<h2>{word("heading")}: the {topic} in full</h2>
<p>See <a href="https://example.com/{word("address")}">{word("link")}</a>,
<ac:link><ri:attachment ri:filename="{word("file")}.pdf" />
<ac:plain-text-link-body><![CDATA[{word("filelink")}]]></ac:plain-text-link-body></ac:link> and
<ac:image ac:alt="{word("alt")}"><ri:attachment ri:filename="{word("picture")}.png" /></ac:image>
before you tell anybody what the {topic} is.</p>
<table><tbody><tr><th>The {topic}</th><th>{word("column")}</th></tr>
<tr><td>today</td><td>{word("cell")}</td></tr></tbody></table>
<h3>Computing the {topic}</h3>
<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[run --{word("code")}]]>
</ac:plain-text-body></ac:structured-macro>
<ac:structured-macro ac:name="expand"><ac:parameter ac:name="title">{word("expand")}</ac:parameter>
<ac:rich-text-body><p>How the {topic} came about: {word("expanded")}.</p></ac:rich-text-body>
</ac:structured-macro>
<ac:structured-macro ac:name="status"><ac:parameter ac:name="title">{word("status")}</ac:parameter>
</ac:structured-macro>
<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status>
<ac:task-body>Change the {topic}: {word("task")}</ac:task-body></ac:task></ac:task-list>
"""


@dataclass(frozen=True)
class Closed:
    """The world, with ``pages`` by the names of `TOPICS`. Ada, Dee and Gus are insiders; Dee left,
    and Gus is a guest in Slack. Bob and the boss are not insiders, although Bob was the last
    editor, and so the owner, of one page. ``bot`` has the token."""

    world: World
    ada: User
    bot: User
    pages: dict[str, Content]

    def mend(self, confluence: LocalConfluence) -> None:
        """Remove all faults, except that one page's restriction can never be read."""
        faults = confluence.faults
        faults.clear()
        for bulk in (r"content/search\?cql=id.*restrictions", r"rest/api/content\?.*restrictions"):
            faults.on(bulk, Fault(404), times=None)
        faults.on(rf"content/{self.pages['unreadable'].id}/restriction", Fault(403), times=None)

    def shut(self) -> None:
        """Close the pages that an earlier sync saw open."""
        for page in ("later", "closing"):
            self.world.restrict(self.pages[page].id, users=[self.ada.id])
        self.world.trash(self.pages["thrown"].id)


def closed(product: Product) -> Closed:
    """Make the world. "later" and "thrown" are still open to all who have an account."""
    world = World(product, now=lambda: datetime.now(UTC))
    ada, dee, gus = (world.add_user(name) for name in ("Ada", "Dee", "Gus"))
    bob = world.add_user("Bob")
    world.add_user("Boss")
    bot = world.add_user("Foot Note", admin=True, sees_everything=True)
    insiders = [ada.id, dee.id, gus.id]
    world.add_group("insiders", [ada, dee, gus])
    world.deactivate(dee.id)
    world.add_space("OPEN", "Open to all", readers=[Who("anonymous"), Who("licensed")])
    world.add_space("WORK", "Work")
    world.add_space("VAULT", canary("hidden", "space"), readers=[Who("group", "insiders")])
    for topic in TOPICS.values():
        words = f"<p>If you want to know the {topic}, ask the front desk for it.</p>"
        world.create("OPEN", f"Asking for the {topic}", words)

    def create(page: str, parent: Content | None = None) -> Content:
        page_ = world.create(
            {"hidden": "VAULT", "closing": "OPEN"}.get(page, "WORK"),
            f"{canary(page, 'title')} {TOPICS[page]}",
            body(page),
            parent=parent.id if parent else None,
            type="blogpost" if page == "blog" else "page",
            labels=[canary(page, "label")],
            author=(bob if page == "restricted" else ada).id,
        )
        annexed = f"The annex to the {TOPICS[page]} says {canary(page, 'annexed')}."
        files = {"annex.txt": annexed.encode(), "large.txt": b"much " * MOST_BYTES}
        if page == "restricted":
            files["broken.pdf"] = b"%PDF-1.7 and no more"
        for name, data in files.items():
            world.attach(page_.id, canary(page, name), data)
        remarked = f"Somebody remarks on the {TOPICS[page]}: {canary(page, 'remark')}"
        world.comment(page_.id, f"<p>{remarked}</p>")
        return page_

    folder = world.create(
        "WORK", canary("folder", "above"), type="folder" if world.is_cloud else "page"
    )
    pages = {"restricted": create("restricted")}
    pages["below"] = create("below", pages["restricted"])
    pages["folder"] = create("folder", folder)
    for page in [page for page in TOPICS if page not in pages]:
        pages[page] = create(page)
    world.restrict(folder.id, users=insiders)
    world.restrict(pages["restricted"].id, users=insiders)
    world.restrict(pages["blog"].id, users=insiders)
    world.restrict(pages["group"].id, groups=["insiders"])
    world.restrict(pages["unreadable"].id, users=insiders)
    world.trash(pages["trash"].id)
    return Closed(world, ada, bot, pages)


def settings(confluence: LocalConfluence, reader: User) -> str:
    cloud = confluence.world.is_cloud
    return f"""
[[wiki]]
type = "confluence"
name = "wiki"
url = "{confluence.base_url}"
product = "{"cloud" if cloud else "data_center"}"
email = "{reader.email if cloud else ""}"
exclude_labels = ["not-for-reading"]
comments = true
attachments = true
max_attachment_bytes = {MOST_BYTES}
timeout_seconds = 5
members_minutes = 60 # who belongs where is known for as long as this takes

[sync]
every_minutes = 0
recent_minutes = 0


"""
