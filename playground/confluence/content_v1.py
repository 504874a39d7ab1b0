"""Content as the first REST API writes it, on Data Center and in Cloud's searches."""

from __future__ import annotations

from datetime import UTC, datetime
from html import unescape
from re import sub
from urllib.parse import quote, quote_plus

from footnote_bot.playground.confluence import people
from footnote_bot.playground.confluence.calls import Call, Json, Refusal, no_content
from footnote_bot.playground.confluence.model import Attachment, Comment, Content, Space, Who


def when(call: Call, at: datetime) -> str:
    """Return the time: Cloud writes UTC, Data Center its own timezone."""
    if call.world.is_cloud:
        return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return at.astimezone(call.world.timezone).isoformat(timespec="milliseconds")


def webui(call: Call, content: Content) -> str:
    if call.world.is_cloud:
        words = {"page": "pages", "folder": "folder", "blogpost": "blog"}
        kind = words.get(content.type, content.type)
        return f"/spaces/{content.space}/{kind}/{content.id}/{quote_plus(content.title)}"
    if any(mark in content.title for mark in '&?/\\;"+%'):
        return f"/pages/viewpage.action?pageId={content.id}"
    return f"/display/{content.space}/{quote_plus(content.title)}"


def space(call: Call, space_: Space, *expanded: str) -> Json:
    written: Json = {
        "id": int(space_.id),
        "key": space_.key,
        "name": space_.name,
        "type": space_.type,
        "status": space_.status,
        "_expandable": {
            "description": "",
            "homepage": f"/rest/api/content/{space_.homepage}" if space_.homepage else "",
            "icon": "",
            "metadata": "",
            "permissions": "",
        },
        "_links": {
            "webui": f"/spaces/{space_.key}" if call.world.is_cloud else f"/display/{space_.key}",
            "self": f"{call.site}/rest/api/space/{space_.key}",
        },
    }
    if call.world.is_cloud:
        written["alias"] = space_.key
    if "homepage" in expanded and space_.homepage:
        written["homepage"] = content(call, call.world.contents[space_.homepage], [])
    return written


def content(call: Call, item: Content, expand: list[str]) -> Json:
    """Return the content.

    Raises:
        Refusal: 500 if the body is unavailable as storage (CONFCLOUD-76433).
    """
    if item.type in {"attachment", "comment"}:
        return _attached_document(call, item, expand)
    written: Json = {
        "id": item.id,
        "type": item.type,
        "status": item.status,
        "title": item.title,
        "extensions": {"position": item.position or "none"},
        "_links": {
            "webui": webui(call, item),
            "tinyui": f"/x/{item.id}",
            "self": f"{call.site}/rest/api/content/{item.id}",
        },
    }
    expandable: Json = {
        "ancestors": "",
        "body": "",
        "children": f"/rest/api/content/{item.id}/child",
        "container": f"/rest/api/space/{item.space}",
        "history": f"/rest/api/content/{item.id}/history",
        "metadata": "",
        "restrictions": f"/rest/api/content/{item.id}/restriction/byOperation",
        "space": f"/rest/api/space/{item.space}",
        "version": "",
    }
    for name in dict.fromkeys(path.split(".")[0] for path in expand):
        deeper = [p.partition(".")[2] for p in expand if p.split(".")[0] == name and "." in p]
        part = _part(call, item, name, deeper)
        if part is not None:
            written[name] = part
            expandable.pop(name, None)
    written["_expandable"] = expandable
    return written


def _part(call: Call, item: Content, name: str, deeper: list[str]) -> object:  # noqa: PLR0911 - one a part
    match name:
        case "space":
            return space(call, call.world.spaces[item.space], *deeper)
        case "version":
            return version(call, item)
        case "history":
            return {
                "latest": True,
                "createdBy": people.author(call, item.author),
                "createdDate": when(call, item.created),
                **({"lastUpdated": version(call, item)} if "lastUpdated" in deeper else {}),
            }
        case "ancestors":
            above = call.world.path(item.id)[:-1]
            if call.world.is_cloud and any(path.startswith("restrictions") for path in deeper):
                _refuse_restrictions(item, above)
            # The first API knows no folders or whiteboards, so its chain has gaps.
            return [content(call, node, deeper) for node in above if node.type == "page"]
        case "body":
            return _bodies(call, item, deeper)
        case "metadata":
            return _metadata(call, item, deeper)
        case "restrictions":
            kinds = dict.fromkeys(path.split(".")[0] for path in deeper)
            return {
                kind: restriction(
                    call, item, kind, deeper=[p for p in deeper if p.startswith(kind)]
                )
                for kind in kinds
                if kind in {"read", "update"}
            }
        case "children":
            return _children(call, item, deeper)
        case _:
            return None


def _refuse_restrictions(item: Content, above: list[Content]) -> None:
    """Refuse a batch with a page below a restricted one or a folder (CONFCLOUD-77618).

    Raises:
        Refusal: 404.
    """
    if any(node.readers or node.type != "page" for node in above):
        raise no_content(item.id)


def version(call: Call, item: Content) -> Json:
    return {
        "by": people.author(call, item.author),
        "when": when(call, item.modified),
        "message": item.message,
        "number": item.version,
        "minorEdit": False,
        "hidden": False,
        "_links": {"self": f"{call.site}/rest/api/content/{item.id}/version/{item.version}"},
    }


def _bodies(call: Call, item: Content, forms: list[str]) -> Json:
    bodies: Json = {}
    for form in dict.fromkeys(path.split(".")[0] for path in forms):
        if form == "storage" and item.id in call.unstorable:
            raise Refusal(500, "java.lang.NullPointerException")
        if form in {"storage", "view", "export_view"}:
            value = item.body if form == "storage" else sub(r"</?(?:ac|ri):[^>]*>", "", item.body)
            bodies[form] = {
                "value": value,
                "representation": form,
                "_expandable": {"content": f"/rest/api/content/{item.id}"},
            }
    return bodies


def restriction(  # noqa: PLR0913 - a window of a part of a page
    call: Call, item: Content, kind: str, *, deeper: list[str], start: int = 0, limit: int = 0
) -> Json:
    """Return only direct restrictions, with ``limit`` subjects a page. Kinds of subjects that
    ``deeper`` (``read.restrictions.user``) does not name are left out."""
    subjects = (item.readers if kind == "read" else item.editors) or frozenset()
    size = min(limit or call.subjects_per_page, call.subjects_per_page)
    parts: Json = {}
    expandable: Json = {}
    for subject in ("user", "group"):
        if f"{kind}.restrictions.{subject}" in deeper:
            names = sorted(w.name for w in subjects if w.kind == subject)
            shown = [_subject(call, Who(subject, name)) for name in names[start : start + size]]
            parts[subject] = {
                "results": shown,
                "start": start,
                "limit": size,
                "size": len(shown),
                **({"totalSize": len(names)} if call.world.is_cloud else {}),
            }
        else:
            expandable[subject] = ""
    return {
        "operation": kind,
        "restrictions": {**parts, "_expandable": expandable},
        "_expandable": {"content": f"/rest/api/content/{item.id}"},
        "_links": {
            "self": f"{call.site}/rest/api/content/{item.id}/restriction/byOperation/{kind}"
        },
    }


def _subject(call: Call, subject: Who) -> Json:
    if subject.kind == "user":
        return people.user(call, call.world.users[subject.name])
    return people.group(call, call.world.groups[subject.name])


def label(name: str) -> Json:
    return {"prefix": "global", "name": name, "id": str(abs(hash_of(name))), "label": name}


def hash_of(name: str) -> int:
    """Return a number for a name, the same in every process."""
    return int.from_bytes(name.encode()[:7].ljust(7, b"_"), "big")


def _metadata(call: Call, item: Content, deeper: list[str]) -> Json:
    """Return the requested labels and properties. Only a page of the new editor has the property
    ``editor``."""
    metadata: Json = {}
    if "labels" in deeper:
        metadata["labels"] = _whole([label(name) for name in item.labels])
    properties: Json = dict(item.properties)
    if call.world.is_cloud and item.editor == "v2":
        properties["editor"] = "v2"
    keys = [p.removeprefix("properties.") for p in deeper if p.startswith("properties.")]
    if keys:
        link = f"{call.site}/rest/api/content/{item.id}/property"
        metadata["properties"] = {
            **{
                key: {"key": key, "value": properties[key], "_links": {"self": f"{link}/{key}"}}
                for key in keys
                if key in properties
            },
            "_expandable": {key: "" for key in properties if key not in keys},
            "_links": {"self": link},
        }
    return metadata


def _children(call: Call, item: Content, kinds: list[str]) -> Json:
    by_kind: dict[str, list[Json]] = {
        "page": [content(call, c, []) for c in call.world.children(item.id) if call.sees(c)],
        "attachment": [attachment(call, item, a, ["version"]) for a in item.attachments],
        "comment": [comment(call, item, c, ["body.storage", "version"]) for c in item.comments],
    }
    return {kind: _whole(by_kind[kind]) for kind in kinds if kind in by_kind}


def _attached_document(call: Call, document: Content, expand: list[str]) -> Json:
    """Return an attachment or a comment as it is now."""
    page = call.world.contents[document.parent or ""]
    if document.type == "attachment":
        file = next(a for a in page.attachments if a.id == document.id)
        return attachment(call, page, file, expand)
    return comment(call, page, next(c for c in page.comments if c.id == document.id), expand)


def attachment(call: Call, item: Content, file: Attachment, expand: list[str]) -> Json:
    details: Json = {"mediaType": file.media_type, "fileSize": len(file.data), "comment": ""}
    written: Json = {
        "id": file.id,
        "type": "attachment",
        "status": "current",
        "title": file.title,
        "metadata": {"mediaType": file.media_type, "labels": _whole([])},
        "extensions": details,
        "_links": {
            "download": download_link(item, file),
            "webui": f"{webui(call, item)}?preview=%2F{item.id}%2F{file.id}",
            "self": f"{call.site}/rest/api/content/{file.id}",
        },
    }
    if "version" in expand:
        written["version"] = {"number": file.version, "when": when(call, file.modified)}
    if "container" in expand:
        written["container"] = content(call, item, [])
    return written


def download_link(item: Content, file: Attachment) -> str:
    changed = int(file.modified.timestamp() * 1000)
    query = f"version={file.version}&modificationDate={changed}&api=v2"
    return f"/download/attachments/{item.id}/{quote(file.title)}?{query}"


def comment(call: Call, item: Content, comment_: Comment, expand: list[str]) -> Json:
    """Return a comment.

    Raises:
        Refusal: 500 if the body is unavailable as storage.
    """
    extensions: Json = {"location": "inline" if comment_.inline else "footer"}
    address = webui(call, item)
    link = f"{address}{'&' if '?' in address else '?'}focusedCommentId={comment_.id}"
    written: Json = {
        "id": comment_.id,
        "type": "comment",
        "status": "current",
        "title": f"Re: {item.title}",
        "extensions": extensions,
        "_links": {"webui": link if call.world.is_cloud else f"{link}#comment-{comment_.id}"},
    }
    if "extensions.inlineProperties" in expand and comment_.inline and not comment_.parent:
        extensions["inlineProperties"] = {
            "originalSelection": comment_.selection,
            "markerRef": comment_.id,
        }
    if "extensions.resolution" in expand and comment_.inline:
        extensions["resolution"] = {"status": "resolved" if comment_.resolved else "open"}
    for form in ("storage", "view"):
        if f"body.{form}" in expand:
            if form == "storage" and comment_.id in call.unstorable:
                raise Refusal(500, "java.lang.NullPointerException")
            written["body"] = {form: {"value": comment_.body, "representation": form}}
    if "version" in expand:
        written["version"] = {
            "by": people.author(call, comment_.author),
            "when": when(call, comment_.modified),
            "number": comment_.version,
        }
    if "history" in expand:
        written["history"] = {
            "createdBy": people.author(call, comment_.author),
            "createdDate": when(call, comment_.created),
        }
    if "container" in expand:
        written["container"] = content(call, item, [])
    if "ancestors" in expand:
        written["ancestors"] = [
            comment(call, item, above, []) for above in comments_above(item, comment_)
        ]
    return written


def comments_above(item: Content, comment_: Comment) -> list[Comment]:
    """Return the comments that this one answers, the topmost first."""
    above = next((c for c in item.comments if c.id == comment_.parent), None)
    return [*comments_above(item, above), above] if above else []


def search_result(call: Call, item: Content, expand: list[str]) -> Json:
    """Return a result of ``search``, which wraps the content."""
    space_of = call.world.spaces[item.space]
    inner = [p.removeprefix("content.") for p in expand if p.startswith("content.")]
    return {
        "content": content(call, item, inner),
        "title": item.title,
        "excerpt": unescape(sub(r"<[^>]*>", " ", item.body))[:200],
        "url": webui(call, item),
        "resultGlobalContainer": {"title": space_of.name, "displayUrl": f"/spaces/{space_of.key}"},
        "breadcrumbs": [],
        "entityType": "content",
        "iconCssClass": f"aui-icon content-type-{item.type}",
        "lastModified": when(call, item.modified),
        "friendlyLastModified": item.modified.strftime("%b %d, %Y"),
        "score": 0.0,
    }


def _whole(results: list[Json]) -> Json:
    return {"results": results, "start": 0, "limit": 200, "size": len(results)}
