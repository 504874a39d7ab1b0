"""The version of the database's schema, and the way from an older one to this program's."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.state.schema import FIRST, SCHEMA, schema_version

log = logging.getLogger(__name__)

_FOLDER = Path(__file__).with_name("migrations")


def migrate(connection: sa.Connection) -> None:
    """Bring the database to this program's schema, in the transaction of ``connection``.

    Raises:
        StateUnavailable: a newer Footnote wrote it.
    """
    schema_version.create(connection, checkfirst=True)
    version = connection.scalar(sa.select(sa.func.max(schema_version.c.version))) or 0
    if version > SCHEMA:
        raise StateUnavailable(
            f"The bot's database has schema {version}; this Footnote knows schemas up to {SCHEMA}."
            " Update Footnote, or give it another data folder."
        )
    if version == SCHEMA:
        return
    # This import is slow, and migrations are rare.
    from alembic import command
    from alembic.config import Config

    config = Config(
        attributes={
            "connection": connection,
            "version": version,
            "first": FIRST,
            "applied": _recorder(connection),
        }
    )
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    began = time.monotonic()
    command.upgrade(config, "head")
    if version:
        seconds = time.monotonic() - began
        log.info(
            "The database's schema was migrated from %d to %d in %.1f s", version, SCHEMA, seconds
        )


def _recorder(connection: sa.Connection) -> Callable[..., None]:
    def record(*, step: Any, **_: object) -> None:
        number = int(step.up_revision_id)
        connection.execute(
            schema_version.insert().values(version=number, applied=datetime.now(UTC))
        )

    return record
