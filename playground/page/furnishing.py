"""The playground's workspace: its people and its channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
GENERAL, REVIEW = "C0GENERAL", "C0REVIEW"


@dataclass(frozen=True, slots=True)
class Role:
    """A person that the page's user can act as. ``title`` is their job in a few words, ``note``
    says which pages they may read."""

    user: str
    name: str
    title: str
    note: str


ROLES = (
    Role(ENGINEER, "Bob", "Engineer", "Reads what is open to everyone, and Engineering."),
    Role(MANAGER, "Ada", "Manager", "Reads what is open to everyone, Engineering and salaries."),
    Role(GUEST, "Gus", "Guest", "A guest of the workspace: reads what is open to everyone."),
    Role(
        ADMIN, "Mira", "Admin", "Administers Slack, which opens no page: reads what everyone may."
    ),
)


def email_of(name: str) -> str:
    """Return the address of a person whom the playground made up."""
    return f"{name.lower()}@example.com"


def furnish(slack: State, emails: Sequence[str] = ()) -> tuple[Role, ...]:
    """Add people and channels, and return whom one may be. ``emails`` are of people whom the wikis
    know; they come first, and are members of every channel."""
    own = tuple(_person(slack, number, email) for number, email in enumerate(emails, 1))
    for role in ROLES:
        _add(slack, role.user, role.name, email_of(role.name))
    slack.people[GUEST].is_restricted = True
    slack.people[ADMIN].is_admin = True
    _add(slack, COLLEAGUE, "Noor", email_of("Noor"))
    stranger = _add(slack, STRANGER, "Sam", "sam@partner.example")
    stranger.team_id, stranger.is_stranger = "T0PARTNER1", True
    us = [role.user for role in own]
    slack.add_channel(
        GENERAL, name="general", members=[*us, ENGINEER, MANAGER, COLLEAGUE, GUEST, ADMIN]
    )
    slack.add_channel("C0ENG", name="engineering", members=[*us, ENGINEER, MANAGER])
    slack.add_channel(
        "C0PEOPLE", name="people-team", members=[*us, MANAGER, COLLEAGUE], kind="group"
    )
    slack.add_channel(
        "C0PARTNER",
        name="ext-partner",
        members=[*us, ENGINEER, ADMIN, STRANGER],
        is_ext_shared=True,
    )
    slack.add_channel(REVIEW, name="wiki-review", members=[*us, MANAGER, ADMIN], kind="group")
    for role in (*own, *ROLES):
        slack.im(role.user)
    return (*own, *ROLES)


def _person(slack: State, number: int, email: str) -> Role:
    name = email.partition("@")[0]
    user = _add(slack, f"U0SELF{number}", name, email)
    return Role(user.id, name, email, "Reads in the wikis what this address may read.")


def _add(slack: State, user: str, name: str, email: str) -> User:
    person = slack.add_user(user, name=name.lower(), email=email)
    person.real_name = name
    return person
