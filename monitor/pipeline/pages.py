"""Article pages read in worker processes: bytes in, text and consent out. What may not be analysed is not extracted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self, cast

from monitor.errors import ParseError
from monitor.normalise.dates import read_date
from monitor.parse.article import extract
from monitor.parse.consent import read_consent
from monitor.pipeline.reading import ReadFailed, ReadTask
from monitor.pipeline.workers import ParserPool, Reader
from monitor.types.article import PageRead


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTask:
    """One page to read, with what the transport says of it."""

    body: bytes
    url: str
    content_type: str | None
    headers: Mapping[str, str]


def read_page(task: PageTask) -> PageRead | ReadFailed:
    """Read one page. Never raises for what the bytes hold."""
    try:
        consent = read_consent(task.body, dict(task.headers), url=task.url, content_type=task.content_type)
        if not consent.text_mining:
            return PageRead(consent=consent, article=None)
        article = extract(task.body, url=task.url, content_type=task.content_type, read_date=moment_of)
    except ParseError as error:
        return ReadFailed(code=error.code, detail=str(error))
    return PageRead(consent=consent, article=article)


def moment_of(raw: str) -> dt.datetime | None:
    """The moment that a date on a page means, read as dates of feeds are."""
    read = read_date(raw)
    return None if read is None else read.moment


class PagePool:
    """A `ParserPool` whose workers read pages: the same limits of time and memory."""

    def __init__(self, size: int | None = None) -> None:
        # the pool only packs a task and unpacks an answer, of whatever type
        self._pool = ParserPool(size, reader=cast(Reader, read_page))

    async def __aenter__(self) -> Self:
        await self._pool.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.__aexit__(kind, error, trace)

    async def read(self, task: PageTask) -> PageRead | ReadFailed:
        """Read one page in a worker. One that hangs, crashes or grows too large is a `ReadFailed`."""
        return cast(PageRead | ReadFailed, await self._pool.read(cast(ReadTask, task)))
