"""Settings of the language model."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from footnote_bot.config.wikis import OptionalFile, Strict


class LlmSettings(Strict):
    """Settings of ``[llm]``. Off while no provider is named."""

    provider: Literal["", "openai", "azure", "ollama", "compatible", "anthropic"] = ""
    """Whose language model composes answers: `openai`, `azure`, `anthropic`, `ollama`, or
    `compatible` for any server with OpenAI's API; empty: none, and answers are quotations."""
    model: str = ""
    """The model's name, as the provider writes it."""
    url: str = Field("", repr=False)
    """The address of its API (`…/v1`); empty: the provider's own. Azure:
    `https://NAME.openai.azure.com/openai/v1`."""
    ca_file: OptionalFile = ""
    """Certificates of the authority that signed its own, in PEM; empty: the well-known ones."""
    seconds: float = Field(20, gt=0, le=300)
    """Seconds that an answer may take; then the pages are quoted instead. Rewriting or translating
    a question may take 5 more."""
    at_once: int = Field(4, ge=1, le=64)
    """How many answers it may write at a time."""
    max_tokens: int = Field(800, ge=50, le=32_000)
    """Tokens that it may write; a model that thinks first needs more, such as 4000."""
    context_tokens: int = Field(1240, ge=300, le=100_000)
    """About how many tokens of wiki and thread it is shown. With more than 2000, give Ollama more
    context, too."""
    verify: Literal["model", "off"] = "model"
    """Who reads an answer a second time, beside the pages, before anybody sees it: `model` asks a
    language model, by one or two more requests, and leaves out what the pages do not bear out; with
    `off` nobody does, and the answer says so."""
    verify_model: str = ""
    """Another model of the same provider for this; empty: `model`."""
    rewrite: bool = True
    """Whether it rewrites a follow-up as a question of its own for the search, and translates a
    question in another language than the pages; this takes one more request."""
    person_tokens: int = Field(0, ge=0, le=10**12)
    """Tokens that one person's questions may use in a day; 0: no limit."""
    channel_tokens: int = Field(0, ge=0, le=10**12)
    """Tokens that the questions of one channel may use in a day; 0: no limit."""
    day_tokens: int = Field(0, ge=0, le=10**12)
    """Tokens that all questions may use in a day; 0: no limit."""
    day_cost: float = Field(0.0, ge=0, le=10**9)
    """What all questions may cost in a day, in the currency of the two prices; 0: no limit."""
    price_read: float = Field(0.0, ge=0, le=10**6)
    """The price of a million tokens that it reads."""
    price_written: float = Field(0.0, ge=0, le=10**6)
    """The price of a million tokens that it writes."""

    @property
    def verifying_model(self) -> LlmSettings | None:
        """Return the language model that reads an answer a second time, if one does."""
        if self.verify == "off":
            return None
        return self.model_copy(update={"model": self.verify_model or self.model})

    @model_validator(mode="after")
    def _is_whole(self) -> LlmSettings:
        if self.provider and not self.model:
            raise ValueError("needs `model`")
        if self.day_cost and not (self.price_read or self.price_written):
            raise ValueError("`day_cost` needs `price_read` and `price_written`")
        return self
