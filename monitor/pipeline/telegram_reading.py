"""Pages of channels read in a worker process with limits: a crafted page costs only its own channel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast

from monitor.fetch.options import utc_now
from monitor.parse.telegram import page
from monitor.pipeline.reading import ReadFailed, ReadTask
from monitor.pipeline.workers import ParserPool, Reader
from monitor.types.source import FeedKind
from monitor.types.telegram import Page, PageShape


def read_preview(task: ReadTask) -> Page:
    """Read one page, in the worker. `task.url` is the channel's name."""
    return page(task.body, expected=task.url)


def preview_pool() -> ParserPool:
    """One worker: channels are asked one at a time."""
    return ParserPool(1, reader=cast(Reader, read_preview))


def page_reader(pool: ParserPool) -> Callable[[bytes, str], Awaitable[Page]]:
    """Pages through a pool. One that hangs, crashes or grows too large comes back as a broken page."""

    async def read(body: bytes, channel: str) -> Page:
        task = ReadTask(
            body=body,
            content_type=None,
            url=channel,
            kind=FeedKind.TELEGRAM,
            feed_language=None,
            now=utc_now(),
        )
        answer: object = await pool.read(task)
        if isinstance(answer, Page):
            return answer
        detail = f"{answer.code}: {answer.detail}" if isinstance(answer, ReadFailed) else "no page"
        return Page(channel=channel, shape=PageShape.BROKEN, broken="layout_changed", detail=detail)

    return read
