"""Methods ``files.*``: snippets, uploaded in Slack's three steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from footnote_bot.playground.slack.core import Core
from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.model import Json
from footnote_bot.playground.slack.web_api.chat import place_to_write, thread_to_write
from footnote_bot.playground.slack.web_api.method import Arguments, Method


def get_upload_url(slack: Core, arguments: Arguments) -> Json:
    name, length = arguments.needed("filename"), arguments.number("length", 0)
    if length <= 0:
        raise Refusal("invalid_arguments", ["length must be more than 0"])
    identity = slack.new_id("F")
    slack.files[identity] = {"id": identity, "name": name, "size": length, "content": None}
    return {"upload_url": f"{slack.url}/upload/{identity}", "file_id": identity}


def complete_upload(slack: Core, arguments: Arguments) -> Json:
    listed = arguments.structure("files")
    if not isinstance(listed, list) or not listed:
        raise Refusal("invalid_arguments", ["missing required field: files"])
    uploaded = [_uploaded(slack, item) for item in listed]
    channel = arguments.text("channel_id") or arguments.text("channels")
    if channel:
        place = place_to_write(slack, channel)
        message = slack.from_bot(
            place.id,
            thread_ts=thread_to_write(slack, place, arguments),
            text=arguments.text("initial_comment"),
            files=uploaded,
        )
        slack.post(message)
    return {"files": uploaded}


def _uploaded(slack: Core, item: Any) -> Json:
    file = slack.files.get(item.get("id", "")) if isinstance(item, dict) else None
    if file is None:
        raise Refusal("file_not_found")
    if file["content"] is None:
        raise Refusal("file_upload_not_completed")
    title = item.get("title") or file["name"]
    return {"id": file["id"], "name": file["name"], "title": title, "size": file["size"]}


METHODS: Mapping[str, Method] = {
    "files.getUploadURLExternal": Method(get_upload_url, ("files:write",), tier=4),
    "files.completeUploadExternal": Method(complete_upload, ("files:write",), tier=4),
}
