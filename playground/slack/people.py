"""Members of a workspace: people, bots, user groups."""

from __future__ import annotations

from dataclasses import dataclass

from footnote_bot.playground.slack.model import Json


@dataclass(slots=True)
class User:
    """A person or bot. ``is_stranger``: from another workspace, seen through a shared channel
    without sharing one directly."""

    id: str
    name: str
    team_id: str
    email: str = ""
    is_email_confirmed: bool | None = True
    """None: this workspace does not say."""
    real_name: str = ""
    tz: str = "Europe/London"
    locale: str = "en-GB"
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    deleted: bool = False

    def wire(self, *, with_email: bool) -> Json:
        """Return the ``user`` object of ``users.info``."""
        name = self.real_name or self.name
        # Few people choose a display name; for all others it is empty.
        display_name = "" if self.real_name else self.name
        profile: Json = {"real_name": name, "display_name": display_name, "team": self.team_id}
        if with_email and self.email:
            profile["email"] = self.email
        user: Json = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "real_name": name,
            "deleted": self.deleted,
            "profile": profile,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "is_stranger": self.is_stranger,
        }
        if with_email and self.email and self.is_email_confirmed is not None:
            user["is_email_confirmed"] = self.is_email_confirmed
        if not self.is_stranger:
            user |= {
                "tz": self.tz,
                "locale": self.locale,
                "is_admin": self.is_admin,
                "is_owner": self.is_owner,
                "is_primary_owner": False,
                "is_restricted": self.is_restricted,
                "is_ultra_restricted": self.is_ultra_restricted,
            }
        return user


@dataclass(slots=True)
class UserGroup:
    id: str
    handle: str
    name: str
    users: tuple[str, ...] = ()

    def wire(self, *, team_id: str, with_users: bool) -> Json:
        group: Json = {
            "id": self.id,
            "team_id": team_id,
            "is_usergroup": True,
            "handle": self.handle,
            "name": self.name,
            "user_count": len(self.users),
            "date_delete": 0,
        }
        if with_users:
            group["users"] = list(self.users)
        return group
