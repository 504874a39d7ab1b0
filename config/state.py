"""Settings of the bot's database: the section ``[state]``."""

from __future__ import annotations

from footnote_bot.config.wikis import A_CENTURY, Strict
from pydantic import Field

_SQLITE = r"sqlite(\+\w+)?://(/.*)?"
_POSTGRESQL = (
    r"postgresql(\+\w+)?://([^:/]*(:[^@]*)?@)?(\[[^/?]+\]|[^/:?]+)?(:[0-9]{0,5})?(/[^?]*)?(\?.*)?"
)
"""As SQLAlchemy reads it."""


class StateSettings(Strict):
    """Settings of ``[state]``."""

    url: str = Field(
        "",
        pattern=f"^({_SQLITE}|{_POSTGRESQL})?$",
        repr=False,
        description="The SQLAlchemy URL of a database, such as postgresql+psycopg://user@host/name "
        "or sqlite:////srv/footnote.db; empty: SQLite in the data folder.",
    )
    retention_days: int = Field(
        90,
        ge=1,
        le=A_CENTURY,
        description="Days for which questions, answers and all else about people are kept, also "
        "who was shown which page (`footnote audit`).",
    )
