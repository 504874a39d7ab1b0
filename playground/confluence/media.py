"""The host of Cloud's attachments, which is not the site's and needs no token."""

from __future__ import annotations

from aiohttp import web

from footnote_bot.playground.confluence.world import World
from footnote_bot.playground.serving import LocalServer


class MediaHost:
    """The host of attachments, started by its Confluence, on the same loop. ``tokens`` are the
    ``Authorization`` headers of requests, empty if they had none. ``instead`` is returned in place
    of a file."""

    def __init__(self, world: World) -> None:
        self.address = ""
        self.tokens: list[str] = []
        self.instead: web.Response | None = None
        self._world = world
        self._server = LocalServer()

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/file/{page}/{file}/binary", self._serve)
        self.address = await self._server.start(app)

    async def stop(self) -> None:
        await self._server.stop()

    async def _serve(self, request: web.Request) -> web.Response:
        self.tokens.append(request.headers.get("Authorization", ""))
        if self.instead is not None:
            answer, self.instead = self.instead, None
            return answer
        page = self._world.contents.get(request.match_info["page"])
        for file in page.attachments if page else ():
            version = request.query.get("token", "").removeprefix("signed-")
            if file.id == request.match_info["file"] and version.isdecimal():
                return web.Response(body=file.at(int(version)), content_type=file.media_type)
        return web.Response(status=403, text="no such file, or its address has expired")
