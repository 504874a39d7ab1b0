"""Schema 20: what was asked before a choice, and the pages of the reading that was chosen."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "20"
down_revision = "19"

_PLACE = ("team", "channel", "thread", "ts")
_ANSWERS = sa.table(
    "answers",
    *map(sa.column, ("id", "question", "answer", "asker", *_PLACE)),
    *map(sa.column, ("own_words", "own_asker", "chosen")),
)
_INBOX = sa.table("inbox", *map(sa.column, ("event", "edited", "gone", *_PLACE)))
_OFFERS = '"readings": ['
_NO_PAGE = {"wiki": "", "page": "", "title": "", "heading": "", "url": "", "quote": ""}
_LOST = {"own_words": "", "own_asker": "", "chosen": json.dumps([{**_NO_PAGE, "revision": ""}])}


def upgrade() -> None:
    """Note the choices whose clarifying question still stands. Other answers in a thread may be to
    a choice, too, if a question before them was edited or is forgotten: those stay NULL."""
    for column in (
        sa.Column("own_words", sa.Text, nullable=False, server_default=""),
        sa.Column("own_asker", sa.String(32), nullable=False, server_default=""),
        sa.Column("chosen", sa.Text),
    ):
        op.add_column("answers", column)
    connection = op.get_bind()
    received: defaultdict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for message in connection.execute(sa.select(_INBOX)):
        received[message.team, message.channel, message.thread].append(message)
    threads: defaultdict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for row in connection.execute(_answers()):
        threads[row.team, row.channel, row.thread].append(row)
    for thread, rows in threads.items():
        for id_, noted in _noted(rows, received[thread]):
            connection.execute(sa.update(_ANSWERS).where(_ANSWERS.c.id == id_).values(noted))


def _answers() -> sa.Select[Any]:
    """Return a query of the answers; what they say is read only where they ask back."""
    own = (column for column in _ANSWERS.c if column.name in {"id", "question", "asker", *_PLACE})
    asks_back = _ANSWERS.c.answer.contains(_OFFERS)
    answer = sa.case((asks_back, _ANSWERS.c.answer), else_="").label("answer")
    return sa.select(*own, answer).order_by(_ANSWERS.c.id)


def _noted(rows: list[Any], messages: list[Any]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield what is known of the choices of a thread, by the ids of the answers."""
    offered: dict[str, Mapping[str, str]] = {}
    for row in rows:
        choice = offered.get(row.question)
        if choice is not None:
            yield row.id, choice
        elif not _is_own(row, rows, messages):
            choice = _LOST
        elif row.ts != row.thread:
            yield row.id, {"chosen": ""}
        choice = choice or {"own_words": row.question, "own_asker": row.asker, "chosen": "[]"}
        before = json.loads(choice["chosen"])
        for question, page in _readings(row.answer):
            chosen = json.dumps([page, *before], ensure_ascii=False)
            offered[question] = {**choice, "chosen": chosen}


def _is_own(row: Any, rows: list[Any], messages: list[Any]) -> bool:
    """Return whether its words are certainly a person's own: every message before it has the answer
    that it had at first, and none of these offered them."""
    if row.ts == row.thread:
        return not row.ts.startswith("fixed-")  # those are the words of a flag
    answered = {one.ts for one in rows}
    events = {one.ts: one.event for one in messages}
    if row.thread not in events or events.get(row.ts, "").startswith("choice-of-"):
        return False
    before = [one for one in messages if one.ts < row.ts]
    return not any(one.edited or one.gone or one.ts not in answered for one in before)


def _readings(answer: str) -> Iterator[tuple[str, Any]]:
    """Yield the questions of the readings that the answer offers, and their pages."""
    try:
        for reading in json.loads(answer)["readings"] if answer else ():
            yield reading["question"], reading["source"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return
