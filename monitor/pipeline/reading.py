"""parse and normalise composed, as one call for a worker process: bytes in, entries or a refusal out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from monitor.errors import ParseError
from monitor.normalise.entry import normalise_feed
from monitor.parse.feed import parse_feed, unpacked
from monitor.parse.sitemap import is_sitemap, parse_sitemap
from monitor.types.entries import ParsedFeed, ReadFeed
from monitor.types.source import FeedKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTask:
    """One body to read, with what the transport and the configuration say of it."""

    body: bytes
    content_type: str | None
    url: str
    kind: FeedKind
    feed_language: str | None
    now: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFailed:
    """The body is no feed, or a worker gave up on it. `code` is stable (`html_instead`, `parse_timeout`, …)."""

    code: str
    detail: str


def read_body(task: ReadTask) -> ReadFeed | ReadFailed:
    """Read one body. Never raises for what the bytes hold."""
    try:
        parsed = _parsed(task)
        return normalise_feed(
            parsed, kind=task.kind, feed_url=task.url, feed_language=task.feed_language, now=task.now
        )
    except ParseError as error:
        return ReadFailed(code=error.code, detail=str(error))


def _parsed(task: ReadTask) -> ParsedFeed:
    body = unpacked(task.body)
    if is_sitemap(body):
        return parse_sitemap(body, content_type=task.content_type, url=task.url)
    return parse_feed(body, content_type=task.content_type, url=task.url)
