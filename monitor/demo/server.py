"""Serves the newsroom on loopback: feeds with validators, article pages, a channel. Nothing beyond 127.0.0.1."""

from __future__ import annotations

import datetime as dt
import hashlib
from types import TracebackType

from aiohttp import web

from monitor.demo import telegram
from monitor.demo.news import DemoEntry, DemoOutlet, entries, outlets
from monitor.demo.writing import article_page, content_type, feed_bytes

HOST = "127.0.0.1"


class Newsroom:
    """The newsroom as an async context manager; `base` is its address once it runs.

    `version` 2 shows the channel after an edit and a deletion.
    """

    def __init__(self, now: dt.datetime, port: int = 0) -> None:
        self._now = now
        self._port = port
        self._runner: web.AppRunner | None = None
        self._feeds: dict[str, tuple[bytes, str, str]] = {}
        self._pages: dict[str, tuple[DemoOutlet, DemoEntry]] = {}
        self.base = ""
        self.version = 1

    async def __aenter__(self) -> Newsroom:
        application = web.Application()
        application.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        self.base = f"http://{HOST}:{port}"
        for outlet in outlets():
            items = entries(outlet.slug)
            body = feed_bytes(outlet, items, self.base, self._now)
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            self._feeds[outlet.path] = (body, content_type(outlet), tag)
            self._pages.update({item.path: (outlet, item) for item in items})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.path in self._feeds:
            body, kind, tag = self._feeds[request.path]
            if request.headers.get("If-None-Match") == tag:
                return web.Response(status=304, headers={"ETag": tag})
            answer = web.Response(body=body, headers={"Content-Type": kind, "ETag": tag})
            answer.enable_compression()
            return answer
        if request.path in self._pages:
            outlet, entry = self._pages[request.path]
            page = article_page(outlet, entry, self.base, self._now)
            return web.Response(text=page, content_type="text/html", charset="utf-8")
        after = request.query.get("after", "")
        after_id = int(after) if after.isdecimal() else 0
        shown = telegram.answer(request.path, self._now, self.version, after_id, self.base)
        if shown is not None:
            return web.Response(text=shown, content_type="text/html", charset="utf-8")
        return web.Response(status=404, text="no such page")
