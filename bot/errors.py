"""What can go wrong on the bot's side, drawn; who reads it.

BotError
└── SyncRunning     the admin reads it: another sync runs, try again later
"""

from __future__ import annotations


class BotError(Exception):
    """Its text may be shown to the person who asked for it."""


class SyncRunning(BotError):
    pass
