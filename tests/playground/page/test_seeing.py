"""What each person sees in the page, and what they may do."""

from __future__ import annotations

import json

from footnote_bot.playground.page.furnishing import (
    ADMIN,
    ENGINEER,
    GUEST,
    MANAGER,
    PARTNER,
    PEOPLE,
    REVIEW,
    OwnWikis,
    furnish,
)
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.views import ViewStacks
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.playground.page.conftest import MANIFEST, Served

HOSTILE = "<img src=x onerror=alert(1)>"


async def test_each_person_sees_their_own_channels(served: Served) -> None:
    expected = {
        ENGINEER: {"general", "engineering", "ext-partner"},
        MANAGER: {"general", "engineering", "people-team", "wiki-review"},
        GUEST: {"general"},
        ADMIN: {"general", "ext-partner", "wiki-review"},
    }
    page = await served.open(ENGINEER)

    for user, channels in expected.items():
        await page.become(user)

        assert page.channels() == channels


async def test_a_guest_knows_the_people_of_their_channels_alone(served: Served) -> None:
    page = await served.open(GUEST)
    people = {key for key in page.seen if key.startswith("person/")}

    assert f"person/{ENGINEER}" in people
    assert "person/U0SAM" not in people


async def test_others_see_a_message_at_once(served: Served) -> None:
    bob, gus = await served.open(ENGINEER), await served.open(GUEST)

    assert "error" not in await bob.do("say", channel="C0GENERAL", text="Good morning, @gus")
    await gus.until(lambda: f"Good morning, <@{GUEST}>" in gus.texts())


async def test_others_see_nothing_of_a_private_channel(served: Served) -> None:
    ada, bob = await served.open(MANAGER), await served.open(ENGINEER)

    await ada.do("say", channel="C0PEOPLE", text="A secret")
    await ada.do("say", channel="C0GENERAL", text="Not one")
    await bob.until(lambda: "Not one" in bob.texts())

    assert "A secret" not in json.dumps(bob.seen)


async def test_an_ephemeral_message_is_for_one(served: Served) -> None:
    bob, ada = await served.open(ENGINEER), await served.open(MANAGER)
    slack = served.slack

    slack.post(slack.from_bot("C0GENERAL", text="Only for you", only_for=ENGINEER))
    slack.post(slack.from_bot("C0GENERAL", text="For all"))
    await bob.until(lambda: "Only for you" in bob.texts())
    await ada.until(lambda: "For all" in ada.texts())

    assert "Only for you" not in json.dumps(ada.seen)


async def test_nobody_writes_where_they_are_no_member(served: Served) -> None:
    gus = await served.open(GUEST)

    assert "no member" in (await gus.do("say", channel=REVIEW, text="Hello"))["error"]
    assert "no member" in (await gus.do("command", channel=REVIEW, text="/wiki help"))["error"]
    assert served.slack.history(REVIEW) == []


async def test_nobody_presses_or_changes_what_they_do_not_see(served: Served) -> None:
    slack = served.slack
    slack.post(slack.from_bot("C0PEOPLE", text="Theirs"))
    private: Message = slack.history("C0PEOPLE")[0]
    gus = await served.open(GUEST)
    place = {"channel": "C0PEOPLE", "ts": private.ts}

    for action in ("click", "react", "edit", "delete"):
        response = await gus.do(action, **place, action_id="x", name="+1", text="Mine")

        assert response["error"] == "there is no such message"


async def test_one_edits_and_deletes_one_s_own_messages(served: Served) -> None:
    bob, ada = await served.open(ENGINEER), await served.open(MANAGER)
    await bob.do("say", channel="C0GENERAL", text="One")
    message = served.slack.history("C0GENERAL")[0]
    place = {"channel": "C0GENERAL", "ts": message.ts}

    assert (await ada.do("edit", **place, text="Two"))["error"] == "only its author may do that"
    await bob.do("edit", **place, text="Three & <more>")
    assert message.text == "Three &amp; &lt;more&gt;"
    await bob.do("delete", **place)
    assert served.slack.history("C0GENERAL") == []


async def test_nobody_but_the_roles_can_be_chosen(served: Served) -> None:
    page = await served.open(ENGINEER)

    await page.socket.send_json({"do": "become", "user": served.slack.bot_user_id})
    await page.take()

    assert page.user == ENGINEER


async def test_hostile_names_and_words_stay_data(served: Served) -> None:
    """The page makes text nodes of them; here nothing is lost and nothing becomes a mention."""
    person = served.slack.add_user("U0EVIL", name=HOSTILE)
    served.slack.channels["C0GENERAL"].members.append(person.id)
    bob = await served.open(ENGINEER)

    await bob.do("say", channel="C0GENERAL", text=f"{HOSTILE} <!channel> @nobody <@{GUEST}>")
    await bob.until(lambda: bool(bob.texts()))

    assert bob.seen["person/U0EVIL"]["name"] == HOSTILE
    assert bob.texts() == [
        f"&lt;img src=x onerror=alert(1)&gt; &lt;!channel&gt; @nobody &lt;@{GUEST}&gt;"
    ]


async def test_nonsense_from_a_page_changes_nothing(served: Served) -> None:
    page = await served.open(ENGINEER)

    for nonsense in ("no json", "[" * 100_000, "[]", '"x"', "{", json.dumps({"do": {"say": 1}})):
        await page.socket.send_str(nonsense)
    response = await page.do("say", channel="C0GENERAL", text={"not": "a text"})

    assert response["error"] == "there is no text"
    assert (await page.do("fly"))["error"] == "there is no such action"
    assert served.slack.history("C0GENERAL") == []


async def test_a_text_has_a_limit(served: Served) -> None:
    page = await served.open(ENGINEER)

    response = await page.do("say", channel="C0GENERAL", text="x" * 12_001)

    assert response["error"] == "a message may have 12,000 characters"


def test_people_of_one_s_own_come_first_and_are_members_everywhere() -> None:
    slack = LocalSlack(MANIFEST)
    own = OwnWikis(["docs", "hr"], ["ann@company.example", "ben@company.example"])
    roles = furnish(slack, own)

    assert slack.team_domain == "docs-hr"
    assert [role.title for role in roles[:2]] == ["ann@company.example", "ben@company.example"]
    assert roles[0].note == "Reads what ann@company.example may read in docs, hr."
    assert roles[2].note.endswith("reads what is open to everyone.")
    for place in slack.channels.values():
        assert place.kind == "im" or roles[0].user in place.members
    assert slack.people[roles[0].user].email == "ann@company.example"


def test_over_ones_own_wikis_nobody_in_a_private_channel_is_made_up() -> None:
    slack = LocalSlack(MANIFEST)
    (ann, *_) = furnish(slack, OwnWikis(["docs"], ["ann@company.example"]))

    assert slack.channels[PEOPLE].members == [ann.user, slack.bot_user_id]


def test_over_ones_own_wikis_nobody_is_there_whom_the_settings_shut_out() -> None:
    slack = LocalSlack(MANIFEST)
    roles = furnish(slack, OwnWikis(["docs"], guests=False, shared_channels=False))

    assert [role.name for role in roles] == ["Bob", "Mira"]
    assert not any(person.is_stranger for person in slack.people.values())
    assert PARTNER not in slack.channels


async def test_the_switch_of_the_recorded_model_is_seen_by_all(served: Served) -> None:
    bob, gus = await served.open(ENGINEER), await served.open(GUEST)

    await bob.do("model", on=True)
    await gus.until(lambda: gus.seen["model"]["on"])

    assert gus.seen["model"]["questions"] == [{"question": "What is recorded?"}]
    await gus.do("model", on="yes")
    await bob.until(lambda: not bob.seen["model"]["on"])


async def test_the_wire_shows_the_events_and_calls_of_a_thread_alone(served: Served) -> None:
    bob = await served.open(ENGINEER)
    await bob.do("say", channel="C0GENERAL", text="One")
    await bob.do("say", channel="C0GENERAL", text="Two")
    first = served.slack.history("C0GENERAL")[0]

    response = await bob.do("why", channel="C0GENERAL", ts=first.ts)

    assert response["why"] is None
    assert [entry["content"]["text"] for entry in response["wire"]] == ["One"]
    assert {entry["name"] for entry in response["wire"]} == {"message"}


async def test_nobody_asks_why_about_what_they_do_not_see(served: Served) -> None:
    served.slack.post(served.slack.from_bot("C0PEOPLE", text="Theirs"))
    gus = await served.open(GUEST)
    ts = served.slack.history("C0PEOPLE")[0].ts

    response = await gus.do("why", channel="C0PEOPLE", ts=ts)

    assert response["error"] == "there is no such message"


async def test_a_form_that_is_filled_in_is_sent_as_slack_sends_it(served: Served) -> None:
    slack = served.slack
    blocks = [
        {
            "type": "input",
            "block_id": name,
            "label": {"type": "plain_text", "text": "What?"},
            "element": {"type": "plain_text_input", "action_id": "words"},
        }
        for name in ("what", "why")
    ]
    view = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "A form"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": blocks,
    }
    opened = ViewStacks(slack).open(ENGINEER, view)
    bob = await served.open(ENGINEER)
    state = {
        "what": {"words": {"type": "plain_text_input", "value": "This"}},
        "why": {"words": {"type": "plain_text_input", "value": "Therefore"}},
    }

    await bob.do("submit", view_id=opened.id, values=state)
    sent = slack.deliveries[-1].payload

    assert sent["type"] == "view_submission"
    assert sent["view"]["state"]["values"] == state
    assert (await bob.do("submit", view_id="V1", values=state))["error"] == (
        "there is no such window"
    )
    for nonsense in ({"what": 1}, {"what": {"words": 1}}, [], "x"):
        response = await bob.do("submit", view_id=opened.id, values=nonsense)
        assert response["error"]
