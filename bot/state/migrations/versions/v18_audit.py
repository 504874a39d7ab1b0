"""Schema 18: the audit trail, and the keys of pseudonyms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "18"
down_revision = "17"


def upgrade() -> None:
    op.create_table(
        "shown",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False, index=True),
        sa.Column("team", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("ts", sa.String(32), nullable=False),
        sa.Column("person", sa.String(32), nullable=False, index=True),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
    )
    op.create_table(
        "shown_pages",
        sa.Column(
            "shown", sa.Integer, sa.ForeignKey("shown.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("wiki", sa.String(64), primary_key=True),
        sa.Column("page", sa.Text, primary_key=True),
        sa.Column("revision", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("words", sa.Boolean, nullable=False),
    )
    op.create_table(
        "shown_readers",
        sa.Column(
            "shown", sa.Integer, sa.ForeignKey("shown.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("person", sa.String(32), primary_key=True, index=True),
    )
    op.create_table(
        "keys",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.String(64), nullable=False),
    )
