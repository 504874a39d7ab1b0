"""Slack's posts are read and checked before Bolt takes them.

Bolt and our listeners read fields of the body and expect Slack's types. If one is missing they fail
with a traceback and a 500, and Slack posts the same body three more times. An unusable body is
refused here instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

_FIELDS = 100
"""A form of Slack's has about 15 fields."""
_NAME_LENGTH, _ID_LENGTH = 255, 32
"""Characters that the database columns hold."""
_STAMP = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,10})?", re.ASCII)

Fits = Callable[[Any], bool]


class Malformed(ValueError):
    """The body is not in Slack's format."""


def read_envelope(body: bytes, content_type: str) -> str:
    """Return the body as text, after checking that it holds a usable envelope.

    Raises:
        Malformed
    """
    try:
        text = body.decode()
        envelope = _parsed(text, content_type)
    except (ValueError, RecursionError):  # invalid UTF-8 or JSON, too many fields, nested too deep
        raise Malformed from None
    if not isinstance(envelope, dict) or not _ENVELOPE(envelope) or not _is_complete(envelope):
        raise Malformed
    return text


def _parsed(text: str, content_type: str) -> object:
    """Parse the body as Bolt will."""
    if content_type == "application/json" or text.startswith("{"):
        return json.loads(text)
    form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS))
    return json.loads(form["payload"]) if "payload" in form else form


def _is_complete(envelope: Mapping[str, Any]) -> bool:
    """Return whether it has the fields that its type requires."""
    if not _may_answer(envelope.get("response_urls", [])):
        return False
    type_ = envelope.get("type")
    if type_ == "event_callback":
        return isinstance((envelope.get("event") or {}).get("type"), str)
    if type_ == "block_actions":
        return bool(envelope.get("actions"))
    if type_ in {"view_submission", "view_closed"}:
        return isinstance((envelope.get("view") or {}).get("callback_id"), str)
    return isinstance(type_, str) or "command" in envelope or "ssl_check" in envelope


def _may_answer(addresses: object) -> bool:
    """Return whether Bolt 1.30 accepts the addresses: it fails over two, and we ask for none."""
    return isinstance(addresses, list) and len(addresses) <= 1 and _list(_object())(addresses)


def _text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _name(value: Any) -> bool:
    """Return whether it is missing, or fits into the database (ids and the like)."""
    return value is None or (
        isinstance(value, str) and len(value) <= _NAME_LENGTH and value.isprintable()
    )


def _id(value: Any) -> bool:
    return _name(value) and (value is None or len(value) <= _ID_LENGTH)


def _stamp(value: Any) -> bool:
    """Return whether it is a message's ts, or missing."""
    return value is None or (isinstance(value, str) and _STAMP.fullmatch(value) is not None)


def _object(**fields: Fits) -> Fits:
    def fits(value: Any) -> bool:
        return value is None or (
            isinstance(value, dict) and all(fits(value.get(name)) for name, fits in fields.items())
        )

    return fits


def _list(item_fits: Fits) -> Fits:
    return lambda value: (
        value is None
        or (isinstance(value, list) and all(item is not None and item_fits(item) for item in value))
    )


def _either(*kinds: Fits) -> Fits:
    return lambda value: any(fits(value) for fits in kinds)


_NAMED = _either(_id, _object(id=_id, team_id=_id, enterprise_id=_id))
"""A person, a channel or a team: by id, or as an object with an id."""

_MESSAGE = {
    "type": _name,
    "subtype": _name,
    "user": _NAMED,
    "bot_id": _id,
    "channel": _NAMED,
    "channel_type": _name,
    "ts": _stamp,
    "thread_ts": _stamp,
    "text": _text,
    "edited": _object(ts=_stamp),
    "attachments": _list(_object(text=_text)),
}
_EVENT = _object(
    **_MESSAGE,
    message=_object(**_MESSAGE),
    previous_message=_object(**_MESSAGE),
    item=_object(channel=_NAMED),
    assistant_thread=_object(),
    team=_NAMED,
    user_team=_name,
    tab=_name,
    function=_object(callback_id=_name),
)
_ENVELOPE = _object(
    type=_name,
    command=_name,
    event_id=_name,
    team_id=_id,
    user_id=_id,
    channel_id=_id,
    event=_EVENT,
    authorizations=_list(_object(enterprise_id=_name, team_id=_name)),
    enterprise=_NAMED,
    team=_NAMED,
    user=_NAMED,
    channel=_NAMED,
    view=_object(type=_name, callback_id=_name),
    actions=_list(_object(type=_name, action_id=_name, block_id=_name)),
    message=_object(**_MESSAGE),
    previous_message=_object(**_MESSAGE),
    item=_object(channel=_NAMED),
    assistant_thread=_object(),
    response_url=_text,
    callback_id=_name,
)
