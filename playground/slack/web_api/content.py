"""Content of a message: the checks that all posting methods share."""

from __future__ import annotations

import json
from typing import Any

from footnote_bot.playground.slack import limits
from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.kit.blocks import block_problems, text_length
from footnote_bot.playground.slack.model import Json
from footnote_bot.playground.slack.web_api.method import Arguments


def message_content(arguments: Arguments, *, text_limit: int = limits.MESSAGE_TEXT) -> Json:
    """Return the checked ``text``, ``blocks``, ``attachments`` and ``metadata``; missing ones are
    left out.

    Raises:
        Refusal: ``no_text``, ``msg_too_long``, ``invalid_blocks``, ...
    """
    content: Json = {}
    if "text" in arguments:
        content["text"] = _checked_text(arguments.text("text"), text_limit)
    if (markdown := arguments.text("markdown_text")) != "":
        if content.get("text") or "blocks" in arguments:
            raise Refusal("markdown_text_conflict")
        content["text"] = _checked_text(markdown, limits.MARKDOWN_TEXT)
        content["blocks"] = [{"type": "markdown", "text": markdown}]
    if (blocks := arguments.structure("blocks", error="invalid_blocks_format")) is not None:
        content["blocks"] = checked_blocks(blocks)
    if (attachments := arguments.structure("attachments")) is not None:
        content["attachments"] = _checked_attachments(attachments)
    if (metadata := arguments.structure("metadata", error="invalid_metadata_format")) is not None:
        content["metadata"] = _checked_metadata(metadata)
    if not content.get("text", "").strip() and not (
        content.get("blocks") or content.get("attachments")
    ):
        raise Refusal("no_text")
    return content


def checked_blocks(blocks: Any) -> list[Json]:
    """Return the blocks, checked.

    Raises:
        Refusal: ``invalid_blocks_format``, ``invalid_blocks``, ``msg_blocks_too_long``.
    """
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    if problems := block_problems(blocks, "message"):
        raise Refusal("invalid_blocks", problems)
    if text_length(blocks) > limits.MESSAGE_BLOCKS_TEXT:
        raise Refusal("msg_blocks_too_long")
    return blocks


def _checked_text(text: str, limit: int) -> str:
    if len(text) > limit:
        raise Refusal("msg_too_long")
    return text


def _checked_attachments(attachments: Any) -> list[Json]:
    if not isinstance(attachments, list) or not all(isinstance(a, dict) for a in attachments):
        raise Refusal("invalid_attachments")
    if len(attachments) > 100:
        raise Refusal("too_many_attachments")
    for attachment in attachments:
        if "blocks" in attachment:
            checked_blocks(attachment["blocks"])
    return attachments


def _checked_metadata(metadata: Any) -> Json:
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        raise Refusal("invalid_metadata_format")
    if not isinstance(metadata.get("event_payload"), dict):
        raise Refusal("invalid_metadata_format")
    if len(json.dumps(metadata)) > limits.METADATA_BYTES:
        raise Refusal("metadata_too_large")
    return metadata
