"""What can go wrong on the bot's side, drawn; who reads it.

BotError
├── SyncRunning         the admin reads it: another sync runs, try again later
├── LockTaken           log: another process is at it
├── StateUnavailable    operator: the bot's own database cannot be read or written
│   └── StateRefused        log: it is well, but does not take this
├── AskerForgotten      log: whoever asked had everything deleted meanwhile
├── ModelMisconfigured  operator: of the language model an address, a key or a package is missing
├── ChatUnavailable     log: the chat (Slack) does not answer now, try again
└── ChatRefused         log: the chat says no and will again; ``code`` is its word for it
    ├── NotInChannel        log: the person whom it was for has left the channel
    └── SlackMisconfigured  operator: wrong token, wrong address, port in use
"""

from __future__ import annotations


class BotError(Exception):
    """Its text may be shown to the person who reads it: one sentence, no secrets."""


class SyncRunning(BotError):
    pass


class LockTaken(BotError):
    pass


class StateUnavailable(BotError):
    pass


class StateRefused(StateUnavailable):
    pass


class AskerForgotten(BotError):
    pass


class ModelMisconfigured(BotError):
    pass


class ChatUnavailable(BotError):
    pass


class ChatRefused(BotError):
    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class NotInChannel(ChatRefused):
    pass


class SlackMisconfigured(ChatRefused):
    pass
