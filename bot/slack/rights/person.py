"""A person as Slack describes them: their kind of membership in this workspace, name and address.
Pure. People type these fields themselves, so they are read with care."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from footnote_bot.bot.foreign import clean

NOBODY = "someone"
_LONGEST_NAME = 80
_OUR_SEPARATOR = "\u00b7"


class Membership(StrEnum):
    MEMBER = "member"
    GUEST = "guest"
    FOREIGN = "foreign"
    ABSENT = "absent"
    """Deactivated, or an app: no person reads along, wherever it is listed."""
    NOBODY = "nobody"
    """Unknown."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person. ``email`` is empty unless it is certainly theirs, and theirs alone."""

    id: str
    name: str = NOBODY
    email: str = ""
    membership: Membership = Membership.NOBODY
    runs_workspace: bool = False


def person_of(user: Mapping[str, Any], team: str, organization: str = "") -> Person:
    """Read Slack's ``user`` object, seen from the workspace ``team``; for ``organization`` see
    `membership_of`."""
    profile = user.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or user.get("name")
    membership = membership_of(user, team, organization)
    admin = user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")
    return Person(
        id=user["id"],
        name=shown_name(str(name or "")),
        email=confirmed_address(user),
        membership=membership,
        runs_workspace=bool(admin) and membership is Membership.MEMBER,
    )


def shown_name(name: str) -> str:
    """Make a name one line of letters: it is shown beside our words, as in "Verified by", and must
    not look like part of them."""
    letters = "".join(
        " " if _may_mark(character) else character for character in clean(name[: 4 * _LONGEST_NAME])
    )
    words = [word for word in letters.split() if word != _OUR_SEPARATOR]
    return " ".join(words)[:_LONGEST_NAME].strip() or NOBODY


def _may_mark(character: str) -> bool:
    """Return whether it is a check mark or the like, or begins one: Slack shows `:x:` as a sign."""
    if character.isascii():
        return character == ":"
    return unicodedata.category(character) in ("So", "Sm", "Sk", "Co", "Cn") or (
        "\ufe00" <= character <= "\ufe0f"  # a variation selector
    )


def confirmed_address(user: Mapping[str, Any]) -> str:
    """Return the e-mail address in lower case; empty if Slack says that it is not confirmed, or if
    lower case turns it into another address: the Kelvin sign becomes a k."""
    profile = user.get("profile") or {}
    if False in (user.get("is_email_confirmed"), profile.get("is_email_confirmed")):
        return ""
    email = str(profile.get("email") or "")
    if any(
        not character.isascii() and any(map(str.isascii, character.casefold()))
        for character in email
    ):
        return ""
    return email.casefold()


def _is_app(user: Mapping[str, Any]) -> bool:
    return bool(user.get("is_bot") or user.get("is_workflow_bot") or user["id"] == "USLACKBOT")


def membership_of(user: Mapping[str, Any], team: str, organization: str = "") -> Membership:
    """Return the person's membership in the workspace ``team``. Seen through ``organization``, a
    person may be a member of several workspaces, and ``team_id`` is one of them."""
    if user.get("deleted") or _is_app(user):
        return Membership.ABSENT
    elsewhere = user.get("team_id") != team and team not in _teams(user, organization)
    if user.get("is_stranger") or elsewhere:
        return Membership.FOREIGN
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Membership.GUEST
    return Membership.MEMBER


def _teams(user: Mapping[str, Any], organization: str) -> frozenset[str]:
    """Return the workspaces of the organization that Slack says they are a member of."""
    within = user.get("enterprise_user")
    if not organization or not isinstance(within, Mapping):
        return frozenset()
    teams = within.get("teams")
    if within.get("enterprise_id") != organization or not isinstance(teams, list):
        return frozenset()
    return frozenset(team for team in teams if isinstance(team, str))
