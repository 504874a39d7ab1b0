"""Migrations of the bot's database, by alembic.

A new migration is a file in `versions` with the next number; its ``down_revision`` is the number
before. Its operations are written out, because it must do the same in years, whatever the tables
are then. The tables in `bot.state.schema` change with it, and so does `SCHEMA` there. A dump of the
new schema goes into tests/data/schemas, and a test migrates each dump to the current schema, on
SQLite and PostgreSQL. There are no dumps of the schemas 6 to 11, 14 and 15, which are older than
the first release. The only way back is a backup.
"""
