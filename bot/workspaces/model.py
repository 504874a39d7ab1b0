"""Models of workspaces: an installation with its token, and what a workspace is allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, Self

ORGANIZATION = "E"
"""The first letter of an organization's id (Enterprise Grid); that of a workspace's is a T."""


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
    """Return an id that names somebody, or a channel, among all workspaces; empty for nobody.
    ``workspace`` is empty for the first one, whose ids stay as they are."""
    return f"{workspace}/{id_}" if workspace and id_ else id_


def parts_of(own: str) -> tuple[str, str]:
    """Return the workspace and the id of which `own_id` made this."""
    workspace, _, id_ = own.rpartition("/")
    return workspace, id_


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceRights:
    """The rights of a workspace's people. ``wikis``: what they are answered from, at most.
    ``trusts_addresses``: the e-mail addresses of its members identify them in the wikis, and so do
    its user groups; else everybody reads there what is open to everyone."""

    wikis: tuple[str, ...]
    trusts_addresses: bool = False


Rights = Callable[[str, str], WorkspaceRights | None]
"""Returns what a workspace of an organization (empty: of none) is allowed; None: neither is
named."""


class NamedWorkspace(Protocol):
    """The settings of a further workspace or organization, those of ``[[workspace]]``."""

    @property
    def id(self) -> str: ...

    @property
    def wikis(self) -> tuple[str, ...]: ...

    @property
    def trusts_addresses(self) -> bool: ...


class NamedWorkspaces(dict[str, WorkspaceRights]):
    """The rights of further workspaces and organizations that the settings name, by id."""

    @classmethod
    def of(cls, settings: Iterable[NamedWorkspace]) -> Self:
        return cls(
            (one.id, WorkspaceRights(wikis=one.wikis, trusts_addresses=one.trusts_addresses))
            for one in settings
        )

    def rights(self, workspace: str, organization: str) -> WorkspaceRights | None:
        """Return what a workspace is allowed; see `Rights`."""
        return self.get(workspace) or self.get(organization)
