"""The documented rest of Cloud's first REST API. Everything else is gone, and answers 410."""

from __future__ import annotations

import re
from collections.abc import Iterator

from footnote_bot.playground.confluence import people
from footnote_bot.playground.confluence.calls import Call, Json, Refusal
from footnote_bot.playground.confluence.model import Group
from footnote_bot.playground.confluence.routes import Redirect, Route, get, post
from footnote_bot.playground.confluence.shared_v1 import (
    attached,
    current_user,
    groups,
    known_user,
    member_of,
    members,
    restriction,
    restrictions,
    search,
    search_content,
    version_asked,
)

_USER_CQL = re.compile(r'user\.(fullname|accountid)\s*(?:~|=)\s*"([^"]*)"')
_GUESTS = {"none": {False}, "externalCollaborator": {True}, "all": {False, True}}


def _user(call: Call) -> Json:
    return people.user(call, known_user(call, call.text("accountId")))


def _users(call: Call) -> Json:
    users = [call.world.users[i] for i in call.words("accountId") if i in call.world.users]
    return call.v1_page(users, lambda u: people.user(call, u))


def _email(call: Call) -> Json:
    """Return a person's e-mail address to an approved app, even if the person hides it."""
    someone = known_user(call, call.text("accountId"))
    return {"accountId": someone.id, "email": someone.email}


def _search_users(call: Call) -> Json:
    """Search people by name, or all of them (``type=user``), at most 10,000. It finds no e-mail
    addresses and no deactivated people, and guests only on request. It pages by ``start``."""
    cql = call.text("cql")
    match = _USER_CQL.fullmatch(cql.strip())
    if match is None and cql.replace(" ", "") != "type=user":
        raise Refusal(400, f"Could not parse cql : {cql}")
    guests = _GUESTS.get(call.text("sitePermissionTypeFilter", "none"))
    if guests is None:
        raise Refusal(400, "sitePermissionTypeFilter is none, externalCollaborator or all")
    users = [
        someone
        for someone in call.world.users.values()
        if someone.active
        and someone.guest in guests
        and (
            match is None
            or (match[1] == "accountid" and match[2] == someone.id)
            or (match[1] == "fullname" and match[2].casefold() in someone.name.casefold())
        )
    ][:10_000]
    page = call.v1_page(
        users,
        lambda u: {
            "user": people.user(call, u),
            "title": u.name,
            "excerpt": "",
            "url": f"/people/{u.id}",
            "entityType": "user",
        },
    )
    return {**page, "totalSize": len(users), "cqlQuery": cql}


def _member_of(call: Call) -> Json:
    return member_of(call, known_user(call, call.text("accountId")))


def _group_members(call: Call, identity: str) -> Json:
    return members(call, _group_by_id(call, identity))


def _group(call: Call) -> Json:
    return people.group(call, _group_by_id(call, call.text("id")))


def _group_by_id(call: Call, identity: str) -> Group:
    for group in call.world.groups.values():
        if group.id == identity:
            return group
    raise Refusal(404, f"There is no group with id : {identity}")


def _check(call: Call, identity: str) -> Json:
    """Return the effective access; a denial is no error."""
    content = call.content(identity)
    match call.body:
        case {"subject": {"type": kind, "identifier": str(name)}, "operation": "read"}:
            pass
        case _:
            raise Refusal(400, "subject and operation are needed")
    if kind == "user":
        allowed = name in call.world.users and call.world.may_read(name, content.id)
    else:
        group = _group_by_id(call, name)
        allowed = all(call.world.may_read(user, content.id) for user in group.users)
    return {"hasPermission": allowed, "errors": [], "_links": {"base": call.site}}


def _download(call: Call, page: str, name: str) -> Redirect:
    """Redirect to another host, with a secret address."""
    file = attached(call, page, name)
    version = version_asked(call, file)
    return Redirect(f"{call.media}/file/{page}/{file.id}/binary?token=signed-{version}")


def _for_browsers(_call: Call, _page: str, _name: str) -> Json:
    """Refuse: since CHANGE-2735 no token is accepted here."""
    raise Refusal(401, "Unauthorized")


def _system_info(call: Call) -> Json:
    return {
        "cloudId": "local-cloud-id",
        "commitHash": "0000000",
        "baseUrl": call.site,
        "edition": "STANDARD",
        "siteTitle": "Confluence",
        "defaultLocale": "en_US",
        "defaultTimeZone": str(call.world.timezone),
        "microsPerimeter": "commercial",
    }


def _gone(_: Call) -> Json:
    raise Refusal(410, "This deprecated endpoint has been removed.")


def _routes() -> Iterator[Route]:
    base = "^/rest/api/"
    searching = ("search:confluence", "read:content-details:confluence")
    yield get(f"{base}content/search$", search_content, *searching)
    yield get(f"{base}search$", search, *searching)
    user = ("read:user:confluence", "read:confluence-user", "read:content-details:confluence")
    yield get(f"{base}search/user$", _search_users, *user)
    restricting = ("read:content.restriction:confluence", "read:confluence-content.all")
    yield get(f"{base}content/([^/]+)/restriction/byOperation$", restrictions, *restricting)
    yield get(
        f"{base}content/([^/]+)/restriction/byOperation/(read|update)$", restriction, *restricting
    )
    yield get(
        f"{base}content/([^/]+)/child/attachment/([^/]+)/download$",
        _download,
        "read:attachment:confluence",
        "readonly:content.attachment:confluence",
    )
    yield get("^/download/attachments/([^/]+)/([^/]+)$", _for_browsers)
    yield post(
        f"{base}content/([^/]+)/permission/check$",
        _check,
        "read:content.permission:confluence",
        "read:confluence-content.permission",
    )
    group = ("read:group:confluence", "read:confluence-groups")
    yield get(f"{base}group$", groups, *group)
    yield get(f"{base}group/by-id$", _group, *group)
    yield get(f"{base}group/([^/]+)/membersByGroupId$", _group_members, *group)
    yield get(f"{base}user$", _user, *user)
    yield get(f"{base}user/current$", current_user, *user)
    yield get(f"{base}user/memberof$", _member_of, *group)
    yield get(f"{base}user/bulk$", _users, *user)
    yield get(f"{base}user/email$", _email, "read:email-address:confluence", refusal=403)
    yield get(f"{base}settings/systemInfo$", _system_info, "read:configuration:confluence")
    yield get(f"{base}(?:content|space)(?:/.*)?$", _gone)


ROUTES = tuple(_routes())
