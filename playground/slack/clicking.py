"""A person's clicks, forms and commands. They wait for the app's answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from footnote_bot.playground.slack.delivery import Delivery, Kind
from footnote_bot.playground.slack.errors import CannotAct, Refusal
from footnote_bot.playground.slack.interactions import is_empty, pressed, state_of
from footnote_bot.playground.slack.kit.views import check_view
from footnote_bot.playground.slack.model import Json, Message, View
from footnote_bot.playground.slack.responding import Responding
from footnote_bot.playground.slack.views import ViewStacks


@dataclass(frozen=True, slots=True)
class Submission:
    """The result of a form. ``accepted``: the app took it. Else ``errors`` are shown below the
    fields, by block_id, or (without any) the window says that something went wrong."""

    accepted: bool
    errors: Mapping[str, str] = field(default_factory=dict)
    delivery: Delivery | None = None


class Clicking(Responding):
    """A person's clicks. Each method returns once the app has acknowledged, or 3 s have passed."""

    async def click(
        self, user: str, where: Message | View, action_id: str, value: Any = None
    ) -> Delivery:
        """Press a button or pick ``value`` in a message, a modal or a home tab.

        For feedback buttons, ``value`` is "positive" or "negative".

        Raises:
            CannotAct: there is no such element; the message names those that exist.
        """
        elements = where.elements()
        chosen = [element for element in elements if element["action_id"] == action_id]
        chosen = [e for e in chosen if len(chosen) == 1 or e.get("value") == value] or chosen[:1]
        if not chosen:
            raise CannotAct(f"no element {action_id!r}; there are {where.action_ids()}")
        picked = {} if chosen[0]["type"] in ("button", "feedback_buttons") else {action_id: value}
        payload = self._interaction("block_actions", user)
        payload |= {
            "trigger_id": self.new_trigger(user),
            "actions": [pressed(chosen[0], value, ts=self.new_ts())],
        }
        state = state_of(elements, picked)
        if isinstance(where, View):
            payload |= self._in_view(where, state)
        else:
            payload |= self._in_message(user, where) | {"state": {"values": state}}
        return await self._deliver("interactive", payload)

    async def submit(
        self, user: str, view: View, values: Mapping[str, Any] | None = None
    ) -> Submission:
        """Fill in fields, by action_id or block_id, and press the submit button.

        Raises:
            CannotAct: the view is not on top, or a required field is empty.
        """
        self._check_on_top(user, view)
        state = state_of(view.elements(), values or {})
        self._check_complete(view, state)
        payload = self._interaction("view_submission", user)
        payload |= {
            "trigger_id": self.new_trigger(user),
            "view": ViewStacks(self).wire(view, state),
            "response_urls": [],
        }
        delivery = await self._deliver("interactive", payload)
        return self._submitted(view, delivery)

    async def close_view(self, user: str, view: View) -> Delivery | None:
        """Press Cancel. The app is notified if the view says so."""
        self._check_on_top(user, view)
        ViewStacks(self).close(view)
        if not view.definition.get("notify_on_close"):
            return None
        payload = self._interaction("view_closed", user)
        payload |= {"view": ViewStacks(self).wire(view), "is_cleared": False}
        return await self._deliver("interactive", payload)

    async def command(self, user: str, channel: str, command: str, text: str = "") -> Delivery:
        """Type a slash command in ``channel`` (not in a thread).

        Raises:
            CannotAct: the app has no such command, or ``user`` is no member there.
        """
        place = self.channels[channel]
        if command not in self.manifest.commands:
            raise CannotAct(f"{command} is no command of this app")
        if user not in place.members:
            raise CannotAct(f"{user} is no member of {channel}")
        names = {"im": "directmessage", "group": "privategroup", "mpim": "privategroup"}
        payload = {
            "token": "local-verification-token",
            "team_id": self.team_id,
            "team_domain": self.team_domain,
            "channel_id": place.id,
            "channel_name": names.get(place.kind, place.name),
            "user_id": user,
            "user_name": self.people[user].name,
            "command": command,
            "text": text,
            "api_app_id": self.app_id,
            "is_enterprise_install": str(self.org_wide).lower(),
            **({"enterprise_id": self.organization} if self.organization else {}),
            "response_url": self.response_url(self.response_urls.new(place.id, user)),
            "trigger_id": self.new_trigger(user),
        }
        delivery = await self._deliver("slash_commands", payload)
        if delivery.answer:
            answer = delivery.answer
            content = {"text": answer} if isinstance(answer, str) else answer
            self.respond(self.response_urls.new(place.id, user), content)
        return delivery

    # Helpers

    async def _deliver(self, kind: Kind, payload: Json) -> Delivery:
        delivery = self.deliverer.begin(kind, payload)
        await self.changes.until(
            lambda: delivery.settled,
            timeout=self.timing.ack + 5,
            otherwise=lambda: "the delivery never ended",
        )
        return delivery

    def _interaction(self, kind: str, user: str) -> Json:
        person = self.people[user]
        if not self.manifest.interactivity:
            raise CannotAct("the manifest switches interactivity off")
        return {
            "type": kind,
            "user": {
                "id": person.id,
                "username": person.name,
                "name": person.name,
                "team_id": person.team_id,
            },
            "api_app_id": self.app_id,
            "token": "local-verification-token",
            "team": {"id": self.team_id, "domain": self.team_domain},
            "enterprise": {"id": self.organization, "name": self.organization}
            if self.organization
            else None,
            "is_enterprise_install": self.org_wide,
        }

    def _in_message(self, user: str, message: Message) -> Json:
        place = self.channels[message.channel]
        ephemeral = message.only_for is not None
        is_gone = message.ts not in self.messages.get(message.channel, {})
        if user not in place.members or message.only_for not in (None, user):
            raise CannotAct(f"{user} does not see this message")
        if is_gone and not (ephemeral and message in self.ephemeral):
            raise CannotAct("this message is gone")
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": place.id,
            "is_ephemeral": ephemeral,
        }
        if message.thread_ts is not None:
            container["thread_ts"] = message.thread_ts
        key = self.response_urls.new(place.id, user, original=message.ts, ephemeral=ephemeral)
        payload: Json = {
            "container": container,
            "channel": {
                "id": place.id,
                "name": "directmessage" if place.kind == "im" else place.name,
            },
            "response_url": self.response_url(key),
        }
        if not ephemeral:  # Slack keeps no copy of ephemeral messages
            payload["message"] = message.wire(self.replies(message))
        return payload

    def _in_view(self, view: View, values: Json) -> Json:
        return {
            "container": {"type": "view", "view_id": view.id},
            "view": ViewStacks(self).wire(view, values),
        }

    def _check_on_top(self, user: str, view: View) -> None:
        if self.views(user, view.window)[-1:] != [view]:
            raise CannotAct(f"the view {view.title!r} is not on top of {user}'s window")

    def _check_complete(self, view: View, state: Json) -> None:
        if "submit" not in view.definition:
            raise CannotAct("the view has no submit button")
        for block in view.blocks:
            if block["type"] == "input" and not block.get("optional"):
                name = block["block_id"]
                if any(is_empty(content) for content in state[name].values()):
                    raise CannotAct(f"the field {name!r} must be filled in")

    def _submitted(self, view: View, delivery: Delivery) -> Submission:
        """Change the window as the app's answer asks, and return the result of the form."""
        stacks = ViewStacks(self)
        answer = delivery.answer or {}
        action = answer.get("response_action") if isinstance(answer, dict) else "nonsense"
        if not delivery.acked:
            return Submission(False, delivery=delivery)
        try:
            if action == "errors":
                return self._complained(view, answer, delivery)
            if action == "update":
                stacks.replace(view, check_view(answer.get("view"), "modal"))
            elif action == "push":
                stacks.push(view.user, check_view(answer.get("view"), "modal"), window=view.window)
            elif action == "clear":
                stacks.clear(view)
            elif action is None:
                stacks.close(view)
            else:
                return Submission(False, delivery=delivery)
        except Refusal:
            return Submission(False, delivery=delivery)
        return Submission(True, delivery=delivery)

    def _complained(self, view: View, answer: Json, delivery: Delivery) -> Submission:
        errors = answer.get("errors")
        inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
            return Submission(False, delivery=delivery)
        view.errors = errors
        self.changes.happened()
        return Submission(False, errors, delivery)
