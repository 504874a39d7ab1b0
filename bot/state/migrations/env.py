"""Alembic's entrance: it runs this file for every command, here on the caller's connection."""

from __future__ import annotations

from alembic import context

given = context.config.attributes
context.configure(connection=given["connection"], on_version_apply=given["applied"])
if given["version"] == 0 or given["version"] < given["first"]:
    # `schema_version` is older than alembic, and what every version of Footnote looks at.
    context.get_context().stamp(context.script, "base")
context.run_migrations()
