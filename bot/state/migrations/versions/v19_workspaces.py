"""Schema 19: installations in several workspaces, and what belongs to which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "19"
down_revision = "18"


def upgrade() -> None:
    for table in ("written", "jobs"):
        op.add_column(table, sa.Column("team", sa.String(32), nullable=False, server_default=""))
    op.create_table(
        "installations",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("enterprise", sa.String(32), nullable=False),
        sa.Column("bot", sa.String(32), nullable=False),
        sa.Column("bot_user", sa.String(32), nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("refresh_token", sa.Text, nullable=False),
        sa.Column("expires", sa.DateTime),
        sa.Column("installed", sa.DateTime, nullable=False),
    )
    op.create_table(
        "org_workspaces",
        sa.Column("team", sa.String(32), primary_key=True),
        sa.Column(
            "organization",
            sa.String(32),
            sa.ForeignKey("installations.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
    )
    op.create_table(
        "oauth_states",
        sa.Column("state", sa.String(64), primary_key=True),
        sa.Column("expires", sa.DateTime, nullable=False, index=True),
    )
