"""A server on loopback that speaks Anthropic's Messages API, with the faults that a test wants. The
events are those of Anthropic's documentation of streaming."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from typing import Any

from tests.fakes.openai_server import Handler, Reply, Server, openai_server


class _Anthropic(Handler):
    key = "X-Api-Key"
    refusal = b'{"type": "error", "error": {"type": "api_error", "message": "no"}}'

    def stream(self, reply: Reply) -> None:
        """Yield the events of a stream. An ``ending`` in ``_error`` is an error in the middle of
        it."""
        usage = {"input_tokens": 9, "output_tokens": 1}
        message = {
            "id": "msg_1", "type": "message", "role": "assistant", "model": "fake", "content": [],
            "stop_reason": None, "stop_sequence": None, "usage": usage,
        }  # fmt: skip
        self._send_event("message_start", message=message)
        block: dict[str, Any] = {"type": "text", "text": ""}
        if reply.tool:
            block = {"type": "tool_use", "id": "toolu_1", "name": reply.tool, "input": {}}
        self._send_event("content_block_start", index=0, content_block=block)
        self._send_event("ping")
        for piece in self.pieces(reply):
            delta = {"type": "text_delta", "text": piece}
            if reply.tool:
                delta = {"type": "input_json_delta", "partial_json": piece}
            self._send_event("content_block_delta", index=0, delta=delta)
        if reply.ending.endswith("_error"):
            self._send_event("error", error={"type": reply.ending, "message": "no"})
        elif reply.ending and not self.server.over.is_set():
            self._send_event("content_block_stop", index=0)
            ended = {"stop_reason": reply.ending, "stop_sequence": None}
            self._send_event("message_delta", delta=ended, usage={"output_tokens": 7})
            self._send_event("message_stop")

    def _send_event(self, kind: str, **fields: Any) -> None:
        data = json.dumps({"type": kind, **fields})
        self.wfile.write(f"event: {kind}\ndata: {data}\n\n".encode())
        self.wfile.flush()


def anthropic_server(*replies: Reply) -> AbstractContextManager[Server]:
    """Serve ``replies``, one for each request, in order; then status 500. Its address is
    ``root``."""
    return openai_server(*replies, handler=_Anthropic)
