"""State on each database that it is meant for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.state.database import Database

POSTGRESQL = os.environ.get("TEST_POSTGRESQL_URL", "")
"""An empty database to use; what stands in it is dropped. `.ci/run` starts one."""


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRESQL else [])])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "postgresql":
        emptied(POSTGRESQL)
    opened = Database.open(POSTGRESQL if request.param == "postgresql" else tmp_path / "state.db")
    yield opened
    opened.close()


def emptied(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
