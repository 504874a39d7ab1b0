"""Migrations of the bot's database, by alembic.

A new one is a file in `versions` with the next number, its ``down_revision`` the number before, and
the operations written out: it must do the same in years, whatever the tables are then. The tables
in `bot.state.schema` change with it, and so does `SCHEMA` there. A dump of the new schema goes
into tests/data/schemas, and a test brings each that is there here, on SQLite and PostgreSQL; of the
schemas 6 to 11, 14 and 15, from before there was a release, there is none. There is no way back but
a backup.
"""
