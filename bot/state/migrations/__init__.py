"""Migrations of the bot's database, by alembic.

A new one is a file in `versions` with the next number, its ``down_revision`` the number before, and
the operations written out: it must do the same in years, whatever the tables are then. The tables
in `bot.state.schema` change with it, and so does `SCHEMA` there. Every schema that was released is
in tests/data/schemas, and a test brings it here. There is no way back but a backup.
"""
