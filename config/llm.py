"""Settings of the language model."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from config.wikis import Strict

VERIFY_BY_MODEL, VERIFY_BY_RULES = "model", "rules"


class LlmSettings(Strict):
    """Settings of ``[llm]``. Off while no provider is named."""

    provider: Literal["", "openai", "azure", "ollama", "compatible", "anthropic"] = Field(
        "",
        description="Whose language model composes answers: `openai`, `azure`, `anthropic`, "
        "`ollama`, or `compatible` for what speaks as OpenAI does; empty is none, and answers are "
        "quotations.",
    )
    model: str = Field("", description="Its name, as the provider writes it.")
    url: str = Field(
        "",
        repr=False,
        description="Where its API begins (`…/v1`); empty is the provider's own address. Azure: "
        "`https://NAME.openai.azure.com/openai/v1`.",
    )
    seconds: float = Field(
        20,
        gt=0,
        le=300,
        description="How many seconds an answer may take it; then quotations answer. Making a "
        "follow-up stand alone may take 5 more.",
    )
    silence: float = Field(
        15, gt=0, le=300, description="How many seconds may pass without a word of it."
    )
    attempts: int = Field(
        3, ge=1, le=10, description="How often it is asked while it is busy or cannot be reached."
    )
    at_once: int = Field(4, ge=1, le=64, description="How many answers it may write at a time.")
    max_tokens: int = Field(
        800,
        ge=50,
        le=32_000,
        description="How much it may write; a model that thinks first needs more, such as 4000.",
    )
    context_tokens: int = Field(
        3000,
        ge=300,
        le=100_000,
        description="How much of wiki and thread it is shown, counted about as it counts.",
    )
    structured: bool = Field(
        default=True,
        description="Whether it is asked for the words of the pages behind each sentence, where "
        "its server can structure what it writes. They are checked, and shown with the source.",
    )
    verify: str = Field(
        "model",
        description="Who decides a sentence that the rules of the check cannot decide: `model` "
        "asks the language model once more, for all such sentences of an answer together; with "
        "`rules` nobody does, and they are shown with a mark. Or the name of an NLI model's "
        "folder below `models` in the data folder, which may vouch for some.",
    )
    verify_model: str = Field(
        "",
        description="Another, cheaper model of the same provider for that; empty is `model`'s own.",
    )
    verify_seconds: float = Field(
        10,
        gt=0,
        le=300,
        description="How long that may take; then the sentences are shown with a mark.",
    )
    rewrite: bool = Field(
        default=True,
        description="Whether it makes a follow-up stand alone for the search; it is asked once "
        "more for that.",
    )
    temperature: float = Field(0.0, ge=0, le=2, description="How freely it words.")
    person_tokens: int = Field(
        0,
        ge=0,
        le=10**12,
        description="What one person's questions may use in a day; 0 is no bound.",
    )
    channel_tokens: int = Field(
        0,
        ge=0,
        le=10**12,
        description="What the questions of one channel may use in a day; 0 is no bound.",
    )
    day_tokens: int = Field(
        0, ge=0, le=10**12, description="What all questions may use in a day; 0 is no bound."
    )
    day_cost: float = Field(
        0.0,
        ge=0,
        le=10**9,
        description="What all questions may cost in a day, in the currency of the two prices; 0 is "
        "no bound.",
    )
    price_read: float = Field(0.0, ge=0, le=10**6, description="Of a million tokens that it reads.")
    price_written: float = Field(
        0.0, ge=0, le=10**6, description="Of a million tokens that it writes."
    )

    @model_validator(mode="after")
    def _is_whole(self) -> LlmSettings:
        if self.provider and not self.model:
            raise ValueError("needs `model`")
        if not self.verify:
            raise ValueError("`verify` is `model`, `rules` or the name of an NLI model")
        if self.day_cost and not (self.price_read or self.price_written):
            raise ValueError("`day_cost` needs `price_read` and `price_written`")
        return self
