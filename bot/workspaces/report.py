"""The further workspaces, as `footnote doctor` and `footnote status` tell them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.foreign import on_one_line
from bot.workspaces import texts
from bot.workspaces.model import Installation, WorkspaceRights
from indexers.findings import Finding, failure, ok, warning

CHECK = "workspace"


def findings(
    named: Mapping[str, WorkspaceRights], installed: Sequence[Installation], now: datetime
) -> Iterator[Finding]:
    """Yield what is known of the workspaces that the settings name, by id, and of those that
    Footnote is installed in. Slack is not asked."""
    there = {one.id: one for one in installed}
    for id_, rights in named.items():
        if id_ in there:
            yield _of(there[id_], rights, now)
        elif all(one.enterprise != id_ for one in installed):
            yield warning(
                CHECK,
                texts.not_installed(id_),
                texts.OPEN_INSTALL,
            )
    for one in installed:
        # One that is part of an organization may be named by that.
        if one.id not in named and one.enterprise in named:
            yield _of(one, named[one.enterprise], now)
        elif one.id not in named:
            yield warning(
                CHECK,
                texts.not_named(_called(one)),
                texts.NAME_OR_REMOVE,
            )


def _of(one: Installation, rights: WorkspaceRights, now: datetime) -> Finding:
    if one.expires and one.expires <= now:
        return failure(
            CHECK,
            texts.token_expired(_called(one)),
            texts.OPEN_INSTALL,
        )
    if not rights.wikis:
        return warning(CHECK, texts.without_wikis(_called(one)), texts.NAME_WIKIS)
    wikis = ", ".join(rights.wikis)
    by_address = rights.trusts_addresses
    return ok(CHECK, texts.answered_from(_called(one), wikis, by_address=by_address))


def rows(
    named: Mapping[str, WorkspaceRights], installed: Sequence[Installation]
) -> dict[str, dict[str, Any]]:
    """Return what `footnote status --json` tells of each installation, by its id."""
    found = {}
    for one in installed:
        rights = named.get(one.id) or named.get(one.enterprise)
        found[one.id] = {
            "name": one.name,
            "wikis": list(rights.wikis) if rights else [],
            "installed": one.installed.isoformat(),
            "expires": one.expires.isoformat() if one.expires else None,
        }
    return found


def _called(one: Installation) -> str:
    return f"{one.id} ({on_one_line(one.name)})"
