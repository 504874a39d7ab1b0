"""A request as the endpoints see it, and their refusals."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from footnote_bot.playground.confluence.model import Content, Space
from footnote_bot.playground.confluence.world import World

Json = dict[str, Any]
T = TypeVar("T")


class Refusal(Exception):
    """A refusal by Confluence: a status with its JSON."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def answer(self) -> Json:
        if self.status == 401:
            return {"code": 401, "message": self.message}
        error = {"message": {"key": self.message, "translation": self.message, "args": []}}
        return {
            "statusCode": self.status,
            "data": {
                "authorized": self.status != 403,
                "valid": False,
                "errors": [error] if self.status != 403 else [],
                "successful": False,
            },
            "message": self.message,
        }


def no_content(identity: str) -> Refusal:
    return Refusal(
        404,
        "com.atlassian.confluence.api.service.exceptions.api.NotFoundException:"
        f" No content found with id : ContentId{{id={identity}}}",
    )


@dataclass(slots=True)
class Call:
    """A request. ``caller`` is None for an anonymous visitor. ``site`` is the configured address of
    Confluence with its context path, whatever address the request was sent to."""

    world: World
    caller: str | None
    method: str
    path: str
    query: Mapping[str, str]
    body: Json
    site: str
    context: str
    subjects_per_page: int
    unstorable: frozenset[str]
    short: bool = False
    next_after_last: bool = False
    media: str = ""
    """Where Cloud stores the bytes of attachments."""
    headers: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        return self.query.get(name, default)

    def words(self, name: str) -> list[str]:
        return [word.strip() for word in self.text(name).split(",") if word.strip()]

    def number(self, name: str, default: int) -> int:
        """Return a number from the query.

        Raises:
            Refusal: it is no number, or below zero.
        """
        text = self.text(name, str(default))
        if not text.isdigit():
            raise Refusal(400, f"{name} must be a number, not {text!r}")
        return int(text)

    def limit(self, default: int, most: int) -> int:
        limit = max(1, min(self.number("limit", default), most))
        return max(1, limit // 2) if self.short else limit

    def sees(self, content: Content) -> bool:
        return self.world.may_see(self.caller, content.id)

    def content(self, identity: str) -> Content:
        """Return the content, if the caller may see it.

        Raises:
            Refusal: 404, both for missing content and for content that they may not see.
        """
        if not identity.removeprefix("att").isdigit():
            raise Refusal(
                400,
                "com.atlassian.confluence.api.service.exceptions.api.BadRequestException:"
                " Can't parse as a ContentId",
            )
        content = self.world.contents.get(identity)
        if content is None or content.status == "deleted" or not self.sees(content):
            raise no_content(identity)
        return content

    def spaces(self) -> Iterator[Space]:
        for space in sorted(self.world.spaces.values(), key=lambda s: int(s.id)):
            if self.world.may_see_space(self.caller, space.key):
                yield space

    def space(self, *, key: str = "", identity: str = "") -> Space:
        """Return the space, if the caller may see it.

        Raises:
            Refusal: 404.
        """
        for space in self.spaces():
            if key == space.key or identity == space.id:
                return space
        raise Refusal(404, f"No space found with key or id : {key or identity}")

    # Pages of results

    def v2_page(
        self, keyed: Iterable[tuple[int, T]], wire: Callable[[T], Json], *, most: int = 250
    ) -> Json:
        """Return a page of results by cursor; ``keyed`` is sorted by a stable number."""
        after = _opened(self.text("cursor"))
        limit = self.limit(25, most)
        results: list[tuple[int, T]] = []
        for key, item in keyed:
            if key > after:
                results.append((key, item))
                if len(results) > limit:
                    break
        has_more = len(results) > limit or (self.next_after_last and bool(after < 0 or results))
        results = results[:limit]
        links: Json = {"base": self.site}
        if has_more:
            cursor = _closed(results[-1][0] if results else after)
            link = f"/wiki{self.path}?{self._query(cursor=cursor)}"
            links["next"] = link
            self.headers["Link"] = f'<{link}>; rel="next"'
        return {"results": [wire(item) for _, item in results], "_links": links}

    def v1_page(
        self,
        items: list[T],
        wire: Callable[[T], Json],
        *,
        default: int = 25,
        most: int = 200,
        cursors: bool = False,
    ) -> Json:
        """Return a page of results by ``start``, or by cursor as in Cloud's searches."""
        start = _opened(self.text("cursor")) + 1 if cursors else self.number("start", 0)
        requested = max(1, min(self.number("limit", default), most))
        limit = self.limit(default, most)
        results = items[start : start + limit]
        end = start + len(results)
        links: Json = {
            "base": self.site,
            "context": self.context,
            "self": f"{self.site}{self.path}?{self._query()}",
        }
        if end < len(items) or (self.next_after_last and results):
            if cursors:
                place = {"next": "true", "cursor": _closed(end - 1), "start": str(end)}
            else:
                place = {"start": str(start + requested)}
            links["next"] = f"{self.path}?{self._query(**place, limit=str(requested))}"
        return {
            "results": [wire(item) for item in results],
            "start": start,
            "limit": requested,
            "size": len(results),
            "_links": links,
        }

    def _query(self, **changed: str) -> str:
        return urlencode({**self.query, **changed})


def _closed(key: int) -> str:
    return base64.urlsafe_b64encode(json.dumps({"after": key}).encode()).decode()


def _opened(cursor: str) -> int:
    if not cursor:
        return -1
    try:
        return int(json.loads(base64.urlsafe_b64decode(cursor))["after"])
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal(400, "Provided cursor is not valid") from error
