"""The installations in further workspaces, for the commands that list them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footnote_bot.bot.app import App
    from footnote_bot.bot.workspaces.model import Installation


def installed_in(app: App) -> Sequence[Installation]:
    """Return the installations; none if there is no database.

    Raises:
        StateUnavailable: they cannot be read.
    """
    state = app.state_if_made()
    if state is None:
        return ()
    from footnote_bot.bot.state.installations import DatabaseInstallations  # slow: SQLAlchemy

    return DatabaseInstallations(state).all()
