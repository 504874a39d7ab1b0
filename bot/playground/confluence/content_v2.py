"""Content as Cloud's second REST API writes it."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.playground.confluence.calls import Call, Json, Refusal
from bot.playground.confluence.content_v1 import download_link, hash_of, webui
from bot.playground.confluence.model import Attachment, Comment, Content, Grant, Space

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


def content(call: Call, of: Content) -> Json:
    """Return the content.

    Raises:
        Refusal: 500 where the body cannot be had as storage.
    """
    above = call.world.contents[of.parent] if of.parent else None
    written: Json = {
        "id": of.id,
        "status": of.status,
        "title": of.title,
        "spaceId": call.world.spaces[of.space].id,
        "authorId": of.author,
        "ownerId": of.author,
        "createdAt": when(of.created),
        "version": {
            "number": of.version,
            "message": of.message,
            "minorEdit": False,
            "authorId": of.author,
            "createdAt": when(of.modified),
        },
        "_links": {
            "webui": webui(call, of),
            "editui": f"/pages/resumedraft.action?draftId={of.id}",
            "tinyui": f"/x/{of.id}",
        },
    }
    if of.type != "blogpost":
        written["parentId"] = above.id if above else None
        written["parentType"] = above.type if above else None
        written["position"] = of.position
    if of.type not in {"page", "blogpost"}:
        return {**written, "type": of.type}
    form = call.text("body-format")
    written["body"] = {}
    if form == "storage":
        if of.id in call.unstorable:
            raise Refusal(500, "java.lang.NullPointerException")
        written["body"] = {"storage": {"representation": "storage", "value": of.body}}
    elif form in {"view", "export_view"}:
        written["body"] = {form: {"representation": form, "value": of.body}}
    if call.text("include-labels") == "true":
        written["labels"] = {
            "results": [label(name) for name in of.labels],
            "meta": {"hasMore": False},
            "_links": {"self": f"/wiki/api/v2/pages/{of.id}/labels"},
        }
    if call.text("include-properties") == "true":
        written["properties"] = {
            "results": properties(of),
            "meta": {"hasMore": False},
            "_links": {"self": f"/wiki/api/v2/pages/{of.id}/properties"},
        }
    return written


def space(call: Call, of: Space) -> Json:
    return {
        "id": of.id,
        "key": of.key,
        "name": of.name,
        "type": of.type,
        "status": of.status,
        "authorId": next(iter(call.world.users), ""),
        "homepageId": of.homepage,
        "currentActiveAlias": of.key,
        "description": None,
        "icon": None,
        "_links": {"webui": f"/spaces/{of.key}"},
    }


def permission(call: Call, of: Grant) -> Json:
    """Return a permission; groups by their id. Anonymous and all licensed users appear as roles."""
    kinds = {
        "user": ("user", of.who.name),
        "group": ("group", ""),
        "anonymous": ("role", "anonymous-users"),
        "licensed": ("role", "all-licensed-users"),
    }
    kind, name = kinds[of.who.kind]
    if kind == "group":
        name = call.world.groups[of.who.name].id
    key, target = {"administer": ("administer", "space"), "export": ("export", "space")}.get(
        of.operation, (of.operation, "space" if of.operation == "read" else "page")
    )
    return {
        "id": str(of.id),
        "principal": {"type": kind, "id": name},
        "operation": {"key": key, "targetType": target},
    }


def label(name: str) -> Json:
    return {"id": str(hash_of(name)), "name": name, "prefix": "global"}


def properties(of: Content) -> list[Json]:
    """Return the property that names the editor, and so the anchors, and those that apps have
    set."""
    return [
        {
            "id": f"{of.id}{number}",
            "key": key,
            "value": value,
            "version": {"number": 1, "createdAt": when(of.created), "authorId": of.author},
        }
        for number, (key, value) in enumerate({"editor": of.editor, **of.properties}.items(), 1)
    ]


def attachment(call: Call, of: Content, file: Attachment) -> Json:
    path = download_link(of, file)
    return {
        "id": file.id,
        "status": "current",
        "title": file.title,
        "createdAt": when(file.modified),
        **_place(of),
        "mediaType": file.media_type,
        "mediaTypeDescription": "File",
        "comment": "",
        "fileId": f"file-{file.id}",
        "fileSize": len(file.data),
        "webuiLink": f"{webui(call, of)}?preview=%2F{of.id}%2F{file.id}",
        "downloadLink": path,
        "version": {"number": file.version, "createdAt": when(file.modified)},
        "_links": {"webui": f"{webui(call, of)}?preview=%2F{of.id}", "download": path},
    }


def _place(of: Content) -> Json:
    return {"blogPostId" if of.type == "blogpost" else "pageId": of.id}


def comment(call: Call, of: Content, said: Comment) -> Json:
    written: Json = {
        "id": said.id,
        "status": "current",
        "title": f"Re: {of.title}",
        **({"parentCommentId": said.parent} if said.parent else _place(of)),
        "version": {
            "number": said.version,
            "authorId": said.author,
            "createdAt": when(said.modified),
        },
        "body": {},
        "_links": {"webui": f"{webui(call, of)}?focusedCommentId={said.id}"},
    }
    if call.text("body-format") == "storage":
        written["body"] = {"storage": {"representation": "storage", "value": said.body}}
    if said.inline:
        written["resolutionStatus"] = "resolved" if said.resolved else "open"
        written["properties"] = {"inlineOriginalSelection": said.selection}
    return written
