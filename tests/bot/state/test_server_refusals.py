"""A PostgreSQL server that refuses the connection, in words that say what to do."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from footnote_bot.bot.errors import StateAway, StateRefused, StateUnavailable
from footnote_bot.bot.state.database import Database
from tests.bot.databases import POSTGRESQL, needs_postgresql
from tests.ports import free_port


def test_a_server_that_is_away_may_be_tried_again() -> None:
    with pytest.raises(StateAway, match="Is the server running"):
        Database.open(f"postgresql+psycopg://footnote@127.0.0.1:{free_port()}/footnote")


@needs_postgresql
def test_a_missing_database_is_told_without_asking_whether_the_server_runs() -> None:
    url = sa.make_url(POSTGRESQL).set(database="not_made")
    with pytest.raises(StateUnavailable) as caught:
        Database.open(url.render_as_string(hide_password=False))

    assert not isinstance(caught.value, StateAway)
    assert 'database "not_made" does not exist). Correct [state] url' in str(caught.value)


@needs_postgresql
def test_a_schema_without_the_right_to_create_tables_is_told_with_who_may() -> None:
    url = sa.make_url(POSTGRESQL)
    url = url.update_query_dict({"options": "-csearch_path=pg_catalog"})
    with pytest.raises(StateRefused) as caught:
        Database.open(url.render_as_string(hide_password=False))

    assert str(caught.value).endswith("make the role the owner of the database.")


@needs_postgresql
def test_a_wrong_password_is_told_with_its_variable() -> None:
    url = sa.make_url(POSTGRESQL).set(password="wrong")
    with pytest.raises(StateUnavailable, match="or FOOTNOTE_STATE_PASSWORD") as caught:
        Database.open(url.render_as_string(hide_password=False))

    assert not isinstance(caught.value, StateAway)
    assert "Is the server running" not in str(caught.value)
