"""The errors of the bot as a tree, each with its reader.

BotError
├── SyncRunning         the admin reads it: another sync runs, try again later
├── LockTaken           log: another process holds the lock
├── StateUnavailable    operator: the bot's own database cannot be read or written
│   ├── StateAway           operator: its server does not answer, try again
│   └── StateRefused        log: the database works, but refuses this
├── AskerForgotten      log: the asker's data was deleted meanwhile
├── BackupRefused       operator: the backup is damaged, or its place is taken
├── ModelMisconfigured  operator: the language model's address, key or package is missing
├── TracingMisconfigured  operator: traces are set, and their package is missing
├── ChatUnavailable     log: the chat (Slack) is unavailable, try again
└── ChatRefused         log: the chat refuses and will again; ``code`` is its reason
    ├── ThreadGone          log: the message that a reply was for was deleted
    ├── NotInChannel        log: the recipient has left the channel
    └── SlackMisconfigured  operator: wrong token, wrong address, port in use
"""

from __future__ import annotations


class BotError(Exception):
    """An error whose message may be shown to its reader: one sentence, no secrets."""


class SyncRunning(BotError):
    pass


class LockTaken(BotError):
    pass


class StateUnavailable(BotError):
    pass


class StateAway(StateUnavailable):
    pass


class StateRefused(StateUnavailable):
    pass


class AskerForgotten(BotError):
    pass


class BackupRefused(BotError):
    pass


class ModelMisconfigured(BotError):
    pass


class TracingMisconfigured(BotError):
    pass


class ChatUnavailable(BotError):
    pass


class ChatRefused(BotError):
    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class ThreadGone(ChatRefused):
    pass


class NotInChannel(ChatRefused):
    pass


class SlackMisconfigured(ChatRefused):
    pass
