"""A PostgreSQL server that refuses the connection, in words that say what to do."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from footnote_bot.bot.errors import StateAway, StateRefused, StateUnavailable
from footnote_bot.bot.state.database import Database, why_refused
from tests.bot.databases import POSTGRESQL, needs_postgresql
from tests.ports import free_port

FAILED = 'connection failed: connection to server at "10.0.0.7", port 5432 failed: '


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (
            "fe_sendauth: no password supplied",
            "asks for a password, so set FOOTNOTE_STATE_PASSWORD.",
        ),
        (
            'FATAL:  password authentication failed for user "footnote"',
            "refuses the user or the password, so correct FOOTNOTE_STATE_PASSWORD or [state] url.",
        ),
        (
            'FATAL:  database "wiki" does not exist',
            'has no database "wiki", so create it or correct [state] url.',
        ),
        (
            'FATAL: role "footnote" does not exist',
            'has no role "footnote", so create it or correct [state] url.',
        ),
        (
            "permission denied for schema public\nLINE 2: CREATE TABLE schema_version (",
            (
                "lets this role create no tables in the schema public, so make the role the owner"
                " of the database (ALTER DATABASE ... OWNER TO ...)."
            ),
        ),
    ],
)
def test_a_refusal_says_what_to_set_or_to_create(message: str, why: str) -> None:
    assert why_refused(f"{FAILED}{message}\n") == f"its server {why}"


@pytest.mark.parametrize(
    "message",
    [
        "Connection refused\n\tIs the server running on that host?",
        "FATAL:  the database system is starting up",
        'relation "database" does not exist',
    ],
)
def test_a_server_that_is_away_refuses_nothing(message: str) -> None:
    assert why_refused(f"{FAILED}{message}\n") == ""


def test_a_server_that_is_away_may_be_tried_again() -> None:
    with pytest.raises(StateAway, match="Is the server running"):
        Database.open(f"postgresql+psycopg://footnote@127.0.0.1:{free_port()}/footnote")


@needs_postgresql
def test_a_missing_database_is_told_without_asking_whether_the_server_runs() -> None:
    url = sa.make_url(POSTGRESQL).set(database="not_made")
    with pytest.raises(StateUnavailable) as caught:
        Database.open(url.render_as_string(hide_password=False))

    assert not isinstance(caught.value, StateAway)
    assert str(caught.value) == (
        'The bot\'s database cannot be used: its server has no database "not_made", so create it or'
        " correct [state] url."
    )


@needs_postgresql
def test_a_schema_without_the_right_to_create_tables_is_told_with_who_may() -> None:
    url = sa.make_url(POSTGRESQL)
    url = url.update_query_dict({"options": "-csearch_path=pg_catalog"})
    with pytest.raises(StateRefused) as caught:
        Database.open(url.render_as_string(hide_password=False))

    assert "lets this role create no tables in the schema pg_catalog, so make" in str(caught.value)


@needs_postgresql
def test_a_wrong_password_is_told_with_its_variable() -> None:
    url = sa.make_url(POSTGRESQL).set(password="wrong")
    with pytest.raises(StateUnavailable, match="so correct FOOTNOTE_STATE_PASSWORD or") as caught:
        Database.open(url.render_as_string(hide_password=False))

    assert not isinstance(caught.value, StateAway)
    assert "Is the server running" not in str(caught.value)
