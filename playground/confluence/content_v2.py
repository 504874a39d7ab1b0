"""Content as Cloud's second REST API writes it."""

from __future__ import annotations

from datetime import UTC, datetime

from footnote_bot.playground.confluence.calls import Call, Json, Refusal
from footnote_bot.playground.confluence.content_v1 import download_link, hash_of, webui
from footnote_bot.playground.confluence.model import Attachment, Comment, Content, Grant, Space

PLURALS = {
    "pages": "page",
    "blogposts": "blogpost",
    "folders": "folder",
    "whiteboards": "whiteboard",
    "databases": "database",
    "embeds": "embed",
}


def when(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def content(call: Call, item: Content) -> Json:
    """Return the content.

    Raises:
        Refusal: 500 if the body is unavailable as storage.
    """
    above = call.world.contents[item.parent] if item.parent else None
    written: Json = {
        "id": item.id,
        "status": item.status,
        "title": item.title,
        "spaceId": call.world.spaces[item.space].id,
        "authorId": item.author,
        "ownerId": item.author,
        "createdAt": when(item.created),
        "version": {
            "number": item.version,
            "message": item.message,
            "minorEdit": False,
            "authorId": item.author,
            "createdAt": when(item.modified),
        },
        "_links": {
            "webui": webui(call, item),
            "editui": f"/pages/resumedraft.action?draftId={item.id}",
            "tinyui": f"/x/{item.id}",
        },
    }
    if item.type != "blogpost":
        written["parentId"] = above.id if above else None
        written["parentType"] = above.type if above else None
        written["position"] = item.position
    if item.type not in {"page", "blogpost"}:
        return {**written, "type": item.type}
    form = call.text("body-format")
    written["body"] = {}
    if form == "storage":
        if item.id in call.unstorable:
            raise Refusal(500, "java.lang.NullPointerException")
        written["body"] = {"storage": {"representation": "storage", "value": item.body}}
    elif form in {"view", "export_view"}:
        written["body"] = {form: {"representation": form, "value": item.body}}
    if call.text("include-labels") == "true":
        written["labels"] = {
            "results": [label(name) for name in item.labels],
            "meta": {"hasMore": False},
            "_links": {"self": f"/wiki/api/v2/pages/{item.id}/labels"},
        }
    if call.text("include-properties") == "true":
        written["properties"] = {
            "results": properties(item),
            "meta": {"hasMore": False},
            "_links": {"self": f"/wiki/api/v2/pages/{item.id}/properties"},
        }
    return written


def space(call: Call, space_: Space) -> Json:
    return {
        "id": space_.id,
        "key": space_.key,
        "name": space_.name,
        "type": space_.type,
        "status": space_.status,
        "authorId": next(iter(call.world.users), ""),
        "homepageId": space_.homepage,
        "currentActiveAlias": space_.key,
        "description": None,
        "icon": None,
        "_links": {"webui": f"/spaces/{space_.key}"},
    }


def permission(call: Call, grant: Grant) -> Json:
    """Return a permission; groups by their id. Anonymous and all licensed users appear as roles."""
    kinds = {
        "user": ("user", grant.who.name),
        "group": ("group", ""),
        "anonymous": ("role", "anonymous-users"),
        "licensed": ("role", "all-licensed-users"),
    }
    kind, name = kinds[grant.who.kind]
    if kind == "group":
        name = call.world.groups[grant.who.name].id
    key, target = {"administer": ("administer", "space"), "export": ("export", "space")}.get(
        grant.operation, (grant.operation, "space" if grant.operation == "read" else "page")
    )
    return {
        "id": str(grant.id),
        "principal": {"type": kind, "id": name},
        "operation": {"key": key, "targetType": target},
    }


def label(name: str) -> Json:
    return {"id": str(hash_of(name)), "name": name, "prefix": "global"}


def properties(item: Content) -> list[Json]:
    """Return the property that names the editor, which decides the anchors, and the properties that
    apps have set."""
    return [
        {
            "id": f"{item.id}{number}",
            "key": key,
            "value": value,
            "version": {"number": 1, "createdAt": when(item.created), "authorId": item.author},
        }
        for number, (key, value) in enumerate({"editor": item.editor, **item.properties}.items(), 1)
    ]


def attachment(call: Call, item: Content, file: Attachment) -> Json:
    path = download_link(item, file)
    return {
        "id": file.id,
        "status": "current",
        "title": file.title,
        "createdAt": when(file.modified),
        **_place(item),
        "mediaType": file.media_type,
        "mediaTypeDescription": "File",
        "comment": "",
        "fileId": f"file-{file.id}",
        "fileSize": len(file.data),
        "webuiLink": f"{webui(call, item)}?preview=%2F{item.id}%2F{file.id}",
        "downloadLink": path,
        "version": {"number": file.version, "createdAt": when(file.modified)},
        "_links": {"webui": f"{webui(call, item)}?preview=%2F{item.id}", "download": path},
    }


def _place(item: Content) -> Json:
    return {"blogPostId" if item.type == "blogpost" else "pageId": item.id}


def comment(call: Call, item: Content, comment_: Comment) -> Json:
    written: Json = {
        "id": comment_.id,
        "status": "current",
        "title": f"Re: {item.title}",
        **({"parentCommentId": comment_.parent} if comment_.parent else _place(item)),
        "version": {
            "number": comment_.version,
            "authorId": comment_.author,
            "createdAt": when(comment_.modified),
        },
        "body": {},
        "_links": {"webui": f"{webui(call, item)}?focusedCommentId={comment_.id}"},
    }
    if call.text("body-format") == "storage":
        written["body"] = {"storage": {"representation": "storage", "value": comment_.body}}
    if comment_.inline:
        written["resolutionStatus"] = "resolved" if comment_.resolved else "open"
        written["properties"] = {"inlineOriginalSelection": comment_.selection}
    return written
