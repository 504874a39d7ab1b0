"""Data Center's REST API."""

from __future__ import annotations

from collections.abc import Iterator

from footnote_bot.playground.confluence import content_v1, people
from footnote_bot.playground.confluence.calls import Call, Json, Refusal, no_content
from footnote_bot.playground.confluence.model import Content, Grant, Group, User
from footnote_bot.playground.confluence.routes import Download, Route, get
from footnote_bot.playground.confluence.shared_v1 import (
    attached,
    attachment,
    current_user,
    expanded,
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
from footnote_bot.playground.confluence.world import LICENSED


def _contents(call: Call) -> Json:
    return _listed(call, call.text("spaceKey"), call.text("type", "page"))


def _space_contents(call: Call, key: str, kind: str) -> Json:
    return _listed(call, call.space(key=key).key, kind)


def _listed(call: Call, space: str, kind: str) -> Json:
    status, title = call.text("status", "current"), call.text("title")
    expand = expanded(call)
    matching = [
        content
        for content in call.world.contents.values()
        if content.type == kind
        and _has_status(content, status)
        and (not space or content.space == space)
        and (not title or content.title == title)
        and call.sees(content)
    ]
    most = 50 if any(e.startswith("body") for e in expand) else 200
    return call.v1_page(matching, lambda c: content_v1.content(call, c, expand), most=most)


def _content(call: Call, identity: str) -> Json:
    if identity.startswith("att"):
        return content_v1.attachment(call, *attachment(call, identity), expanded(call))
    content = call.content(identity)
    if not _has_status(content, call.text("status", "current")):
        raise no_content(identity)
    return content_v1.content(call, content, expanded(call) or ["space", "version", "history"])


def _has_status(content: Content, status: str) -> bool:
    """Return whether content has the status; ``any`` excludes drafts and deleted content."""
    if status == "any":
        return content.status in {"current", "archived", "trashed"}
    return content.status == status


def _children(call: Call, identity: str, kind: str) -> Json:
    content, expand = call.content(identity), expanded(call)
    if kind == "attachment":
        return call.v1_page(
            content.attachments, lambda a: content_v1.attachment(call, content, a, expand)
        )
    if kind == "comment":
        comments = [
            comment
            for comment in content.comments
            if call.text("depth") == "all" or not content_v1.comments_above(content, comment)
        ]
        return call.v1_page(comments, lambda c: content_v1.comment(call, content, c, expand))
    children = [
        child
        for child in call.world.children(content.id)
        if child.type == "page" and child.status == "current" and call.sees(child)
    ]
    return call.v1_page(children, lambda c: content_v1.content(call, c, expand))


def _download(call: Call, page: str, name: str) -> Download:
    file = attached(call, page, name)
    return Download(file.at(version_asked(call, file)), file.media_type)


def _labels(call: Call, identity: str) -> Json:
    return call.v1_page(call.content(identity).labels, content_v1.label)


def _spaces(call: Call) -> Json:
    keys = call.words("spaceKey")
    kind, status = call.text("type"), call.text("status")
    spaces = [
        space
        for space in call.spaces()
        if (not keys or space.key in keys)
        and (not kind or space.type == kind)
        and (not status or space.status == status)
    ]
    expand = expanded(call)
    return call.v1_page(spaces, lambda s: content_v1.space(call, s, *expand), most=500)


def _space(call: Call, key: str) -> Json:
    return content_v1.space(call, call.space(key=key), *expanded(call))


def _permissions(call: Call, key: str) -> list[Json]:
    space = call.space(key=key)
    return [
        _permission(call, grant, space.key)
        for grant in space.grants
        if grant.who.kind != "anonymous"
    ]


def _anonymous_permissions(call: Call, key: str) -> list[Json]:
    space = call.space(key=key)
    return [
        _permission(call, grant, space.key)
        for grant in space.grants
        if grant.who.kind == "anonymous"
    ]


def _permission(call: Call, grant: Grant, key: str) -> Json:
    """Return a permission; users appear by their key alone, and all licensed users as the group
    that licenses them."""
    subjects: dict[str, Json] = {
        "user": {"type": "user", "userKey": grant.who.name},
        "group": {"type": "group", "name": grant.who.name},
        "licensed": {"type": "group", "name": LICENSED},
        "anonymous": {"type": "anonymous"},
    }
    target = "space" if grant.operation in {"read", "administer", "export"} else "page"
    return {
        "operation": {"targetType": target, "operationKey": grant.operation},
        "subject": subjects[grant.who.kind],
        "spaceKey": key,
        "spaceId": int(call.world.spaces[key].id),
    }


def _server(call: Call) -> Json:
    return {
        "version": ".".join(map(str, call.world.version)),
        "buildNumber": "9107",
        "buildDate": "2025-04-01",
        "baseUrl": call.site,
        "marketplaceVersion": "9107",
        "title": "Confluence",
        "timeZone": str(call.world.timezone),
    }


def _user(call: Call) -> Json:
    return people.user(call, _requested_user(call))


def _requested_user(call: Call) -> User:
    if call.text("key"):
        return known_user(call, call.text("key"))
    return _by_username(call, call.text("username"))


def _by_username(call: Call, username: str) -> User:
    for user in call.world.users.values():
        if user.username == username:
            return user
    raise Refusal(404, f"No user found with username : {username}")


def _users(call: Call) -> Json:
    return call.v1_page(list(call.world.users.values()), lambda u: people.user(call, u))


def _profile(call: Call, username: str) -> Json:
    """Return a profile, the one place where Data Center shows an e-mail."""
    user = _by_username(call, username)
    return {
        "userName": user.username,
        "fullName": user.name,
        "email": user.email if user.email_visible else "",
        "url": f"{call.site}/display/~{user.username}",
        "anonymous": False,
        "unknownUser": False,
    }


def _member_of(call: Call) -> Json:
    return member_of(call, _requested_user(call))


def _group(call: Call, name: str) -> Json:
    return people.group(call, _group_named(call, name))


def _members(call: Call, name: str) -> Json:
    return members(call, _group_named(call, name))


def _group_named(call: Call, name: str) -> Group:
    if name not in call.world.groups:
        raise Refusal(404, f"There is no group with name : {name}")
    return call.world.groups[name]


def _ancestors(call: Call, name: str) -> Json:
    """Return the groups that a group is in, directly or through other groups."""
    if call.world.version < (9, 4):
        raise Refusal(404, f"null for uri: {call.site}{call.path}")
    ancestors, names = set[str](), {_group_named(call, name).name}
    while names:
        names = {n for n, g in call.world.groups.items() if g.groups & names} - ancestors
        ancestors |= names
    return call.v1_page(
        [call.world.groups[n] for n in sorted(ancestors)], lambda g: people.group(call, g)
    )


def _webhooks(call: Call) -> Json:
    return call.v1_page([], lambda w: w)


def _routes() -> Iterator[Route]:
    base = "^/rest/api/"
    yield get(f"{base}content/search$", search_content)
    yield get(f"{base}search$", search)
    yield get(f"{base}content$", _contents)
    yield get(f"{base}content/([^/]+)$", _content)
    yield get(f"{base}content/([^/]+)/child/(page|attachment|comment)$", _children)
    yield get(f"{base}content/([^/]+)/label$", _labels)
    yield get(f"{base}content/([^/]+)/restriction/byOperation$", restrictions)
    yield get(f"{base}content/([^/]+)/restriction/byOperation/(read|update)$", restriction)
    yield get("^/download/attachments/([^/]+)/([^/]+)$", _download)
    yield get(f"{base}space$", _spaces)
    yield get(f"{base}space/([^/]+)$", _space)
    yield get(f"{base}space/([^/]+)/content/(page|blogpost)$", _space_contents)
    yield get(f"{base}space/([^/]+)/permissions$", _permissions, refusal=500)
    yield get(f"{base}space/([^/]+)/permissions/anonymous$", _anonymous_permissions, refusal=500)
    yield get(f"{base}server-information$", _server)
    yield get(f"{base}webhooks$", _webhooks, refusal=403)
    yield get(f"{base}user$", _user)
    yield get(f"{base}user/current$", current_user)
    yield get(f"{base}user/memberof$", _member_of)
    yield get(f"{base}user/list$", _users, refusal=403)
    yield get("^/rest/mobile/1.0/profile/([^/]+)$", _profile)
    yield get(f"{base}group$", groups)
    yield get(f"{base}group/([^/]+)$", _group)
    yield get(f"{base}group/([^/]+)/member$", _members)
    yield get(f"{base}group/([^/]+)/groupancestor$", _ancestors)


ROUTES = tuple(_routes())
