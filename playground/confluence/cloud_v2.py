"""Cloud's second REST API. It has no search, no restrictions and no groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from footnote_bot.playground.confluence import content_v2
from footnote_bot.playground.confluence.calls import Call, Json, Refusal, no_content
from footnote_bot.playground.confluence.content_v1 import comments_above
from footnote_bot.playground.confluence.content_v2 import PLURALS
from footnote_bot.playground.confluence.model import Content
from footnote_bot.playground.confluence.routes import Route, get
from footnote_bot.playground.confluence.shared_v1 import attachment


def _spaces(call: Call) -> Json:
    keys, ids = call.words("keys"), call.words("ids")
    kind, status = call.text("type"), call.text("status")
    spaces = (
        (int(space.id), space)
        for space in call.spaces()
        if (not keys or space.key in keys)
        and (not ids or space.id in ids)
        and (not kind or space.type == kind)
        and (not status or space.status == status)
    )
    return call.v2_page(spaces, lambda space: content_v2.space(call, space))


def _space(call: Call, identity: str) -> Json:
    return content_v2.space(call, call.space(identity=identity))


def _permissions(call: Call, identity: str) -> Json:
    space = call.space(identity=identity)
    rows = ((grant.id, grant) for grant in space.grants)
    return call.v2_page(rows, lambda grant: content_v2.permission(call, grant))


def _contents(call: Call, plural: str) -> Json:
    return _listed(call, plural, call.words("space-id"))


def _space_contents(call: Call, identity: str, plural: str) -> Json:
    return _listed(call, plural, [call.space(identity=identity).id])


def _listed(call: Call, plural: str, spaces: list[str]) -> Json:
    statuses = call.words("status") or ["current"]
    if not set(statuses) <= {"current", "archived", "deleted", "trashed", "draft"}:
        raise Refusal(400, f"Invalid status {call.text('status')}")
    ids, title = call.words("id"), call.text("title")
    keys = {space.key for space in call.spaces() if not spaces or space.id in spaces}
    contents: Iterable[Content] = call.world.contents.values()
    if ids:
        contents = [
            call.world.contents[i] for i in sorted(ids, key=int) if i in call.world.contents
        ]
    matching = (
        (int(content.id), content)
        for content in contents
        if content.type == PLURALS[plural]
        and content.status in statuses
        and content.space in keys
        and (not title or content.title == title)
        and call.sees(content)
    )
    return call.v2_page(matching, lambda content: content_v2.content(call, content))


def _content(call: Call, plural: str, identity: str) -> Json:
    return content_v2.content(call, _of(call, plural, identity))


def _of(call: Call, plural: str, identity: str) -> Content:
    content = call.content(identity)
    if content.type != PLURALS[plural]:
        raise no_content(identity)
    return content


def _ancestors(call: Call, plural: str, identity: str) -> Json:
    """Return only ids and types, the topmost first."""
    above = call.world.path(_of(call, plural, identity).id)[:-1]
    return {"results": [{"id": node.id, "type": node.type} for node in above], "_links": {}}


def _children(call: Call, plural: str, identity: str) -> Json:
    content = _of(call, plural, identity)
    children = (
        (int(child.id), child)
        for child in call.world.children(content.id)
        if child.status == "current" and call.sees(child)
    )

    def wire(child: Content) -> Json:
        return {
            "id": child.id,
            "status": child.status,
            "title": child.title,
            "type": child.type,
            "spaceId": call.world.spaces[child.space].id,
            "childPosition": child.position,
        }

    return call.v2_page(children, wire)


def _descendants(call: Call, plural: str, identity: str) -> Json:
    content = _of(call, plural, identity)
    descendants = sorted(
        (int(node.id), node)
        for node in call.world.subtree(content.id)
        if node is not content and node.status == "current" and call.sees(node)
    )

    def wire(node: Content) -> Json:
        return {
            "id": node.id,
            "status": node.status,
            "title": node.title,
            "type": node.type,
            "parentId": node.parent,
            "depth": len(call.world.path(node.id)) - len(call.world.path(content.id)),
        }

    return call.v2_page(descendants, wire)


def _labels(call: Call, plural: str, identity: str) -> Json:
    names = _of(call, plural, identity).labels
    return call.v2_page(enumerate(names), content_v2.label)


def _properties(call: Call, plural: str, identity: str) -> Json:
    properties = content_v2.properties(_of(call, plural, identity))
    key = call.text("key")
    return call.v2_page(
        enumerate(p for p in properties if not key or p["key"] == key), lambda property_: property_
    )


def _attachments(call: Call, plural: str, identity: str) -> Json:
    content = _of(call, plural, identity)
    files = ((int(file.id.removeprefix("att")), file) for file in content.attachments)
    return call.v2_page(
        sorted(files, key=lambda f: f[0]), lambda f: content_v2.attachment(call, content, f)
    )


def _footer_comments(call: Call, plural: str, identity: str) -> Json:
    return _comments(call, _of(call, plural, identity), inline=False)


def _inline_comments(call: Call, plural: str, identity: str) -> Json:
    return _comments(call, _of(call, plural, identity), inline=True)


def _comments(call: Call, content: Content, *, inline: bool) -> Json:
    """Return the comments that are no answers to others."""
    comments = (
        (int(c.id), c)
        for c in content.comments
        if c.inline == inline and not comments_above(content, c)
    )
    return call.v2_page(comments, lambda comment: content_v2.comment(call, content, comment))


def _answers(call: Call, kind: str, identity: str) -> Json:
    """Return only the direct answers."""
    content = next(
        (
            content
            for content in call.world.contents.values()
            if identity in {c.id for c in content.comments if c.inline == (kind == "inline")}
        ),
        None,
    )
    if content is None or content.status == "deleted" or not call.sees(content):
        raise no_content(identity)
    answers = ((int(c.id), c) for c in content.comments if c.parent == identity)
    return call.v2_page(answers, lambda comment: content_v2.comment(call, content, comment))


def _attachment(call: Call, identity: str) -> Json:
    return content_v2.attachment(call, *attachment(call, identity))


def _routes() -> Iterator[Route]:
    base, texts = "^/api/v2/", "(pages|blogposts)"
    any_kind = f"({'|'.join(PLURALS)})"
    page = ("read:page:confluence", "read:confluence-content.all")
    space = ("read:space:confluence", "read:confluence-space.summary")
    yield get(f"{base}spaces$", _spaces, *space)
    yield get(f"{base}spaces/([^/]+)$", _space, *space)
    yield get(
        f"{base}spaces/([^/]+)/permissions$",
        _permissions,
        "read:space.permission:confluence",
        *space,
    )
    yield get(f"{base}spaces/([^/]+)/{texts}$", _space_contents, *page)
    yield get(f"{base}{texts}$", _contents, *page)
    yield get(f"{base}{any_kind}/([^/]+)$", _content, *page)
    details = ("read:content.metadata:confluence", "read:confluence-content.summary", *page)
    yield get(f"{base}{any_kind}/([^/]+)/ancestors$", _ancestors, *details)
    yield get(f"{base}{any_kind}/([^/]+)/direct-children$", _children, *details)
    yield get(f"{base}{any_kind}/([^/]+)/descendants$", _descendants, *details)
    yield get(f"{base}{texts}/([^/]+)/labels$", _labels, "read:label:confluence", *details)
    yield get(f"{base}{texts}/([^/]+)/properties$", _properties, *details)
    yield get(
        f"{base}{texts}/([^/]+)/attachments$",
        _attachments,
        "read:attachment:confluence",
        "readonly:content.attachment:confluence",
        "read:confluence-content.all",
    )
    yield get(f"{base}attachments/([^/]+)$", _attachment, "read:attachment:confluence")
    comments = ("read:comment:confluence", "read:confluence-content.all")
    yield get(f"{base}(footer|inline)-comments/([^/]+)/children$", _answers, *comments)
    yield get(f"{base}{texts}/([^/]+)/footer-comments$", _footer_comments, *comments)
    yield get(f"{base}{texts}/([^/]+)/inline-comments$", _inline_comments, *comments)


ROUTES = tuple(_routes())
