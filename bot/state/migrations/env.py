"""Alembic's entrance: it runs this file for every command, here on the caller's connection."""

from __future__ import annotations

from alembic import context

given = context.config.attributes
context.configure(connection=given["connection"], on_version_apply=given["applied"])
# `schema_version` is older than alembic, and what every version of Footnote looks at.
known = "base" if given["version"] < given["first"] else str(given["version"])
context.get_context().stamp(context.script, known)
context.run_migrations()
