"""Settings -> a language model of LlamaIndex's, of any provider."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Protocol, cast

from footnote_bot.bot.answering.llm.forms import as_anthropic
from footnote_bot.bot.answering.llm.llama_client import LlamaClient
from footnote_bot.bot.answering.llm.refusals import REFUSABLE_PARAMETERS
from footnote_bot.bot.errors import ModelMisconfigured

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_URLS = {"openai": "https://api.openai.com/v1", "ollama": "http://localhost:11434/v1"}

_TEMPERATURE = 0.0
"""The most likely words: the same question gets the same answer."""


class ModelSettings(Protocol):
    """The settings of a model, see `config.llm.LlmSettings`. ``url`` is the API's base (`.../v1`;
    of Azure, `https://NAME.openai.azure.com/openai/v1`), empty for the provider's own; ``seconds``
    is the longest time of a whole request; ``ca_file`` has the certificates of its authority, empty
    for the well-known ones; ``verifying_model`` reads an answer a second time, if there is one."""

    @property
    def provider(self) -> str: ...

    @property
    def model(self) -> str: ...

    @property
    def url(self) -> str: ...

    @property
    def max_tokens(self) -> int: ...

    @property
    def seconds(self) -> float: ...

    @property
    def ca_file(self) -> str: ...

    @property
    def at_once(self) -> int: ...

    @property
    def context_tokens(self) -> int: ...

    @property
    def verifying_model(self) -> ModelSettings | None: ...


def model_client_of(settings: ModelSettings, key: str = "") -> LlamaClient:
    """Return the model's client. Imports LlamaIndex, which takes 3 s: call it once, when the
    process starts.

    Raises:
        ModelMisconfigured: a package, an address or a key is missing.
    """
    if settings.provider == "anthropic":
        return LlamaClient(_anthropic(settings, key), settings.max_tokens, asking=as_anthropic)
    url = settings.url or _URLS.get(settings.provider, "")
    if not url:
        raise ModelMisconfigured(
            f"The language model of `{settings.provider}` needs its address: `[llm] url`."
        )
    if not key and settings.provider in ("openai", "azure"):
        raise ModelMisconfigured(
            f"The language model of `{settings.provider}` needs its key: `FOOTNOTE_LLM_KEY`."
        )
    compatible = _imported("llama_index.llms.openai_like", "OpenAILike", "llm")
    llm = compatible(
        model=settings.model,
        api_base=url,
        api_key=key or "none",
        is_chat_model=True,
        max_tokens=None,  # passed with each prompt: this one would override it
        timeout=settings.seconds,
        max_retries=0,
        temperature=_TEMPERATURE,
        http_client=_http_client(settings),
    )
    thinks = settings.model in _imported("llama_index.llms.openai.utils", "O1_MODELS", "llm")
    return LlamaClient(llm, settings.max_tokens, REFUSABLE_PARAMETERS if thinks else frozenset())


def _anthropic(settings: ModelSettings, key: str) -> LLM:
    if not key:
        raise ModelMisconfigured(
            "The language model of `anthropic` needs its key: `FOOTNOTE_LLM_KEY`."
        )
    claude: LLM = _imported("llama_index.llms.anthropic", "Anthropic", "anthropic")(
        model=settings.model,
        base_url=settings.url or None,
        api_key=key,
        max_tokens=settings.max_tokens,
        timeout=settings.seconds,
        max_retries=0,
        temperature=_TEMPERATURE,
    )
    # LlamaIndex has no option to pass a client to Anthropic's library.
    client = cast("Any", claude)._client  # noqa: SLF001
    cast("Any", claude)._client = client.with_options(http_client=_http_client(settings))  # noqa: SLF001
    return claude


def _http_client(settings: ModelSettings) -> Any:
    from footnote_bot.bot.answering.llm.connection import bounded_client  # slow: httpx

    try:
        return bounded_client(settings.ca_file, settings.seconds)
    except OSError as error:
        raise ModelMisconfigured(
            f"[llm] ca_file: {settings.ca_file} holds no certificates in PEM, or cannot be read"
            f" ({error.strerror or error})."
        ) from None


def _imported(module: str, name: str, extra: str) -> Any:
    """Import a name from a package that an extra installs."""
    try:
        return getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        raise ModelMisconfigured(
            f"{error.name} is not installed: pip install 'footnote-bot[{extra}]', or "
            f"{module.replace('.', '-').replace('_', '-')}."
        ) from None
