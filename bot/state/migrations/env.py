"""Alembic's entrance: it runs this file for every command, here on the caller's connection."""

from __future__ import annotations

from alembic import context

attributes = context.config.attributes
context.configure(connection=attributes["connection"], on_version_apply=attributes["applied"])
# `schema_version` is older than the use of alembic, and every version of Footnote reads it.
current = "base" if attributes["version"] < attributes["first"] else str(attributes["version"])
context.get_context().stamp(context.script, current)
context.run_migrations()
