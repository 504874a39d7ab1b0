"""The port to installations. All methods raise StateUnavailable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from footnote_bot.bot.workspaces.model import Installation


class Installations(Protocol):
    """The installations by OAuth. Each method blocks: call it in a thread."""

    def save(self, installation: Installation) -> None:
        """Store the installation in place of an earlier one in the same workspace."""

    def rotate(self, before: Installation, after: Installation) -> bool:
        """Store the new token, if ``before`` is still stored; return whether it was."""

    def find(self, id_: str) -> Installation | None: ...

    def all(self) -> Sequence[Installation]:
        """Return all installations, ordered by id."""

    def delete(self, installation: Installation) -> bool:
        """Delete the installation, unless it was repeated since; return whether it was deleted."""

    def note_workspace(self, team: str, organization: str) -> None:
        """Record that the installation of its organization covers a workspace."""

    def workspaces_of(self, organization: str) -> Sequence[str]:
        """Return the workspaces recorded for an organization."""

    def use(self, state: str, expires: datetime, now: datetime) -> bool:
        """Record until ``expires`` that the state of an installation is used; return False if it
        was used before."""
