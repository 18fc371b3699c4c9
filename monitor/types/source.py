"""Outlets and feeds: who publishes, and the addresses that are polled."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class FeedKind(StrEnum):
    """How a feed is fetched and read. `rss` stands for RSS, Atom, RDF and JSON Feed."""

    RSS = "rss"
    TELEGRAM = "telegram"


class Ownership(StrEnum):
    """Who controls an outlet, coarsely; the finer typology is `Outlet.typology`."""

    PRIVATE = "private"
    PUBLIC = "public"
    STATE = "state"
    PARTY = "party"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What an outlet permits by licence or by word (effects: docs/reference/consent.md); silence permits.

    `excerpt_length` in characters, of any of its texts; `retention` of the full text of its pages;
    `machine_learning`: whether models may see its texts.
    """

    licence: str | None = None
    excerpt_length: int | None = None
    retention: dt.timedelta | None = None
    machine_learning: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A publisher. `country` is ISO 3166-1 alpha-2, `language` ISO 639-1."""

    slug: str
    name: str
    country: str | None = None
    ownership: Ownership = Ownership.UNKNOWN
    typology: str | None = None
    owner: str | None = None
    language: str | None = None
    rights: Rights = Rights()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSource:
    """One feed as the configuration names it. Its identity is (kind, address), never the slug."""

    slug: str
    kind: FeedKind
    address: str
    outlet: Outlet
    language: str | None = None
    full_text: bool = False
    expect_per_day: float | None = None
    proxy: str | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave to ask "changed since?" with, byte for byte, and the hash of the body it stood for."""

    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is remembered of a feed between polls (one row of `feeds`)."""

    validators: Validators = Validators()
    failures: int = 0
    failure_weight: float = 0.0
    interval_s: float = 600.0
    next_poll_at: dt.datetime | None = None
    first_success_at: dt.datetime | None = None
    last_success_at: dt.datetime | None = None
    last_full_fetch_at: dt.datetime | None = None
    last_new_entry_at: dt.datetime | None = None
    last_error: str | None = None
    gone_at: dt.datetime | None = None
    moved_to: str | None = None
    moved_seen_at: dt.datetime | None = None
    gap_p95_s: float | None = None
    cursor: str | None = None
    unread_since: dt.datetime | None = (
        None  # the last body could not be read as a feed; a 304 does not heal that
    )
    hint_interval_s: float = 0.0  # what the feed itself asks for (ttl, sy:updatePeriod)
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLease:
    """A feed leased to one worker until `expires_at`; `fence` must still match when its plan is applied.

    `shares_host` says that other feeds live on its host: no two workers have leases on one such host, and
    `not_before` is when the worker that had it last leaves it free.
    """

    feed_id: int
    slug: str
    kind: FeedKind
    address: str
    current_url: str
    outlet: str
    language: str | None
    full_text: bool
    proxy: str | None
    state: FeedState
    fence: int
    owner: str
    expires_at: dt.datetime
    entries_known: int = 0
    shares_host: bool = False
    not_before: dt.datetime | None = None
