"""Settings of a further workspace of Slack: one ``[[workspace]]``."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from footnote_bot.config.wikis import Strict
from pydantic import Field


class WorkspaceSettings(Strict):
    """Settings of ``[[workspace]]``: the rights of people in a workspace other than the one of
    ``SLACK_BOT_TOKEN``."""

    id: str = Field(
        pattern=r"^[TE][A-Z0-9]{1,31}$",
        description="The workspace's id, such as T0123456789; that of an organization (Enterprise "
        "Grid), such as E0123456789, means each of its workspaces that is not named itself.",
    )
    wikis: tuple[str, ...] = Field(
        (), description="The names of the wikis that it is answered from; empty: none."
    )
    trusts_addresses: bool = Field(
        default=False,
        description="Whether the e-mail addresses and user groups of its members count as those of "
        "people in the wikis. Its admins can change addresses, so they can read what anybody may; "
        "without it, its people read what is open to everyone.",
    )


def check(workspaces: Sequence[WorkspaceSettings], wikis: Collection[str]) -> None:
    """Check all workspaces together.

    Raises:
        ValueError: two have the same id, or one names a wiki that is not in ``wikis``.
    """
    ids = [workspace.id for workspace in workspaces]
    for id_ in sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        raise ValueError(f"two workspaces have the id {id_!r}")
    for workspace in workspaces:
        for name in sorted({*workspace.wikis}.difference(wikis)):
            raise ValueError(
                f"the workspace {workspace.id} names {name!r}, and no wiki is called so"
            )
