"""Models of a workspace: channels, messages, views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
ChannelKind = Literal["channel", "group", "im", "mpim"]
StreamEnd = Literal["stopped", "stopped_by_user", "timed_out"]
StreamForm = Literal["", "markdown_text", "chunks"]


@dataclass(slots=True)
class Channel:
    """A conversation of any kind; ``members`` keeps the order of joining."""

    id: str
    name: str
    kind: ChannelKind
    members: list[str] = field(default_factory=list)
    is_ext_shared: bool = False
    is_archived: bool = False
    creator: str = ""

    def wire(self, *, bot: str, with_count: bool = False) -> Json:
        channel: Json = {
            "id": self.id,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_im": self.kind == "im",
            "is_mpim": self.kind == "mpim",
            "is_private": self.kind != "channel",
            "is_archived": self.is_archived,
            "is_ext_shared": self.is_ext_shared,
            "is_shared": self.is_ext_shared,
            "is_org_shared": False,
        }
        if self.kind == "im":
            channel["user"] = next((member for member in self.members if member != bot), bot)
        else:
            channel |= {
                "name": self.name,
                "name_normalized": self.name,
                "is_member": bot in self.members,
                "creator": self.creator,
            }
        if with_count:
            channel["num_members"] = len(self.members)
        return channel


@dataclass(slots=True)
class Stream:
    """The stream of a message. ``end`` says how it ended, None if it has not; ``form`` is the
    argument that its text is in, set by the first call."""

    started: float
    end: StreamEnd | None = None
    form: StreamForm = ""


@dataclass(slots=True)
class Message:
    """A message. ``text`` and ``blocks`` are as they were sent. ``only_for`` names the one person
    who sees an ephemeral message."""

    channel: str
    ts: str
    user: str
    team: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    parent_user: str | None = None
    client_msg_id: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    edited: Json | None = None
    metadata: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    unfurl_links: bool = True
    unfurl_media: bool = True
    stream: Stream | None = None
    only_for: str | None = None

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def root(self) -> str:
        """Return the ts of the thread that a reply to this message belongs to."""
        return self.thread_ts or self.ts

    def elements(self) -> list[Json]:
        """Return everything that can be pressed or filled in, in the order of the blocks."""
        return interactive_elements(self.blocks)

    def action_ids(self) -> list[str]:
        return [element.get("action_id", "") for element in self.elements()]

    def wire(self, replies: Sequence[Message] = ()) -> Json:
        """Return the message object of ``conversations.history`` and of events."""
        message: Json = {
            "type": "message",
            "user": self.user,
            "text": self.text,
            "ts": self.ts,
            "team": self.team,
        }
        optional: Mapping[str, Any] = {
            "subtype": self.subtype,
            "bot_id": self.bot_id,
            "app_id": self.app_id,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "files": self.files,
            "thread_ts": self.thread_ts,
            "parent_user_id": self.parent_user,
            "client_msg_id": self.client_msg_id,
            "edited": self.edited,
            "metadata": self.metadata,
        }
        message |= {name: value for name, value in optional.items() if value}
        if self.reactions:
            message["reactions"] = [
                {"name": name, "users": list(users), "count": len(users)}
                for name, users in self.reactions.items()
            ]
        if replies:
            message |= {
                "thread_ts": self.ts,
                "reply_count": len(replies),
                "reply_users": list(dict.fromkeys(reply.user for reply in replies)),
                "latest_reply": replies[-1].ts,
            }
        return message


@dataclass(slots=True)
class View:
    """A modal or home tab as the app described it, and its state for a person: ``errors`` are those
    of the last submission, by block_id. ``window`` is the person's window that shows a modal."""

    id: str
    user: str
    definition: Json
    hash: str
    root: str
    previous: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    window: str = ""

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.definition.get("blocks", [])
        return blocks

    @property
    def callback_id(self) -> str:
        return str(self.definition.get("callback_id", ""))

    @property
    def title(self) -> str:
        return str(self.definition.get("title", {}).get("text", ""))

    @property
    def private_metadata(self) -> str:
        return str(self.definition.get("private_metadata", ""))

    def elements(self) -> list[Json]:
        return interactive_elements(self.blocks)

    def action_ids(self) -> list[str]:
        return [element.get("action_id", "") for element in self.elements()]


def interactive_elements(blocks: Sequence[Json]) -> list[Json]:
    """Return the elements with an action_id, each with the ``block_id`` it is in."""
    elements: list[Json] = []
    for block in blocks:
        candidates = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        elements += [
            {**element, "block_id": block.get("block_id", "")}
            for element in candidates
            if isinstance(element, dict) and "action_id" in element
        ]
    return elements
