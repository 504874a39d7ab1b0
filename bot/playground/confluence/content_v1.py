"""Content as the first REST API writes it, on Data Center and in Cloud's searches."""

from __future__ import annotations

from datetime import UTC, datetime
from html import unescape
from re import sub
from urllib.parse import quote, quote_plus

from bot.playground.confluence import people
from bot.playground.confluence.calls import Call, Json, Refusal, no_content
from bot.playground.confluence.model import Attachment, Comment, Content, Space, Who


def when(call: Call, at: datetime) -> str:
    """Return the time: Cloud writes UTC, Data Center its own timezone."""
    if call.world.is_cloud:
        return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return at.astimezone(call.world.timezone).isoformat(timespec="milliseconds")


def webui(call: Call, content: Content) -> str:
    if call.world.is_cloud:
        words = {"page": "pages", "folder": "folder", "blogpost": "blog"}
        where = words.get(content.type, content.type)
        return f"/spaces/{content.space}/{where}/{content.id}/{quote_plus(content.title)}"
    if any(mark in content.title for mark in '&?/\\;"+%'):
        return f"/pages/viewpage.action?pageId={content.id}"
    return f"/display/{content.space}/{quote_plus(content.title)}"


def space(call: Call, of: Space, *expanded: str) -> Json:
    written: Json = {
        "id": int(of.id),
        "key": of.key,
        "name": of.name,
        "type": of.type,
        "status": of.status,
        "_expandable": {
            "description": "",
            "homepage": f"/rest/api/content/{of.homepage}" if of.homepage else "",
            "icon": "",
            "metadata": "",
            "permissions": "",
        },
        "_links": {
            "webui": f"/spaces/{of.key}" if call.world.is_cloud else f"/display/{of.key}",
            "self": f"{call.site}/rest/api/space/{of.key}",
        },
    }
    if call.world.is_cloud:
        written["alias"] = of.key
    if "homepage" in expanded and of.homepage:
        written["homepage"] = content(call, call.world.contents[of.homepage], [])
    return written


def content(call: Call, of: Content, expand: list[str]) -> Json:
    """Return the content.

    Raises:
        Refusal: 500 where the body cannot be had as storage (CONFCLOUD-76433).
    """
    if of.type in {"attachment", "comment"}:
        return _hung(call, of, expand)
    written: Json = {
        "id": of.id,
        "type": of.type,
        "status": of.status,
        "title": of.title,
        "extensions": {"position": of.position or "none"},
        "_links": {
            "webui": webui(call, of),
            "tinyui": f"/x/{of.id}",
            "self": f"{call.site}/rest/api/content/{of.id}",
        },
    }
    expandable: Json = {
        "ancestors": "",
        "body": "",
        "children": f"/rest/api/content/{of.id}/child",
        "container": f"/rest/api/space/{of.space}",
        "history": f"/rest/api/content/{of.id}/history",
        "metadata": "",
        "restrictions": f"/rest/api/content/{of.id}/restriction/byOperation",
        "space": f"/rest/api/space/{of.space}",
        "version": "",
    }
    for name in dict.fromkeys(path.split(".")[0] for path in expand):
        deeper = [p.partition(".")[2] for p in expand if p.split(".")[0] == name and "." in p]
        part = _part(call, of, name, deeper)
        if part is not None:
            written[name] = part
            expandable.pop(name, None)
    written["_expandable"] = expandable
    return written


def _part(call: Call, of: Content, name: str, deeper: list[str]) -> object:  # noqa: PLR0911 - one a part
    match name:
        case "space":
            return space(call, call.world.spaces[of.space], *deeper)
        case "version":
            return version(call, of)
        case "history":
            return {
                "latest": True,
                "createdBy": people.author(call, of.author),
                "createdDate": when(call, of.created),
                **({"lastUpdated": version(call, of)} if "lastUpdated" in deeper else {}),
            }
        case "ancestors":
            above = call.world.path(of.id)[:-1]
            if call.world.is_cloud and any(path.startswith("restrictions") for path in deeper):
                _refuse_restrictions(of, above)
            # The first API knows no folders or whiteboards, so its chain has gaps.
            return [content(call, node, deeper) for node in above if node.type == "page"]
        case "body":
            return _bodies(call, of, deeper)
        case "metadata":
            return _metadata(call, of, deeper)
        case "restrictions":
            kinds = dict.fromkeys(path.split(".")[0] for path in deeper)
            return {
                kind: restriction(call, of, kind, deeper=[p for p in deeper if p.startswith(kind)])
                for kind in kinds
                if kind in {"read", "update"}
            }
        case "children":
            return _children(call, of, deeper)
        case _:
            return None


def _refuse_restrictions(of: Content, above: list[Content]) -> None:
    """Refuse a batch with a page below a restricted one or a folder (CONFCLOUD-77618).

    Raises:
        Refusal: 404.
    """
    if any(node.readers or node.type != "page" for node in above):
        raise no_content(of.id)


def version(call: Call, of: Content) -> Json:
    return {
        "by": people.author(call, of.author),
        "when": when(call, of.modified),
        "message": of.message,
        "number": of.version,
        "minorEdit": False,
        "hidden": False,
        "_links": {"self": f"{call.site}/rest/api/content/{of.id}/version/{of.version}"},
    }


def _bodies(call: Call, of: Content, forms: list[str]) -> Json:
    bodies: Json = {}
    for form in dict.fromkeys(path.split(".")[0] for path in forms):
        if form == "storage" and of.id in call.unstorable:
            raise Refusal(500, "java.lang.NullPointerException")
        if form in {"storage", "view", "export_view"}:
            value = of.body if form == "storage" else sub(r"</?(?:ac|ri):[^>]*>", "", of.body)
            bodies[form] = {
                "value": value,
                "representation": form,
                "_expandable": {"content": f"/rest/api/content/{of.id}"},
            }
    return bodies


def restriction(  # noqa: PLR0913 - a window of a part of a page
    call: Call, of: Content, kind: str, *, deeper: list[str], start: int = 0, limit: int = 0
) -> Json:
    """Return direct restrictions alone, with ``limit`` subjects a page. Subjects that ``deeper``
    (``read.restrictions.user``) does not name are left out."""
    named = (of.readers if kind == "read" else of.editors) or frozenset()
    size = min(limit or call.subjects_per_page, call.subjects_per_page)
    parts: Json = {}
    expandable: Json = {}
    for subject in ("user", "group"):
        if f"{kind}.restrictions.{subject}" in deeper:
            who = sorted(w.name for w in named if w.kind == subject)
            shown = [_subject(call, Who(subject, name)) for name in who[start : start + size]]
            parts[subject] = {
                "results": shown,
                "start": start,
                "limit": size,
                "size": len(shown),
                **({"totalSize": len(who)} if call.world.is_cloud else {}),
            }
        else:
            expandable[subject] = ""
    return {
        "operation": kind,
        "restrictions": {**parts, "_expandable": expandable},
        "_expandable": {"content": f"/rest/api/content/{of.id}"},
        "_links": {"self": f"{call.site}/rest/api/content/{of.id}/restriction/byOperation/{kind}"},
    }


def _subject(call: Call, who: Who) -> Json:
    if who.kind == "user":
        return people.user(call, call.world.users[who.name])
    return people.group(call, call.world.groups[who.name])


def label(name: str) -> Json:
    return {"prefix": "global", "name": name, "id": str(abs(hash_of(name))), "label": name}


def hash_of(name: str) -> int:
    """Return a number for a name, the same in every process."""
    return int.from_bytes(name.encode()[:7].ljust(7, b"_"), "big")


def _metadata(call: Call, of: Content, deeper: list[str]) -> Json:
    """Return the existing properties one by one: only a page of the new editor has one that says
    so."""
    told: Json = {}
    if "labels" in deeper:
        told["labels"] = _whole([label(name) for name in of.labels])
    kept: Json = dict(of.properties)
    if call.world.is_cloud and of.editor == "v2":
        kept["editor"] = "v2"
    wanted = [p.removeprefix("properties.") for p in deeper if p.startswith("properties.")]
    if wanted:
        link = f"{call.site}/rest/api/content/{of.id}/property"
        told["properties"] = {
            **{
                key: {"key": key, "value": kept[key], "_links": {"self": f"{link}/{key}"}}
                for key in wanted
                if key in kept
            },
            "_expandable": {key: "" for key in kept if key not in wanted},
            "_links": {"self": link},
        }
    return told


def _children(call: Call, of: Content, kinds: list[str]) -> Json:
    known: dict[str, list[Json]] = {
        "page": [content(call, c, []) for c in call.world.children(of.id) if call.sees(c)],
        "attachment": [attachment(call, of, a, ["version"]) for a in of.attachments],
        "comment": [comment(call, of, c, ["body.storage", "version"]) for c in of.comments],
    }
    return {kind: _whole(known[kind]) for kind in kinds if kind in known}


def _hung(call: Call, hung: Content, expand: list[str]) -> Json:
    """Return an attached document as it is now."""
    page = call.world.contents[hung.parent or ""]
    if hung.type == "attachment":
        file = next(a for a in page.attachments if a.id == hung.id)
        return attachment(call, page, file, expand)
    return comment(call, page, next(c for c in page.comments if c.id == hung.id), expand)


def attachment(call: Call, of: Content, file: Attachment, expand: list[str]) -> Json:
    details: Json = {"mediaType": file.media_type, "fileSize": len(file.data), "comment": ""}
    written: Json = {
        "id": file.id,
        "type": "attachment",
        "status": "current",
        "title": file.title,
        "metadata": {"mediaType": file.media_type, "labels": _whole([])},
        "extensions": details,
        "_links": {
            "download": download_link(of, file),
            "webui": f"{webui(call, of)}?preview=%2F{of.id}%2F{file.id}",
            "self": f"{call.site}/rest/api/content/{file.id}",
        },
    }
    if "version" in expand:
        written["version"] = {"number": file.version, "when": when(call, file.modified)}
    if "container" in expand:
        written["container"] = content(call, of, [])
    return written


def download_link(of: Content, file: Attachment) -> str:
    changed = int(file.modified.timestamp() * 1000)
    query = f"version={file.version}&modificationDate={changed}&api=v2"
    return f"/download/attachments/{of.id}/{quote(file.title)}?{query}"


def comment(call: Call, of: Content, said: Comment, expand: list[str]) -> Json:
    """Return a comment.

    Raises:
        Refusal: 500 where the body cannot be had as storage.
    """
    extensions: Json = {"location": "inline" if said.inline else "footer"}
    link = f"{webui(call, of)}{'&' if '?' in webui(call, of) else '?'}focusedCommentId={said.id}"
    written: Json = {
        "id": said.id,
        "type": "comment",
        "status": "current",
        "title": f"Re: {of.title}",
        "extensions": extensions,
        "_links": {"webui": link if call.world.is_cloud else f"{link}#comment-{said.id}"},
    }
    if "extensions.inlineProperties" in expand and said.inline and not said.parent:
        extensions["inlineProperties"] = {"originalSelection": said.selection, "markerRef": said.id}
    if "extensions.resolution" in expand and said.inline:
        extensions["resolution"] = {"status": "resolved" if said.resolved else "open"}
    for form in ("storage", "view"):
        if f"body.{form}" in expand:
            if form == "storage" and said.id in call.unstorable:
                raise Refusal(500, "java.lang.NullPointerException")
            written["body"] = {form: {"value": said.body, "representation": form}}
    if "version" in expand:
        written["version"] = {
            "by": people.author(call, said.author),
            "when": when(call, said.modified),
            "number": said.version,
        }
    if "history" in expand:
        written["history"] = {
            "createdBy": people.author(call, said.author),
            "createdDate": when(call, said.created),
        }
    if "container" in expand:
        written["container"] = content(call, of, [])
    if "ancestors" in expand:
        written["ancestors"] = [comment(call, of, above, []) for above in answered(of, said)]
    return written


def answered(of: Content, said: Comment) -> list[Comment]:
    """Return the comments that this one answers, the first first."""
    above = next((c for c in of.comments if c.id == said.parent), None)
    return [*answered(of, above), above] if above else []


def found(call: Call, of: Content, expand: list[str]) -> Json:
    """Return a result of ``search``, which wraps the content."""
    space_of = call.world.spaces[of.space]
    inner = [p.removeprefix("content.") for p in expand if p.startswith("content.")]
    return {
        "content": content(call, of, inner),
        "title": of.title,
        "excerpt": unescape(sub(r"<[^>]*>", " ", of.body))[:200],
        "url": webui(call, of),
        "resultGlobalContainer": {
            "title": space_of.name,
            "displayUrl": f"/spaces/{space_of.key}",
        },
        "breadcrumbs": [],
        "entityType": "content",
        "iconCssClass": f"aui-icon content-type-{of.type}",
        "lastModified": when(call, of.modified),
        "friendlyLastModified": of.modified.strftime("%b %d, %Y"),
        "score": 0.0,
    }


def _whole(results: list[Json]) -> Json:
    return {"results": results, "start": 0, "limit": 200, "size": len(results)}
