"""The forms of a request for a JSON schema, and the place of the output in each.

Three forms are tried in this order: a schema for the answer, a tool that the model must call, and
plain text. LlamaIndex passes the first two on as they are and streams the output; its own
`structured_predict` waits for the whole answer or parses all of it again at each piece.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any

from footnote_bot.bot.answering.llm.prompt import Structure


class Form(IntEnum):
    """A form; a greater one requires less of the provider."""

    SCHEMA = 0
    TOOL = 1
    PLAIN = 2


Asking = Callable[[Structure, Form], Mapping[str, Any]]
"""The parameters of a request in a form."""


def as_openai(structure: Structure, form: Form) -> Mapping[str, Any]:
    """Return the parameters for OpenAI, Azure, Ollama, llama.cpp, vLLM and their like."""
    if form is Form.SCHEMA:
        schema = {"name": structure.name, "strict": True, "schema": structure.schema}
        return {"response_format": {"type": "json_schema", "json_schema": schema}}
    if form is Form.TOOL:
        function = {"name": structure.name, "description": _CALLED, "parameters": structure.schema}
        return {
            "tools": [{"type": "function", "function": function}],
            "tool_choice": {"type": "function", "function": {"name": structure.name}},
        }
    return {}


def as_anthropic(structure: Structure, form: Form) -> Mapping[str, Any]:
    """Return the parameters for Anthropic."""
    if form is Form.SCHEMA:
        output = {"type": "json_schema", "schema": structure.schema}
        return {"output_config": {"format": output}}
    if form is Form.TOOL:
        tool = {"name": structure.name, "description": _CALLED, "input_schema": structure.schema}
        return {"tools": [tool], "tool_choice": {"type": "tool", "name": structure.name}}
    return {}


_CALLED = "Takes what you were asked to write. Call it once."


def written_to_tool(raw: Any) -> str:
    """Return the text that a piece of a stream adds to the arguments of a tool call."""
    if isinstance(raw, dict):  # Anthropic's
        return str(getattr(raw.get("delta"), "partial_json", None) or "")
    choices = getattr(raw, "choices", None) or ()
    calls = getattr(choices[0].delta, "tool_calls", None) or () if choices else ()
    return "".join(call.function.arguments or "" for call in calls if call.function)
