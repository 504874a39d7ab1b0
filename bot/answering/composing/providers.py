"""Language models, by LlamaIndex: one class writes, whoever stands behind it."""

from __future__ import annotations

import importlib
import re
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
_LENGTH, _FREEDOM = "max_tokens", "temperature"
_MANNERS = frozenset((_LENGTH, _FREEDOM))
_TOO_LONG = frozenset(("length", "max_tokens", "model_context_window_exceeded"))
_FILTERED = frozenset(("content_filter", "refusal"))
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
        return LlamaWriter(_anthropic(settings), settings.max_tokens)
    url = settings.url or _PLACES.get(settings.provider, "")
    if not url:
        raise ModelMisconfigured(
            f"The language model of `{settings.provider}` needs its address: `[llm] url`."
        )
    if not settings.key and settings.provider in ("openai", "azure"):
        raise ModelMisconfigured(
            f"The language model of `{settings.provider}` needs its key: `FOOTNOTE_LLM_KEY`."
        )
    made = _part("llama_index.llms.openai_like", "OpenAILike", "llm")(
        model=settings.model,
        api_base=url,
        api_key=settings.key or "none",
        is_chat_model=True,
        max_tokens=None,  # told with each prompt: its own would go before that
        timeout=settings.silence,
        max_retries=0,
        additional_kwargs=dict(settings.extra),
        temperature=settings.temperature,
    )
    thinks = settings.model in _part("llama_index.llms.openai.utils", "O1_MODELS", "llm")
    return LlamaWriter(made, settings.max_tokens, _MANNERS if thinks else frozenset())


def _anthropic(settings: ModelSettings) -> LLM:
    if not settings.key:
        raise ModelMisconfigured(
            "The language model of `anthropic` needs its key: `FOOTNOTE_LLM_KEY`."
        )
    made: LLM = _part("llama_index.llms.anthropic", "Anthropic", "anthropic")(
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


def _part(module: str, name: str, extra: str) -> Any:
    """Of a package that an extra installs."""
    try:
        return getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        raise ModelMisconfigured(
            f"{error.name} is not installed: pip install 'footnote-bot[{extra}]', or "
            f"{module.replace('.', '-').replace('_', '-')}."
        ) from None


class LlamaWriter:
    """Writes by any chat model of LlamaIndex's, ``max_tokens`` at most.

    Models that think before they answer refuse ``max_tokens`` and any ``temperature`` but
    their own, each by a 400 that names it. LlamaIndex knows some by their names, but no
    deployment and no model newer than itself; so what is ``refused`` is asked otherwise, and
    what was is remembered.
    """

    def __init__(
        self,
        llm: LLM,
        max_tokens: int = 500,
        refused: frozenset[str] = frozenset(),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._llm = llm
        self._max_tokens = max_tokens
        self._now = now
        self._refused = refused

    def write(self, prompt: Prompt) -> Iterator[str]:
        # LlamaIndex takes 3 s to import; by now the model has done so.
        from llama_index.core.llms import ChatMessage, MessageRole

        roles = ((MessageRole.SYSTEM, prompt.system), (MessageRole.USER, prompt.user))
        messages = [ChatMessage(role=role, content=text) for role, text in roles if text]
        while True:
            try:
                yield from self._said(messages, self._manner(prompt))
            except _RefusedManner:
                continue
            return

    def _manner(self, prompt: Prompt) -> dict[str, Any]:
        if _LENGTH in self._refused:
            # Its thoughts are counted in, so what is enough for the words is not.
            length = {"max_completion_tokens": self._max_tokens}
        else:
            length = {_LENGTH: min(self._max_tokens, prompt.max_tokens or self._max_tokens)}
        return length | ({_FREEDOM: 1.0} if _FREEDOM in self._refused else {})

    def _said(self, messages: list[ChatMessage], manner: Mapping[str, Any]) -> Iterator[str]:
        ending = ""
        try:
            for part in self._llm.stream_chat(messages, **manner):
                if part.delta:
                    yield part.delta
                ending = _ending(part.raw) or ending
        except Exception as error:  # noqa: BLE001 - each provider's library has its own, and a broken stream raises what its parser happens to; all come out again as ours
            if new := _refused(error) - self._refused:
                self._refused |= new
                raise _RefusedManner from None
            raise self._failure(error) from None
        if not ending:
            raise ModelBusy("its answer broke off")
        if ending in _TOO_LONG:
            raise CutShort("its answer came to the length that is set")
        if ending in _FILTERED:
            raise ModelFailed("its provider's filter stopped it")

    def _failure(self, error: Exception) -> ModelFailed:
        """Only class and status are told: a provider's words may quote what it was sent."""
        status = getattr(error, "status_code", None)
        name = type(error).__name__
        if isinstance(status, int):
            told = f"it answered {status} ({name})"
            if status < 300:  # an error within a stream that had begun well
                return ModelBusy(f"it gave up in mid-answer ({name})")
            if status in _AGAIN or status >= 500:
                headers = getattr(getattr(error, "response", None), "headers", {})
                return ModelBusy(told, seconds_of(headers.get("retry-after"), self._now))
            return ModelFailed(told)
        if any(word in name.casefold() for word in _UNREACHED):
            return ModelBusy(f"it cannot be reached ({name})")
        return ModelFailed(f"what it answers makes no sense ({name})")


class _RefusedManner(Exception):
    """The model is asked again in another manner."""


def _refused(error: Exception) -> frozenset[str]:
    """What of the manner a 400 refuses: a temperature by its field or in its words; a length
    only if it says what to send instead, for it may as well be too long."""
    if getattr(error, "status_code", None) != 400:
        return frozenset()
    length = {_LENGTH} if "max_completion_tokens" in str(error) else set()
    named = str(getattr(error, "param", None) or error)
    return frozenset(length | ({_FREEDOM} if re.search(rf"\b{_FREEDOM}\b", named) else set()))


def _ending(raw: Any) -> str:
    """Why the stream ended, if this is its end: a stream that does not say so was cut."""
    if isinstance(raw, dict):  # Anthropic's
        return str(getattr(raw.get("delta"), "stop_reason", None) or "")
    choices = getattr(raw, "choices", ())
    return next((choice.finish_reason for choice in choices if choice.finish_reason), "")
