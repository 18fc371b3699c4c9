"""Hand-overs of `store` that are not plans: questions, named leases, reports of work done, digest rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What became of the configured feeds: slugs, each in one list. `disabled` are gone from the file."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownQuery:
    """By which ids, canonical URLs and text hashes (hex) a feed's items may be known already."""

    external_ids: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietFeed:
    """A feed that may be silent, or was: what `polling.silence` judges. `entries_7d` where a rate is expected."""

    feed_id: int
    slug: str
    silent: bool
    expect_per_day: float | None
    entries_7d: int | None
    gap_p95_s: float | None
    first_success_at: dt.datetime | None
    last_new_entry_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLease:
    """The right to do one named piece of work (grouping, a digest) until `expires_at`."""

    name: str
    owner: str
    fence: int
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCounts:
    """What placing entries in stories did: new stories, entries that joined one, stories merged away."""

    new: int = 0
    joined: int = 0
    merged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run as `runs` holds it. `outcome` is None while it lasts."""

    run_id: int
    kind: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    outcome: str | None
    counts: Mapping[str, object] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestCandidate:
    """An entry that a digest may show, with its accepted topics (slug to score).

    At most `excerpt_length` characters of its body may be shown, and `machine_learning` says whether models may see
    it (rights of its outlet, words of its page).
    """

    entry_id: int
    uid: str
    kind: str
    story_id: int | None
    cluster_id: int | None
    title: str
    body: str
    url: str | None
    language: str
    outlet: str
    country: str | None
    ownership: str
    published_at: dt.datetime | None
    observed_at: dt.datetime
    effective_at: dt.datetime
    backlog: bool
    topics: Mapping[str, float] = field(default_factory=dict)
    excerpt_length: int | None = None
    machine_learning: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """One outlet's entry of a story: who carries it, where, and when."""

    story_id: int
    entry_id: int
    outlet: str
    country: str | None
    ownership: str
    language: str
    url: str | None
    effective_at: dt.datetime


class DeliveryState(StrEnum):
    """Where a delivery stands in the outbox."""

    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """One line of a digest, kept so that no story is shown twice."""

    section: str
    entry_id: int | None
    story_id: int | None
    kind: str = "story"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRecord:
    """A digest as it was built: one for each (name, day). `message` is the mail without recipient headers."""

    name: str
    day: dt.date
    period_start: dt.datetime
    period_end: dt.datetime
    subject: str
    html: str
    text: str
    message: bytes = b""
    items: tuple[DigestItem, ...] = ()
    counts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One mail of a digest, leased to be sent. `message_id` never changes, whatever the attempt.

    `handed` is how often it was handed to the server before without an answer being known: it may have arrived.
    """

    delivery_id: int
    digest_id: int
    digest: str
    day: dt.date
    recipient: str
    message_id: str
    attempts: int
    handed: int
    fence: int
    subject: str
    html: str
    text: str
    message: bytes
