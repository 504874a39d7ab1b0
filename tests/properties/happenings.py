"""The random events of a day: what people do, what goes wrong, which processes die.

`HAPPENINGS` is the table. Each new feature of the bot gets a line in it, and `Day.verdict` checks
its outcome at the end of the day.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from footnote_bot.playground.slack.delivery import Delivery
from footnote_bot.playground.slack.model import Message
from tests.properties.days import CHANNELS, PEOPLE, Day
from tests.properties.echo import WORDS

TROUBLES: tuple[dict[str, Any], ...] = (
    {"drop": True},
    {"drop": True, "done": True},
    {"status": 503},
    {"status": 503, "done": True},
    {"error": "internal_error"},
)
TROUBLED = (
    "chat.postMessage", "chat.update", "chat.delete", "chat.startStream", "chat.stopStream",
    "conversations.replies", "users.info",
)  # fmt: skip
_LONGEST_FUSE = 25
_LATELY = 4


# Questions


async def mention(day: Day) -> None:
    day.record_question(
        await day.slack.mention(_somebody(day), day.chance.choice(CHANNELS), _question(day))
    )


async def direct(day: Day) -> None:
    day.record_question(await day.slack.dm(_somebody(day), _question(day)))


async def follow_up(day: Day) -> None:
    """Mention the bot in the thread of an earlier question."""
    if root := _root(day):
        message = await day.slack.mention(
            _somebody(day), root.channel, f"and {_question(day)}", thread_ts=root.ts
        )
        day.record_question(message)


async def hint(day: Day) -> None:
    """Write in such a thread without a mention: a follow-up question, or a remark."""
    if root := _root(day):
        person = day.chance.choice([root.user, *PEOPLE])
        message = await day.slack.say(person, root.channel, _hint(day), thread_ts=root.ts)
        day.hints[message.channel, message.ts] = message
        day.record_wording(message)


async def edit(day: Day) -> None:
    """Edit a question while it waits, while it is answered, or long after."""
    if question := _choose_recent(day, day.questions.values()):
        mentions = question.channel in CHANNELS
        name = f"<@{day.slack.bot_user_id}> " if mentions else ""
        await day.slack.edit(question, f"{name}{_question(day)}")
        day.record_wording(question)


async def edit_of_a_hint(day: Day) -> None:
    """Edit a hint: other words, or a mention of the bot."""
    if hint := _choose_recent(day, day.hints.values()):
        if day.chance.random() < 0.5:
            await day.slack.edit(hint, f"<@{day.slack.bot_user_id}> {_question(day)}")
            day.record_question(hint)
        else:
            await day.slack.edit(hint, _hint(day))
            day.record_wording(hint)


async def deletion(day: Day) -> None:
    if question := _choose_recent(day, [*day.questions.values(), *day.hints.values()]):
        place = question.channel, question.ts
        day.questions.pop(place, None)
        day.hints.pop(place, None)
        day.numbers.pop(place, None)
        day.deleted.add(place)
        await day.slack.delete(question)


# Clicks


async def vote(day: Day) -> None:
    """One or both people vote on an answer, which may be deleted meanwhile. A bad vote opens its
    form."""
    if answer := _answer_with_button(day, "verdict"):
        for person in day.chance.choice([PEOPLE[:1], PEOPLE[1:], PEOPLE, PEOPLE * 2]):
            day.pressing(_vote(day, person, answer, day.chance.choice(["positive", "negative"])))


async def react(day: Day) -> None:
    if answer := _answer_with_button(day, "verdict"):
        day.pressing(day.slack.react(_somebody(day), answer, day.chance.choice(["+1", "-1"])))


async def choice(day: Day) -> None:
    """Choose a meaning: one of the people, or both at once."""
    if answer := _answer_with_button(day, "choice-1"):
        for person in day.chance.choice([PEOPLE[:1], PEOPLE]):
            day.pressing(day.slack.click(person, answer, day.chance.choice(answer.action_ids())))


async def press(day: Day) -> None:
    """Click a button that only one person sees: stop following, answer privately, share."""
    choices = [
        (person, message)
        for person in PEOPLE
        for message in day.slack.ephemerals(person)
        if message.action_ids()
    ]
    if choices:
        person, message = day.chance.choice(choices)
        for _ in range(day.chance.choice([1, 1, 2])):
            day.pressing(day.slack.click(person, message, message.action_ids()[0]))


async def late_press(day: Day) -> None:
    """Repeat an earlier click, whatever its message has become."""
    pressed = [
        d.payload
        for d in day.slack.deliveries
        if d.kind == "interactive" and d.payload["type"] == "block_actions"
    ]
    if pressed:
        payload = day.chance.choice(pressed)
        trigger = day.slack.new_trigger(payload["user"]["id"])
        day.slack.deliverer.begin("interactive", {**payload, "trigger_id": trigger})


async def _vote(day: Day, person: str, answer: Message, verdict: str) -> None:
    await day.slack.click(person, answer, "verdict", verdict)
    if verdict == "negative":
        form = await day.slack.wait_for_view(person, timeout=0.2)
        await day.slack.submit(person, form, {"choice": "wrong", "words": "No."})


# Faults of Slack


async def redelivery(day: Day) -> None:
    """Deliver an event again, to any connection."""
    if events := _events(day):
        day.slack.redeliver(day.chance.choice(events).payload["event_id"])


async def twin(day: Day) -> None:
    """Deliver the same message in a second event, like `message.channels` beside `app_mention`."""
    if events := _events(day):
        payload = day.chance.choice(events).payload
        day.slack.deliverer.begin("events_api", {**payload, "event_id": day.slack.new_id("EvTwin")})


async def late_delivery(day: Day) -> None:
    """Hold events back and deliver them later in another order. Edits may overtake their
    messages."""
    if day.held_back:
        day.release()
        return
    begin = day.slack.deliverer.begin

    def hold(kind: Any, payload: Any) -> Any:
        day.held_back.append((kind, payload))
        return None

    day.slack.deliverer.begin = hold  # type: ignore[method-assign] - a line that is slow
    await mention(day)
    await mention(day)
    await day.chance.choice([edit, deletion, hint])(day)
    day.slack.deliverer.begin = begin  # type: ignore[method-assign]


async def trouble(day: Day) -> None:
    day.slack.fail_next(
        day.chance.choice(TROUBLED),
        **day.chance.choice(TROUBLES),
        times=day.chance.randint(1, 3),
    )


async def cut(day: Day) -> None:
    await day.slack.sockets.cut()


async def refresh(day: Day) -> None:
    await day.slack.sockets.refresh()


async def death(day: Day) -> None:
    """Let one of the bots die in a few steps."""
    day.chance.choice(day.bots).die_after(day.chance.randrange(_LONGEST_FUSE))


def _somebody(day: Day) -> str:
    return day.chance.choice(PEOPLE)


def _question(day: Day) -> str:
    about = day.chance.choices(list(WORDS), list(WORDS.values()))[0]
    return f"{about} {day.number()}?"


def _hint(day: Day) -> str:
    return day.chance.choice([f"and how long is leave {day.number()}?", "thanks!", "I took leave."])


def _choose_recent(day: Day, messages: Iterable[Message]) -> Message | None:
    """Choose a message, in half of the cases one of the latest."""
    candidates = list(messages)
    return day.chance.choice(
        [*candidates, *candidates[-_LATELY:] * (len(candidates) // _LATELY or 1)] or [None]
    )


def _answer_with_button(day: Day, button: str) -> Message | None:
    """Choose an answer with the button."""
    return _choose_recent(
        day, [m for m in day.answers() if m.channel in CHANNELS and button in m.action_ids()]
    )


def _root(day: Day) -> Message | None:
    return _choose_recent(
        day, [m for m in day.questions.values() if not m.is_reply and m.channel in CHANNELS]
    )


def _events(day: Day) -> list[Delivery]:
    return [d for d in day.slack.deliveries if d.event_type in {"app_mention", "message"}]


HAPPENINGS: dict[Callable[[Day], Awaitable[None]], int] = {
    mention: 26,
    direct: 8,
    follow_up: 10,
    hint: 6,
    edit: 12,
    edit_of_a_hint: 3,
    deletion: 4,
    vote: 6,
    react: 2,
    choice: 6,
    press: 4,
    late_press: 3,
    redelivery: 8,
    twin: 5,
    late_delivery: 6,
    trouble: 8,
    cut: 1,
    refresh: 1,
    death: 8,
}
"""The events, with their weights."""
