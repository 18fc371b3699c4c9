"""What a body holds (`RawEntry`, `ParsedFeed`) and what is stored of it (`Entry`)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from monitor.types.source import FeedKind


class Severity(StrEnum):
    """How loudly an issue is shown."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A data problem for a person to look at. `code` is stable, `detail` is cleaned text."""

    code: str
    detail: str
    severity: Severity = Severity.WARNING
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntry:
    """One item of a body as the source wrote it: strings, undecided."""

    guid: str | None = None
    guid_is_permalink: bool = False
    link: str | None = None
    title: str = ""
    title_is_html: bool = True
    summary: str = ""
    content: str = ""
    published: str | None = None
    updated: str | None = None
    author: str = ""
    categories: tuple[str, ...] = ()
    language: str | None = None
    links: tuple[str, ...] = ()
    source_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollHints:
    """What a feed says of how often to ask: minutes, and hours (0-23, UTC) and days to leave out."""

    ttl_minutes: int | None = None
    update_period_s: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A body that could be read, wholly or in part. Empty `entries` is an answer, not a failure."""

    format: str
    encoding: str
    title: str = ""
    language: str | None = None
    entries: tuple[RawEntry, ...] = ()
    issues: tuple[Issue, ...] = ()
    hints: PollHints = PollHints()
    next_url: str | None = None
    damaged: bool = False


class DateSource(StrEnum):
    """Where `published_at` comes from, or why there is none."""

    PUBLISHED = "published"
    UPDATED = "updated"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    FUTURE = "future"
    IMPLAUSIBLE = "implausible"


class KeySource(StrEnum):
    """What an entry is known by within its feed (design.md, entry key)."""

    GUID = "guid"
    LINK = "link"
    HASH = "hash"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """The channel post that a Telegram post forwards."""

    channel: str
    post_id: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One normalised item. Texts are NFC plain text; times are aware UTC."""

    external_id: str
    key_source: KeySource
    kind: FeedKind
    url: str | None
    url_raw: str | None
    title: str
    body: str
    published_at: dt.datetime | None
    published_raw: str | None
    date_source: DateSource
    sha256: str
    author: str = ""
    categories: tuple[str, ...] = ()
    language: str | None = None
    links: tuple[str, ...] = ()
    source_url: str | None = None
    forward: Forward | None = None
    album_ids: tuple[int, ...] = ()
    reply_to: str | None = None
    media: tuple[str, ...] = ()
    views: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFeed:
    """parse and normalise together, as a worker process hands it back."""

    format: str
    title: str
    language: str | None
    entries: tuple[Entry, ...]
    issues: tuple[Issue, ...]
    rejected: tuple[tuple[str, int], ...] = ()
    hints: PollHints = PollHints()
    next_url: str | None = None
    damaged: bool = False
