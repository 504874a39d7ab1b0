"""People and groups as Confluence writes them."""

from __future__ import annotations

from footnote_bot.playground.confluence.calls import Call, Json
from footnote_bot.playground.confluence.model import Group, User


def user(call: Call, someone: User) -> Json:
    """Return a user. Cloud shows the e-mail address if its owner allows it, else an empty one; Data
    Center shows none."""
    if not call.world.is_cloud:
        with_status = "status" in call.words("expand")
        return {
            "type": "known",
            "username": someone.username,
            "userKey": someone.id,
            "profilePicture": _picture("/images/icons/profilepics/default.svg"),
            "displayName": someone.name,
            "_links": {"self": f"{call.site}/rest/api/user?key={someone.id}"},
            **({"status": "current" if someone.active else "deactivated"} if with_status else {}),
            "_expandable": {} if with_status else {"status": ""},
        }
    return {
        "type": "known",
        "accountId": someone.id,
        "accountType": "app" if someone.app else "atlassian",
        "email": someone.email if someone.email_visible else "",
        "publicName": someone.username,
        "profilePicture": _picture(f"/wiki/aa-avatar/{someone.id}"),
        "displayName": someone.name,
        "isExternalCollaborator": someone.guest,
        "isGuest": someone.guest,
        "locale": "en_US",
        "accountStatus": "active" if someone.active else "inactive",
        "_expandable": {"operations": "", "personalSpace": ""},
        "_links": {"self": f"{call.site}/rest/api/user?accountId={someone.id}"},
    }


def author(call: Call, identity: str) -> Json:
    """Return an author, who may be unknown."""
    if identity in call.world.users:
        return user(call, call.world.users[identity])
    return {
        "type": "anonymous",
        "profilePicture": _picture("/images/icons/profilepics/anonymous.svg"),
        "displayName": "Anonymous",
    }


def group(call: Call, some: Group) -> Json:
    links = {"self": f"{call.site}/rest/api/group/{some.name}"}
    if call.world.is_cloud:
        return {"type": "group", "name": some.name, "id": some.id, "_links": links}
    return {"type": "group", "name": some.name, "_links": links}


def _picture(path: str) -> Json:
    return {"path": path, "width": 48, "height": 48, "isDefault": True}
