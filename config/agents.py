"""The settings of people's agents."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from footnote_bot.config.wikis import Strict


class AgentSettings(Strict):
    """Settings of ``[agents]``: people's own agents ask over MCP and HTTP, with their rights."""

    enabled: bool = False
    """Whether people's agents are served. Needs `footnote-bot[agents]`."""
    host: str = "127.0.0.1"
    """The address to listen on. A proxy with TLS stands before it."""
    port: int = Field(3002, ge=0, le=65535)
    """The port to listen on."""
    url: str = Field("", pattern=r"^(https?://[^\s/?#]+)?/?$")
    """The address under which the proxy serves it, such as https://footnote.example.com; empty:
    agents are on this machine alone."""
    issuer: str = Field("", pattern=r"^(https://\S+|http://127\.0\.0\.1[:/]\S*)?$")
    """The issuer of the company's identity provider (OAuth 2.1), as its metadata states it: its
    tokens are valid beside those that people make; empty: none."""
    audience: str = ""
    """What the provider's tokens are for; empty: `url` with `/mcp`."""
    address_claim: str = Field("email", min_length=1)
    """The claim that holds the person's e-mail address, as Slack has it."""

    @property
    def tokens_for(self) -> str:
        """Return what the provider's tokens are for."""
        return self.audience or f"{self.url.rstrip('/')}/mcp"

    @model_validator(mode="after")
    def _provider_needs_an_audience(self) -> Self:
        if self.issuer and not (self.audience or self.url):
            raise ValueError("with `issuer`, set `url` or `audience`: whom its tokens are for")
        return self
