"""Language models, by LlamaIndex: one class writes, whoever stands behind it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from bot.answering.composing.prompt import Prompt
from bot.answering.composing.writing import CutShort, ModelBusy, ModelFailed, seconds_of
from bot.errors import ModelMisconfigured

if TYPE_CHECKING:
    from llama_index.core.llms import LLM, ChatMessage

Provider = Literal["openai", "azure", "ollama", "compatible", "anthropic"]

_PLACES = {"openai": "https://api.openai.com/v1", "ollama": "http://localhost:11434/v1"}
_AGAIN = frozenset((408, 409, 425, 429))
_UNREACHED = ("connection", "timeout", "timedout", "protocol", "network", "readerror")


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """``url`` is where the API begins (`.../v1`; of Azure, `https://NAME.openai.azure.com/
    openai/v1`), empty where the provider has one of its own. ``silence`` is how many
    seconds may pass without a word. ``extra`` goes into the request's body."""

    provider: Provider
    model: str
    url: str = ""
    key: str = field(default="", repr=False)
    max_tokens: int = 500
    temperature: float = 0.0
    silence: float = 15.0
    extra: Mapping[str, Any] = field(default_factory=dict)


def writer_of(settings: ModelSettings) -> LlamaWriter:
    """Imports LlamaIndex, which takes 3 s: call it once, as the process starts.

    Raises:
        ModelMisconfigured: what is missing.
    """
    if settings.provider == "anthropic":
        return LlamaWriter(_anthropic(settings))
    url = settings.url or _PLACES.get(settings.provider, "")
    if not url:
        raise ModelMisconfigured(
            f"The language model of `{settings.provider}` needs its address: `[llm] url`."
        )
    if not settings.key and settings.provider in ("openai", "azure"):
        raise ModelMisconfigured(
            f"The language model of `{settings.provider}` needs its key: `FOOTNOTE_LLM_KEY`."
        )
    made = _class("llama_index.llms.openai_like", "OpenAILike", "llm")(
        model=settings.model,
        api_base=url,
        api_key=settings.key or "none",
        is_chat_model=True,
        max_tokens=None if "max_completion_tokens" in settings.extra else settings.max_tokens,
        timeout=settings.silence,
        max_retries=0,
        additional_kwargs=dict(settings.extra),
        temperature=settings.temperature,
    )
    return LlamaWriter(made)


def _anthropic(settings: ModelSettings) -> LLM:
    if not settings.key:
        raise ModelMisconfigured(
            "The language model of `anthropic` needs its key: `FOOTNOTE_LLM_KEY`."
        )
    made: LLM = _class("llama_index.llms.anthropic", "Anthropic", "anthropic")(
        model=settings.model,
        base_url=settings.url or None,
        api_key=settings.key,
        max_tokens=settings.max_tokens,
        timeout=settings.silence,
        max_retries=0,
        additional_kwargs=dict(settings.extra),
        temperature=settings.temperature,
    )
    return made


def _class(module: str, name: str, extra: str) -> Callable[..., LLM]:
    try:
        found: Callable[..., LLM] = getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        raise ModelMisconfigured(
            f"{error.name} is not installed: pip install 'footnote[{extra}]', or "
            f"{module.replace('.', '-').replace('_', '-')}."
        ) from None
    return found


class LlamaWriter:
    """Writes by any chat model of LlamaIndex's."""

    def __init__(self, llm: LLM, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._llm = llm
        self._now = now

    def write(self, prompt: Prompt) -> Iterator[str]:
        # LlamaIndex takes 3 s to import; by now the model has done so.
        from llama_index.core.llms import ChatMessage, MessageRole

        messages = [
            ChatMessage(role=MessageRole.SYSTEM, content=prompt.system),
            ChatMessage(role=MessageRole.USER, content=prompt.user),
        ]
        yield from self._said(messages)

    def _said(self, messages: list[ChatMessage]) -> Iterator[str]:
        ending = ""
        try:
            for part in self._llm.stream_chat(messages):
                if part.delta:
                    yield part.delta
                ending = _ending(part.raw) or ending
        except Exception as error:  # noqa: BLE001 - each provider's library has its own, and a broken stream raises what its parser happens to; all come out again as ours
            raise self._failure(error) from None
        if not ending:
            raise ModelBusy("its answer broke off")
        if ending == "length":
            raise CutShort("its answer came to the length that is set")
        if ending == "content_filter":
            raise ModelFailed("its provider's filter stopped it")

    def _failure(self, error: Exception) -> ModelFailed:
        """Only class and status are told: a provider's words may quote what it was sent."""
        status = getattr(error, "status_code", None)
        name = type(error).__name__
        if isinstance(status, int):
            told = f"it answered {status} ({name})"
            if status in _AGAIN or status >= 500:
                headers = getattr(getattr(error, "response", None), "headers", {})
                return ModelBusy(told, seconds_of(headers.get("retry-after"), self._now))
            return ModelFailed(told)
        if any(word in name.casefold() for word in _UNREACHED):
            return ModelBusy(f"it cannot be reached ({name})")
        return ModelFailed(f"what it answers makes no sense ({name})")


def _ending(raw: Any) -> str:
    """Why the stream ended, if this is its end: a stream of OpenAI's kind that does not
    say so was cut. Others raise when they are cut."""
    if not hasattr(raw, "choices"):
        return "stop"
    return next((choice.finish_reason for choice in raw.choices if choice.finish_reason), "")
