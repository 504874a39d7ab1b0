"""Models of workspaces: an installation with its token, and a workspace's rights; and the port to
installations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

ORGANIZATION = "E"
"""The first letter of an organization's id (Enterprise Grid); a workspace's id begins with T."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """An installation by OAuth in the workspace ``id``, or in a whole organization.

    ``enterprise`` is the organization, if there is one. ``bot`` and ``bot_user`` are the bot's ids
    there. A token that ``expires`` is exchanged for the next one by ``refresh_token``.
    """

    id: str
    name: str
    enterprise: str
    bot: str
    bot_user: str
    token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    expires: datetime | None = None
    installed: datetime

    @property
    def is_org_wide(self) -> bool:
        return self.id.startswith(ORGANIZATION)

    def rotated(self, token: str, refresh_token: str, expires: datetime) -> Installation:
        return replace(self, token=token, refresh_token=refresh_token, expires=expires)


def own_id(workspace: str, id_: str) -> str:
    """Return the id of a person or channel, unique among all workspaces; empty for nobody.
    ``workspace`` is empty for the first one, whose ids stay as they are."""
    return f"{workspace}/{id_}" if workspace and id_ else id_


def parts_of(own: str) -> tuple[str, str]:
    """Return the workspace and the id in an `own_id`."""
    workspace, _, id_ = own.rpartition("/")
    return workspace, id_


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceRights:
    """The rights of a workspace's people. ``wikis``: the wikis that they may get answers from.
    ``trusts_addresses``: the e-mail addresses and user groups of its members count as rights in the
    wikis; otherwise its members can read only pages that are open to everyone."""

    wikis: tuple[str, ...]
    trusts_addresses: bool = False


Rights = Callable[[str, str], WorkspaceRights | None]
"""Returns the rights of a workspace of an organization (empty: of none); None if the settings name
neither."""


class NamedWorkspaces(dict[str, WorkspaceRights]):
    """The rights of further workspaces and organizations that the settings name, by id."""

    def rights(self, workspace: str, organization: str) -> WorkspaceRights | None:
        """Return the rights of a workspace; see `Rights`."""
        return self.get(workspace) or self.get(organization)


class Installations(Protocol):
    """The installations by OAuth. Each method blocks: call it in a thread."""

    def save(self, installation: Installation) -> None:
        """Store the installation in place of an earlier one in the same workspace."""

    def rotate(self, before: Installation, after: Installation) -> bool:
        """Store the new token, if ``before`` is still stored; return whether it was."""

    def find(self, id_: str) -> Installation | None:
        """Return the installation in the workspace or organization ``id_``, if there is one."""

    def all(self) -> Sequence[Installation]:
        """Return all installations, ordered by id."""

    def delete(self, installation: Installation) -> bool:
        """Delete the installation, unless it was made anew since; return whether it was deleted."""

    def note_workspace(self, team: str, organization: str) -> None:
        """Record that the installation of an organization covers the workspace ``team``."""

    def workspaces_of(self, organization: str) -> Sequence[str]:
        """Return the workspaces recorded for an organization."""

    def use(self, state: str, expires: datetime, now: datetime) -> bool:
        """Record that an OAuth ``state`` is used, and keep the record until ``expires``. Return
        whether it was not used before."""
