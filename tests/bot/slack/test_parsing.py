"""Which events are questions, and what they ask."""

from __future__ import annotations

from typing import Any

import pytest

from footnote_bot.bot.conversation.addressing import asks_nothing
from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind
from footnote_bot.bot.slack.events.parsing import Identity, parse_event, people_named, question

ME = Identity(team="T1", user="UBOT", bot="BBOT")
MENTION: dict[str, Any] = {
    "type": "app_mention",
    "user": "U1",
    "text": "<@UBOT> leave?",
    "ts": "2.0",
    "channel": "C1",
}


def envelope(**event: Any) -> dict[str, Any]:
    return {"type": "event_callback", "event_id": "Ev1", "team_id": "T1", "event": MENTION | event}


def test_a_mention_is_an_incoming_message() -> None:
    assert parse_event(envelope(), ME) == IncomingMessage(
        "Ev1", MessageKind.MENTION, "T1", "C1", "2.0", "2.0", "U1", "<@UBOT> leave?"
    )


def test_a_message_from_a_guest_company_belongs_to_our_workspace() -> None:
    """Slack may name the guest's workspace; the channel's settings are stored under ours."""
    body = envelope() | {"team_id": "T9", "is_ext_shared_channel": True}
    message = parse_event(body, ME)

    assert message is not None
    assert (message.team, message.shared) == ("T1", True)


def test_within_a_thread_the_answer_goes_into_that_thread() -> None:
    message = parse_event(envelope(thread_ts="1.0"), ME)

    assert message is not None
    assert (message.ts, message.thread) == ("2.0", "1.0")


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
def test_a_direct_message_is_an_incoming_message(subtype: str) -> None:
    message = parse_event(envelope(type="message", channel_type="im", subtype=subtype), ME)

    assert message is not None
    assert message.kind is MessageKind.DIRECT


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"text": "<@UBOT> leave?"}, MessageKind.MENTION),
        ({"text": "<@UBOT> leave?", "thread_ts": "1.0"}, MessageKind.MENTION),
        ({"text": "leave?"}, MessageKind.UNASKED),
        ({"text": "leave?", "thread_ts": "2.0"}, MessageKind.UNASKED),
        ({"text": "leave?", "thread_ts": "1.0"}, MessageKind.FOLLOW_UP),
    ],
)
def test_a_message_in_a_channel_is_addressed_by_its_mention(
    event: dict[str, Any], kind: MessageKind
) -> None:
    message = parse_event(envelope(type="message", channel_type="channel", **event), ME)

    assert message is not None
    assert message.kind is kind


def test_an_edit_is_the_message_as_it_is_now() -> None:
    now = {"user": "U1", "ts": "2.0", "text": "<@UBOT> leave?", "edited": {"ts": "3.0"}}
    edit = {"type": "message", "channel": "C1", "subtype": "message_changed", "ts": "3.1"}
    body = envelope() | {"event": edit | {"message": now, "previous_message": {"text": "lunch"}}}
    message = parse_event(body, ME)

    assert message is not None
    assert (message.ts, message.text, message.edited) == ("2.0", "<@UBOT> leave?", "3.0")


FORWARDED = {"is_share": True, "text": "How do I book leave?"}


@pytest.mark.parametrize("words", ["<@UBOT>", "<@UBOT> can you answer this?", "<@UBOT> :eyes:"])
def test_a_forwarded_message_is_the_question_if_the_text_only_points_at_it(words: str) -> None:
    message = parse_event(envelope(text=words, attachments=[FORWARDED, {"text": "a preview"}]), ME)

    assert message is not None
    assert message.text == "How do I book leave?"


def test_a_forwarded_message_goes_along_with_a_question() -> None:
    message = parse_event(envelope(text="<@UBOT> and sick leave?", attachments=[FORWARDED]), ME)

    assert message is not None
    assert message.text == "<@UBOT> and sick leave?\nHow do I book leave?"


@pytest.mark.parametrize(
    "event",
    [
        {"bot_id": "B1"},
        {"user": "UBOT"},
        {"user": None},
        {"type": "message", "channel_type": "channel", "subtype": "channel_join"},
        {"type": "message", "channel_type": "channel", "bot_id": "B1"},
        {"type": "message", "channel_type": "im", "subtype": "message_changed"},
        {"type": "message", "channel_type": "im", "subtype": "message_deleted"},
        {"type": "message", "channel_type": "im", "subtype": "bot_message"},
        {"type": "reaction_added"},
        {"ts": None},
        {"channel": ""},
    ],
)
def test_all_else_is_none(event: dict[str, Any]) -> None:
    assert parse_event(envelope(**event), ME) is None


def test_clicks_are_none() -> None:
    assert parse_event({"type": "block_actions", "actions": []}, ME) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@UBOT> how?", "how?"),
        ("hey <@UBOT|footnote> how?", "hey how?"),
        ("<@UBOT>\nhow\n```\nif a  &lt; b:\n    c\n```", "how\n```\nif a < b:\n    c\n```"),
        ("ask <@U2> or <@U3|carl> in <#C1|general>", "ask @ben or @carl in #general"),
        ("ask <@U9>", "ask @someone"),
        ("<!here> see <https://a.example/x|the page>", "@here see the page (https://a.example/x)"),
        ("<https://a.example/x>", "https://a.example/x"),
        ("<mailto:pay@a.example|pay@a.example>?", "pay@a.example?"),
        ("Is <http://a.example|a.example> up?", "Is a.example up?"),
        ("<tel:+15550100|+15550100>", "+15550100"),
        ("<mailto:eve@a.example|pay@a.example>", "pay@a.example (mailto:eve@a.example)"),
        ("<!subteam^S1|@hr> a &amp;lt; b", "@hr a &lt; b"),
        ("", ""),
    ],
)
def test_a_question_is_what_a_person_reads(text: str, expected: str) -> None:
    assert question(text, ME, {"U2": "ben"}) == expected


def test_the_people_to_be_looked_up_are_the_others_without_a_name() -> None:
    assert list(people_named("<@UBOT> <@U2> <@U3|carl> <#C1>", ME)) == ["U2"]


@pytest.mark.parametrize(
    "text", ["", " ", ":wave:", ":+1::tada:", "\U0001f389", "?!", "Hi!", "hello there", "THANKS",
             "thank you so much", "help", "ok, great"],
)  # fmt: skip
def test_pleasantries_ask_nothing(text: str) -> None:
    assert asks_nothing(text)


@pytest.mark.parametrize(
    "text", ["leave?", "help with leave", "hi, who approves leave?", "\u4f11\u6687\u306f\uff1f",
             "\u043e\u0442\u043f\u0443\u0441\u043a", "VPN", "401k"],
)  # fmt: skip
def test_questions_in_any_script_ask(text: str) -> None:
    assert not asks_nothing(text)
