"""Settings of the language model."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from config.wikis import Strict

_VERIFY_BY_MODEL, VERIFY_BY_RULES = "model", "rules"


class LlmSettings(Strict):
    """Settings of ``[llm]``. Off while no provider is named."""

    provider: Literal["", "openai", "azure", "ollama", "compatible", "anthropic"] = Field(
        "",
        description="Whose language model composes answers: `openai`, `azure`, `anthropic`, "
        "`ollama`, or `compatible` for any server with OpenAI's API; empty: none, and answers are "
        "quotations.",
    )
    model: str = Field("", description="The model's name, as the provider writes it.")
    url: str = Field(
        "",
        repr=False,
        description="The address of its API (`…/v1`); empty: the provider's own. Azure: "
        "`https://NAME.openai.azure.com/openai/v1`.",
    )
    ca_file: str = Field(
        "",
        description="Certificates of the authority that signed its own, in PEM; empty: the "
        "well-known ones.",
    )
    seconds: float = Field(
        20,
        gt=0,
        le=300,
        description="Seconds that an answer may take; then the pages are quoted instead. Rewriting "
        "or translating a question may take 5 more.",
    )
    at_once: int = Field(4, ge=1, le=64, description="How many answers it may write at a time.")
    max_tokens: int = Field(
        800,
        ge=50,
        le=32_000,
        description="Tokens that it may write; a model that thinks first needs more, such as 4000.",
    )
    context_tokens: int = Field(
        3000,
        ge=300,
        le=100_000,
        description="About how many tokens of wiki and thread it is shown.",
    )
    verify: str = Field(
        "model",
        description="Who decides a sentence that the rules of the check cannot decide: `model` "
        "asks the language model once more, for all such sentences of an answer together; with "
        "`rules` nobody does, and they are shown with a mark. Or the name of an NLI model's "
        "folder below `models` in the data folder, which may vouch for some; nothing is "
        "downloaded, and a cross-encoder, which scores nearness alone, is refused.",
    )
    verify_model: str = Field(
        "",
        description="Another, cheaper model of the same provider for this; empty: `model`.",
    )
    rewrite: bool = Field(
        default=True,
        description="Whether it rewrites a follow-up as a question of its own for the search, and "
        "translates a question in another language than the pages; this takes one more request.",
    )
    person_tokens: int = Field(
        0,
        ge=0,
        le=10**12,
        description="Tokens that one person's questions may use in a day; 0: no limit.",
    )
    channel_tokens: int = Field(
        0,
        ge=0,
        le=10**12,
        description="Tokens that the questions of one channel may use in a day; 0: no limit.",
    )
    day_tokens: int = Field(
        0, ge=0, le=10**12, description="Tokens that all questions may use in a day; 0: no limit."
    )
    day_cost: float = Field(
        0.0,
        ge=0,
        le=10**9,
        description="What all questions may cost in a day, in the currency of the two prices; 0: "
        "no limit.",
    )
    price_read: float = Field(
        0.0, ge=0, le=10**6, description="The price of a million tokens that it reads."
    )
    price_written: float = Field(
        0.0, ge=0, le=10**6, description="The price of a million tokens that it writes."
    )

    @property
    def verifying_model(self) -> LlmSettings | None:
        """Return the language model that decides unclear sentences, if one does."""
        if self.verify != _VERIFY_BY_MODEL:
            return None
        return self.model_copy(update={"model": self.verify_model or self.model})

    @property
    def nli_model(self) -> str:
        """Return the name of the NLI model that decides unclear sentences, if one does."""
        return "" if self.verify in (_VERIFY_BY_MODEL, VERIFY_BY_RULES) else self.verify

    @model_validator(mode="after")
    def _is_whole(self) -> LlmSettings:
        if self.provider and not self.model:
            raise ValueError("needs `model`")
        if not self.verify:
            raise ValueError("`verify` is `model`, `rules` or the name of an NLI model")
        if self.day_cost and not (self.price_read or self.price_written):
            raise ValueError("`day_cost` needs `price_read` and `price_written`")
        return self
