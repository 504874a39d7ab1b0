"""The further workspaces, as `footnote doctor` and `footnote status` report them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from footnote_bot.bot.foreign import on_one_line
from footnote_bot.bot.workspaces import texts
from footnote_bot.bot.workspaces.model import Installation, WorkspaceRights
from footnote_bot.indexers.findings import Finding, failure, ok, warning

CHECK = "workspace"


def findings(
    named: Mapping[str, WorkspaceRights], installed: Sequence[Installation], now: datetime
) -> Iterator[Finding]:
    """Yield findings about the workspaces that the settings name, by id, and those that Footnote is
    installed in. Slack is not asked."""
    by_id = {installation.id: installation for installation in installed}
    for id_, rights in named.items():
        if id_ in by_id:
            yield _finding(by_id[id_], rights, now)
        # An organization may have installations in single workspaces only.
        elif all(installation.enterprise != id_ for installation in installed):
            yield warning(CHECK, texts.not_installed(id_), texts.OPEN_INSTALL)
    for installation in installed:
        # The settings may name the organization of a workspace instead.
        if installation.id not in named and installation.enterprise in named:
            yield _finding(installation, named[installation.enterprise], now)
        elif installation.id not in named:
            yield warning(CHECK, texts.not_named(_label(installation)), texts.NAME_OR_REMOVE)


def _finding(installation: Installation, rights: WorkspaceRights, now: datetime) -> Finding:
    """Return the finding about an installation that the settings name."""
    if installation.expires and installation.expires <= now:
        return failure(CHECK, texts.token_expired(_label(installation)), texts.OPEN_INSTALL)
    if not rights.wikis:
        return warning(CHECK, texts.without_wikis(_label(installation)), texts.NAME_WIKIS)
    wikis = ", ".join(rights.wikis)
    by_address = rights.trusts_addresses
    return ok(CHECK, texts.answered_from(_label(installation), wikis, by_address=by_address))


def rows(
    named: Mapping[str, WorkspaceRights], installed: Sequence[Installation]
) -> dict[str, dict[str, Any]]:
    """Return the row of `footnote status --json` for each installation, by id."""
    rows = {}
    for installation in installed:
        rights = named.get(installation.id) or named.get(installation.enterprise)
        rows[installation.id] = {
            "name": installation.name,
            "wikis": list(rights.wikis) if rights else [],
            "installed": installation.installed.isoformat(),
            "expires": installation.expires.isoformat() if installation.expires else None,
        }
    return rows


def _label(installation: Installation) -> str:
    return f"{installation.id} ({on_one_line(installation.name)})"
