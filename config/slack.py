"""Settings of Slack."""

from __future__ import annotations

import re
from datetime import UTC, time, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from footnote_bot.config.wikis import A_CENTURY, Strict

_WEEKLY = re.compile(
    r"(monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
    r" ([01]?\d|2[0-3]):([0-5]\d)(?: (\S+))?",
    re.IGNORECASE | re.ASCII,
)


class SlackSettings(Strict):
    """Settings of ``[slack]``."""

    mode: Literal["socket", "http"] = "socket"
    """How Slack's events arrive: by Socket Mode or over HTTP."""
    host: str = ""
    """The address to listen on; empty: `127.0.0.1` with Socket Mode, else all."""
    port: int = Field(3000, ge=0, le=65535)
    """The port for health checks, Confluence's webhooks and Slack's HTTP events."""
    review_channel: str = Field("", pattern=r"^([CG][A-Z0-9]+)?$")
    """The id of the channel that flags go to, such as C0123456789; Slack shows it at the end of the
    channel's details."""
    remind_after_days: float = Field(7, ge=0, le=A_CENTURY)
    """Days before a daily reminder about an open flag; 0: no reminders."""
    digest: str = ""
    """When the review channel gets a summary of the week: day, time and, if it is not UTC, time
    zone, such as `monday 09:00 Europe/Berlin`; empty: never."""
    retract_days: float = Field(7, ge=0, le=A_CENTURY)
    """Days for which an answer is retracted when a page that it cites is removed or restricted; 0:
    never."""
    admins: tuple[str, ...] = ()
    """Who may use the admins' part of `/wiki`, beside the workspace's admins: user ids, user groups
    (`@handle` or id)."""
    identity: Literal["email", "accounts"] = "email"
    """How people are known in the wikis: by the e-mail address that Slack has of them, or by
    `accounts` alone."""
    accounts: dict[str, str] = Field(default_factory=dict)
    """E-mail addresses by Slack user id, for `identity = "accounts"`: a person who is not named
    there reads what is open to everyone."""
    guests: bool = False
    """Whether guests get answers from what is open to everyone."""
    shared_channels: bool = False
    """Whether the bot answers in channels shared with other companies."""
    private_members: int = Field(50, ge=0, le=200)
    """In private channels with at most so many people, answers use what all of them may read; in
    larger ones, what everyone may read."""
    link_hosts: tuple[str, ...] = ()
    """More host names that answers may link to, beside the wikis' own."""
    workers: int = Field(4, ge=1, le=64)
    """How many questions are answered at once."""
    person_minute: int = Field(30, ge=0, le=10**6)
    """How many questions a person may ask in a minute; an edited one counts again. 0: no limit."""
    channel_minute: int = Field(120, ge=0, le=10**6)
    """How many a channel may ask in a minute; 0: no limit."""

    @property
    def listens_on(self) -> str:
        """Return the address to listen on. In HTTP mode Slack must reach it from outside."""
        return self.host or ("127.0.0.1" if self.mode == "socket" else "0.0.0.0")  # noqa: S104

    @field_validator("accounts")
    @classmethod
    def _are_accounts(cls, values: dict[str, str]) -> dict[str, str]:
        accounts = {id_: email.strip().casefold() for id_, email in values.items()}
        for id_, email in accounts.items():
            if not re.fullmatch(r"[UW][A-Z0-9]+", id_):
                raise ValueError(f"{id_!r} is no Slack user id, such as 'U0123456789'")
            if "@" not in email.strip("@"):
                raise ValueError(f"{email!r} is not an e-mail address")
            if list(accounts.values()).count(email) > 1:
                raise ValueError(f"{email!r} is the address of two people")
        return accounts

    @model_validator(mode="after")
    def _uses_its_accounts(self) -> SlackSettings:
        if self.accounts and self.identity != "accounts":
            raise ValueError('`accounts` needs `identity = "accounts"`')
        return self

    @property
    def digest_time(self) -> tuple[str, time, tzinfo] | None:
        """Return the weekday, the time and the time zone of the digest; None: there is none."""
        return weekly(self.digest) if self.digest else None

    @field_validator("digest")
    @classmethod
    def _is_a_time(cls, value: str) -> str:
        if value:
            weekly(value)
        return value

    @model_validator(mode="after")
    def _has_a_place_for_its_digest(self) -> SlackSettings:
        if self.digest and not self.review_channel:
            raise ValueError("`digest` needs `review_channel`")
        return self


def weekly(value: str) -> tuple[str, time, tzinfo]:
    """Return weekday, time and time zone of ``value``, such as ``monday 09:00 Europe/Berlin``.

    Raises:
        ValueError: it is none.
    """
    match = _WEEKLY.fullmatch(value)
    if not match:
        raise ValueError("must be a day, a time and a time zone, as in monday 09:00 Europe/Berlin")
    day, hour, minute, name = match.groups(default="UTC")
    try:
        zone = UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # On a machine without time zone data, only UTC is known.
        raise ValueError(
            f"{name!r} is no time zone that this machine knows, such as 'Europe/Berlin'"
        ) from None
    return day.lower(), time(int(hour), int(minute)), zone
