"""Schema 21: indexes of the answers that fall, and of the bot's messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "21"
down_revision = "20"


def upgrade() -> None:
    op.create_index("ix_answers_message", "answers", ["message"])
    op.create_index(
        "ix_answers_falling",
        "answers",
        ["id"],
        sqlite_where=sa.text("falling = 1"),
        postgresql_where=sa.text("falling"),
    )
