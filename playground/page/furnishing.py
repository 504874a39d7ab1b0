"""The playground's workspace: its name, its people and its channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from footnote_bot.playground.slack.people import User
from footnote_bot.playground.slack.state import State

ENGINEER, MANAGER, COLLEAGUE, GUEST, ADMIN, STRANGER = (
    "U0BOB",
    "U0ADA",
    "U0NOOR",
    "U0GUS",
    "U0MIRA",
    "U0SAM",
)
GENERAL, ENGINEERING, PEOPLE, PARTNER, REVIEW = (
    "C0GENERAL",
    "C0ENG",
    "C0PEOPLE",
    "C0PARTNER",
    "C0REVIEW",
)


_SELF = "U0SELF"
"""What the ids of people begin with whom the wikis know."""


@dataclass(frozen=True, slots=True)
class Role:
    """A person that the page's user can act as. ``title`` is their job in a few words, ``note``
    says which pages they may read."""

    user: str
    name: str
    title: str
    note: str
    email: str


@dataclass(frozen=True, slots=True)
class OwnWikis:
    """The wikis of the playground's user, by name, and the addresses of people whom they know.
    ``guests`` and ``shared_channels`` are as in the settings of Slack."""

    names: Sequence[str] = ()
    emails: Sequence[str] = ()
    guests: bool = True
    shared_channels: bool = True

    @property
    def roles(self) -> tuple[Role, ...]:
        """Return whom one may be: these people first, then some whom no wiki knows."""
        wikis = ", ".join(self.names)
        known = [
            Role(
                f"{_SELF}{number}",
                email.partition("@")[0],
                email,
                f"Reads what {email} may read in {wikis}.",
                email,
            )
            for number, email in enumerate(self.emails, 1)
        ]
        unknown = [
            (ENGINEER, "Bob", "Colleague", "A member of the workspace"),
            (GUEST, "Gus", "Guest", "A guest of the workspace"),
            (ADMIN, "Mira", "Admin", "Administers Slack, which opens no page"),
        ]
        return (
            *known,
            *(
                Role(user, name, title, f"{who}: reads what is open to everyone.", _nowhere(name))
                for user, name, title, who in unknown
                if self.guests or user != GUEST
            ),
        )


def _demo_role(user: str, name: str, title: str, note: str) -> Role:
    return Role(user, name, title, note, f"{name.lower()}@example.com")


def _nowhere(name: str) -> str:
    """Return an address that no wiki has."""
    return f"{name.lower()}@playground.invalid"


ROLES = (
    _demo_role(ENGINEER, "Bob", "Engineer", "Reads what is open to everyone, and Engineering."),
    _demo_role(
        MANAGER, "Ada", "Manager", "Reads what is open to everyone, Engineering and salaries."
    ),
    _demo_role(GUEST, "Gus", "Guest", "A guest of the workspace: reads what is open to everyone."),
    _demo_role(
        ADMIN, "Mira", "Admin", "Administers Slack, which opens no page: reads what everyone may."
    ),
)


def furnish(slack: State, own: OwnWikis | None = None) -> tuple[Role, ...]:
    """Name the workspace, add people and channels, and return whom one may be. Without ``own``
    wikis it is the demo's."""
    roles = own.roles if own else ROLES
    slack.team_domain = "-".join(own.names) if own else "demo"
    for role in roles:
        _add(slack, role.user, role.name, role.email)
    us = [role.user for role in roles if role.user.startswith(_SELF)]
    slack.people[ADMIN].is_admin = True
    if GUEST in slack.people:
        slack.people[GUEST].is_restricted = True

    def place(channel: str, name: str, members: Sequence[str], **more: Any) -> None:
        there = [user for user in (*us, *members) if user in slack.people]
        slack.add_channel(channel, name=name, members=there, **more)

    if own is None:
        _add(slack, COLLEAGUE, "Noor", "noor@example.com")
    place(GENERAL, "general", (ENGINEER, MANAGER, COLLEAGUE, GUEST, ADMIN))
    if own:
        # Its members alone decide what an answer there may use.
        place(PEOPLE, "private", () if us else (ENGINEER, ADMIN), kind="group")
    else:
        place(ENGINEERING, "engineering", (ENGINEER, MANAGER))
        place(PEOPLE, "people-team", (MANAGER, COLLEAGUE), kind="group")
    if own is None or own.shared_channels:
        stranger = _add(slack, STRANGER, "Sam", "sam@partner.example")
        stranger.team_id, stranger.is_stranger = "T0PARTNER1", True
        place(PARTNER, "ext-partner", (ENGINEER, ADMIN, STRANGER), is_ext_shared=True)
    place(REVIEW, "wiki-review", (MANAGER, ADMIN), kind="group")
    for role in roles:
        slack.im(role.user)
    return roles


def _add(slack: State, user: str, name: str, email: str) -> User:
    person = slack.add_user(user, name=name.lower(), email=email)
    person.real_name = name
    return person
