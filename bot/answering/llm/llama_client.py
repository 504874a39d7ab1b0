"""A client of LlamaIndex's chat models that asks each server in the way it accepts."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from footnote_bot.bot.answering.llm.forms import Asking, Form, as_openai, written_to_tool
from footnote_bot.bot.answering.llm.model_client import CutShort, ModelBusy, ModelFailed
from footnote_bot.bot.answering.llm.prompt import Prompt
from footnote_bot.bot.answering.llm.refusals import (
    MAX_TOKENS,
    TEMPERATURE,
    failure,
    may_refuse_form,
    refused_parameters,
    too_long,
)
from footnote_bot.bot.answering.llm.thoughts import without_thoughts
from footnote_bot.bot.model import Fallback

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

log = logging.getLogger(__name__)

_TRIES = 10
"""The most attempts for one prompt: each parameter and form once, and five shorter prompts."""
_SHORTER = 0.75
"""The share of its tokens that a prompt keeps if it is refused as too long."""
_CUT = frozenset(("length", "max_tokens", "model_context_window_exceeded"))
_FILTERED = frozenset(("content_filter", "refusal"))


class LlamaClient:
    """A client of any chat model of LlamaIndex's, with ``max_tokens`` of output.

    A refused request is sent in another way, and the refusal is remembered. Models that think
    before they answer refuse ``max_tokens`` and any ``temperature`` but their own, each by a 400
    that names it. LlamaIndex knows some by name, but no deployment and no model newer than itself.
    A server without structured output is asked for plain text. A prompt that is too long is
    shortened, and so are longer ones from then on.
    """

    def __init__(
        self,
        llm: LLM,
        max_tokens: int = 500,
        refused: frozenset[str] = frozenset(),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        asking: Asking = as_openai,
    ) -> None:
        self._llm = llm
        self._max_tokens = max_tokens
        self._now = now
        self._refused = refused
        self._asking = asking
        self._form = Form.SCHEMA
        self._longest: float = math.inf  # tokens of a prompt, as we count

    def write(self, prompt: Prompt) -> Iterator[str]:
        """Yield the answer, as `LanguageModel.write` does; send a refused request differently."""
        prompt = _within(self._longest, prompt)
        form = self._form if prompt.structure else Form.PLAIN
        for _ in range(_TRIES):
            try:
                yield from without_thoughts(self._stream(prompt, form))
            except _Refused as refused:
                prompt, form = self._otherwise(prompt, form, refused.error)
            else:
                if prompt.structure and form > self._form:
                    log.info("The language model's server takes no %s", self._form.name.lower())
                    self._form = form
                return
        raise ModelFailed("it refuses whatever it is asked")

    def _otherwise(self, prompt: Prompt, form: Form, error: Exception) -> tuple[Prompt, Form]:
        """Return the prompt and the form that the server may accept instead.

        Raises:
            ModelFailed: it accepts no other.
        """
        if too_long(error):
            return self._shorter(prompt), form
        if new := refused_parameters(error) - self._refused:
            self._refused |= new
            return prompt, form
        if form is not Form.PLAIN and may_refuse_form(error):
            return prompt, Form(form + 1)
        raise failure(error, self._now) from None

    def _shorter(self, prompt: Prompt) -> Prompt:
        """Return a shorter prompt.

        Raises:
            ModelFailed: nothing of it can be left out.
        """
        shorter = _within(_SHORTER * prompt.tokens, prompt)
        log.warning(
            "The prompt (about %d tokens) is longer than the language model's server takes: %s."
            " Give its context more tokens, or set `[llm] context_tokens` lower",
            prompt.tokens,
            f"it is asked again with {len(shorter.shown)} of {len(prompt.shown)} passages"
            if shorter is not prompt
            else "nothing of it can be left out",
        )
        if shorter is prompt:
            raise ModelFailed("the prompt is too long for it", Fallback.LENGTH)
        self._longest = min(self._longest, shorter.tokens)
        return shorter

    def _parameters(self, prompt: Prompt) -> dict[str, Any]:
        """Return the limit of the output and, if ours is refused, the model's own temperature."""
        if MAX_TOKENS in self._refused:
            # Thinking tokens count, too, so the prompt's own limit is too low.
            limit = {"max_completion_tokens": self._max_tokens}
        else:
            limit = {MAX_TOKENS: min(self._max_tokens, prompt.max_tokens or self._max_tokens)}
        return limit | ({TEMPERATURE: 1.0} if TEMPERATURE in self._refused else {})

    def _stream(self, prompt: Prompt, form: Form) -> Iterator[str]:
        """Yield the answer's pieces. Raises: _Refused: before the first; ModelFailed."""
        # LlamaIndex takes 3 s to import; by now the model has imported it.
        from llama_index.core.llms import ChatMessage, MessageRole

        structure = prompt.structure if form is not Form.PLAIN else None
        sent = structure or prompt
        roles = ((MessageRole.SYSTEM, sent.system), (MessageRole.USER, sent.user))
        messages = [ChatMessage(role=role, content=text) for role, text in roles if text]
        parameters = self._parameters(prompt)
        if structure:
            parameters |= self._asking(structure, form)
        ending, begun = "", False
        try:
            for part in self._llm.stream_chat(messages, **parameters):
                if piece := part.delta or written_to_tool(part.raw):
                    begun = True
                    yield piece
                ending = _ending(part.raw) or ending
        except Exception as error:  # noqa: BLE001 - each provider's library has its own, and a broken stream raises what its parser happens to; all come out again as ours
            raise (failure(error, self._now) if begun else _Refused(error)) from None
        if not ending:
            raise ModelBusy("its answer broke off")
        if ending in _CUT:
            raise CutShort("its answer came to the length that is set")
        if ending in _FILTERED:
            raise ModelFailed("its provider's filter stopped it")


def _within(most: float, prompt: Prompt) -> Prompt:
    """Return the prompt, shortened to at most ``most`` tokens, or as far as it can be."""
    while prompt.tokens > most and (shorter := prompt.shorter()):
        prompt = shorter
    return prompt


class _Refused(Exception):
    """The server refused the request for ``error``, before it wrote a word."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


def _ending(raw: Any) -> str:
    """Return why the stream ended, if this is its last piece; empty: it goes on, or broke off."""
    if isinstance(raw, dict):  # Anthropic's
        return str(getattr(raw.get("delta"), "stop_reason", None) or "")
    choices = getattr(raw, "choices", ())
    return next((choice.finish_reason for choice in choices if choice.finish_reason), "")
