"""Endpoints of the first REST API on both products: search, restrictions, downloads."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from footnote_bot.playground.confluence import content_v1, people
from footnote_bot.playground.confluence.calls import Call, Json, Refusal, no_content
from footnote_bot.playground.confluence.cql import BadCql, parse
from footnote_bot.playground.confluence.model import Attachment, Content, Group, User


def expanded(call: Call) -> list[str]:
    return call.words("expand")


def search_content(call: Call) -> Json:
    expand = expanded(call)
    return _searched(call, expand, lambda c: content_v1.content(call, c, expand))


def search(call: Call) -> Json:
    expand = expanded(call)
    inner = [path.removeprefix("content.") for path in expand]
    return _searched(call, inner, lambda c: content_v1.search_result(call, c, expand))


def _searched(call: Call, expand: list[str], wire: Callable[[Content], Json]) -> Json:
    cql = call.text("cql")
    try:
        query = parse(cql, call.world)
    except BadCql as bad:
        raise Refusal(400, str(bad)) from bad
    world = call.world
    matching = [
        world.contents.get(indexed.id, indexed)
        for page in world.indexed().values()
        for indexed in (page, *_attached_to(page))
        if query.matches(indexed)
        and indexed.id not in world.unindexed
        and _is_still_there(indexed, world.contents[page.id])
        and _shown(call, world.contents[page.id])
    ]
    page = call.v1_page(
        query.sorted(matching), wire, most=_cap(expand), cursors=call.world.is_cloud
    )
    return {**page, "totalSize": len(matching), "cqlQuery": cql, "searchDuration": 5}


def _attached_to(page: Content) -> Iterator[Content]:
    """Yield a page's attachments and comments, which the index holds separately."""
    for file in page.attachments:
        yield Content(file.id, "attachment", page.space, file.title, page.id, "", page.author,
                      file.modified, file.modified)  # fmt: skip
    for comment in page.comments:
        yield Content(comment.id, "comment", page.space, f"Re: {page.title}", page.id, comment.body,
                      comment.author, comment.created, comment.modified)  # fmt: skip


def _is_still_there(indexed: Content, live: Content) -> bool:
    if indexed.id == live.id:
        return True
    files, comments = live.attachments, live.comments
    return indexed.id in {*(file.id for file in files), *(comment.id for comment in comments)}


def _shown(call: Call, live: Content) -> bool:
    """Return whether search shows it: the index may lag, but deleted or closed content is never
    shown."""
    archived = call.text("includeArchivedSpaces") == "true"
    return (
        live.status == "current"
        and call.sees(live)
        and (archived or call.world.spaces[live.space].status == "current")
    )


def _cap(expand: list[str]) -> int:
    """Return the server's limit, which it applies without saying so."""
    if any(path.split(".")[0] == "body" for path in expand):
        return 50
    return 200 if expand else 1000


def restrictions(call: Call, identity: str) -> Json:
    content = call.content(identity)
    written: Json = {
        kind: content_v1.restriction(
            call, content, kind, deeper=[f"{kind}.restrictions.{w}" for w in ("user", "group")]
        )
        for kind in ("read", "update")
    }
    links = {"self": f"{call.site}{call.path}", "base": call.site, "context": call.context}
    return {**written, "_links": links}


def restriction(call: Call, identity: str, kind: str) -> Json:
    """Return a restriction; ``start`` and ``limit`` count users and groups separately."""
    return content_v1.restriction(
        call,
        call.content(identity),
        kind,
        deeper=[f"{kind}.restrictions.{w}" for w in ("user", "group")],
        start=call.number("start", 0),
        limit=call.number("limit", call.subjects_per_page),
    )


def attached(call: Call, page: str, name: str) -> Attachment:
    """Return an attachment by its id or its title.

    Raises:
        Refusal: 404.
    """
    for file in call.content(page).attachments:
        if name in {file.id, file.title}:
            return file
    raise Refusal(404, f"No attachment {name}")


def version_asked(call: Call, file: Attachment) -> int:
    """Return the requested version, by default the latest.

    Raises:
        Refusal: 404, there is no such version.
    """
    version = call.number("version", file.version)
    if not 0 < version <= file.version:
        raise Refusal(404, f"No version {version} of {file.id}")
    return version


def attachment(call: Call, identity: str) -> tuple[Content, Attachment]:
    """Return an attachment with its page, if the caller may see that.

    Raises:
        Refusal: 404.
    """
    for page in call.world.contents.values():
        for file in page.attachments:
            if file.id == identity and page.status != "deleted" and call.sees(page):
                return page, file
    raise no_content(identity)


def current_user(call: Call) -> Json:
    if call.caller is None:
        return people.author(call, "")
    return people.user(call, call.world.users[call.caller])


def member_of(call: Call, someone: User) -> Json:
    """Return every group of a user, with groups of groups if the world flattens them."""
    world = call.world
    direct = {name for name, group in world.groups.items() if someone.id in group.users}
    names = sorted(world.groups_of(someone.id) if world.flattens else direct)
    return call.v1_page([call.world.groups[n] for n in names], lambda g: people.group(call, g))


def groups(call: Call) -> Json:
    sorted_groups = sorted(call.world.groups.values(), key=lambda g: g.name)
    return call.v1_page(sorted_groups, lambda g: people.group(call, g))


def members(call: Call, group: Group) -> Json:
    """Return the direct members of a group."""
    users = [call.world.users[identity] for identity in sorted(group.users)]
    return call.v1_page(users, lambda u: people.user(call, u))


def known_user(call: Call, identity: str) -> User:
    """Return the user.

    Raises:
        Refusal: 404.
    """
    if identity not in call.world.users:
        raise Refusal(404, f"No user found with id : {identity}")
    return call.world.users[identity]
