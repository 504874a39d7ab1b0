"""The ports to installations and to what is begun of them. All methods raise StateUnavailable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.workspaces.model import Installation


class Installations(Protocol):
    """The installations by OAuth. Each method blocks: call it in a thread."""

    def save(self, installation: Installation) -> None:
        """Store the installation in place of an earlier one in the same workspace."""
        ...

    def rotate(self, before: Installation, after: Installation) -> bool:
        """Store the new token; return whether ``before`` was still the one that is stored."""
        ...

    def find(self, id_: str) -> Installation | None: ...

    def all(self) -> Sequence[Installation]:
        """Return all of them, by id."""
        ...

    def delete(self, installation: Installation) -> bool:
        """Delete the installation, unless it was made anew since; return whether it was there."""
        ...

    def note_workspace(self, team: str, organization: str) -> None:
        """Record that a workspace is reached by the installation of its organization."""
        ...

    def workspaces_of(self, organization: str) -> Sequence[str]:
        """Return the workspaces that were recorded so."""
        ...


class InstallStates(Protocol):
    """Secrets that show that Slack's answer belongs to an installation that was begun here. Each
    method blocks: call it in a thread."""

    def issue(self, state: str, expires: datetime) -> None:
        """Store it, in place of the oldest if there are very many."""
        ...

    def consume(self, state: str) -> bool:
        """Return whether it was issued and is not used or expired; it never is again."""
        ...
