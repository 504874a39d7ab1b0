"""The open views: a stack of modals and a home tab for each person."""

from __future__ import annotations

from collections.abc import Iterator

from footnote_bot.playground.slack import limits
from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.kit.blocks import with_ids
from footnote_bot.playground.slack.model import Json, View
from footnote_bot.playground.slack.state import State


class ViewStacks:
    """The modals and homes of a workspace. Each window of a person has a stack of its own."""

    def __init__(self, slack: State) -> None:
        self._slack = slack

    def open(self, user: str, definition: Json, *, window: str = "") -> View:
        """Open a new stack; a modal that was open in the window is gone."""
        view = self._new(user, definition, window)
        self._put([view], user, window)
        return view

    def push(self, user: str, definition: Json, *, window: str = "") -> View:
        """Push a modal.

        Raises:
            Refusal: ``push_limit_reached``; ``not_found`` if no modal is open.
        """
        stack = self._slack.views(user, window)
        if not stack:
            raise Refusal("not_found")
        if len(stack) >= limits.VIEW_STACK:
            raise Refusal("push_limit_reached")
        view = self._new(user, definition, window)
        view.root, view.previous = stack[0].id, stack[-1].id
        self._put([*stack, view], user, window)
        return view

    def publish(self, user: str, definition: Json) -> View:
        view = self._slack.homes.get(user)
        if view is not None:
            return self.replace(view, definition)
        self._slack.homes[user] = view = self._new(user, definition)
        self._slack.changes.happened()
        return view

    def replace(self, view: View, definition: Json) -> View:
        view.definition = {**definition, "blocks": with_ids(definition["blocks"])}
        view.hash, view.errors = self._hash(), {}
        self._slack.changes.happened()
        return view

    def close(self, view: View) -> None:
        """Remove a view from its stack, with those on top of it."""
        stack = self._slack.views(view.user, view.window)
        if view in stack:
            self._put(stack[: stack.index(view)], view.user, view.window)

    def clear(self, view: View) -> None:
        """Remove the whole stack that the view is in."""
        self._put([], view.user, view.window)

    def find(self, view_id: str, external_id: str) -> View:
        """Return a view.

        Raises:
            Refusal: ``not_found``.
        """
        for view in self._all():
            if view.id == view_id or (
                external_id and view.definition.get("external_id") == external_id
            ):
                return view
        raise Refusal("not_found")

    def wire(self, view: View, values: Json | None = None) -> Json:
        """Return the view as in payloads; ``values`` are a person's entries."""
        definition = view.definition
        plain: Json = {
            "id": view.id,
            "team_id": self._slack.team_id,
            "app_id": self._slack.app_id,
            "bot_id": self._slack.bot_id,
            "hash": view.hash,
            "root_view_id": view.root,
            "previous_view_id": view.previous,
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "submit": None,
            "close": None,
        }
        return {**plain, **definition, "state": {"values": values or {}}}

    def _all(self) -> Iterator[View]:
        for stack in self._slack.modals.values():
            yield from stack
        yield from self._slack.homes.values()

    def _put(self, stack: list[View], user: str, window: str) -> None:
        self._slack.modals[user, window] = stack
        self._slack.changes.happened()

    def _new(self, user: str, definition: Json, window: str = "") -> View:
        external_id = definition.get("external_id")
        if external_id and any(
            view.definition.get("external_id") == external_id for view in self._all()
        ):
            raise Refusal("duplicate_external_id")
        identity = self._slack.new_id("V")
        stored = {**definition, "blocks": with_ids(definition["blocks"])}
        return View(identity, user, stored, self._hash(), root=identity, window=window)

    def _hash(self) -> str:
        return f"{self._slack.new_ts()}.hash"
