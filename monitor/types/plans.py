"""Plans: what pure code decided about one polled feed, for `store` to apply in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from monitor.types.entries import Entry, Issue
from monitor.types.raw import RawBody
from monitor.types.source import FeedState


class Disposition(StrEnum):
    """What becomes of one item that was seen. Exactly one each, so counts add up."""

    NEW = "new"
    REVISED = "revised"
    KNOWN = "known"
    REJECTED = "rejected"


class Outcome(StrEnum):
    """How one fetch ended."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """What the store already holds of an entry of the feed."""

    entry_id: int
    external_id: str
    url: str | None
    sha256: str
    effective_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """One entry with its disposition and the rule that decided it. `entry_id` is set for known rows."""

    disposition: Disposition
    entry: Entry
    rule: str
    entry_id: int | None = None
    backlog: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRecord:
    """The row of `fetches`: when, how it ended, at what cost."""

    started_at: dt.datetime
    outcome: Outcome
    url: str
    code: str = ""
    detail: str = ""
    status: int | None = None
    wire_bytes: int = 0
    elapsed_s: float = 0.0
    format: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostStop:
    """A host that asked to be left alone (429, 503, Retry-After)."""

    host: str
    until: dt.datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlan:
    """All that one poll of one feed changes. Applied only while the lease's fence still holds.

    `more` says that a further page of the same poll follows: the lease stays with its owner. `host_free_at` is
    when another worker may ask the feed's host again, set where the host has other feeds. `host_stops` are further
    hosts of the same site. `bodies` are the answers to keep; `raw_body` is one that could not be read.
    """

    feed_id: int
    slug: str
    fence: int
    fetch: FetchRecord
    state: FeedState
    next_poll_at: dt.datetime
    changes: tuple[EntryChange, ...] = ()
    rejected: Mapping[str, int] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()
    host_stop: HostStop | None = None
    host_stops: tuple[HostStop, ...] = ()
    current_url: str | None = None
    feed_title: str | None = None
    raw_body: bytes | None = None
    bodies: tuple[RawBody, ...] = ()
    more: bool = False
    host_free_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Items of one or more fetches. seen = new + revised + known + rejected."""

    seen: int = 0
    new: int = 0
    revised: int = 0
    known: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)

    @property
    def rejected_total(self) -> int:
        """Items that were seen and not stored, over all reasons."""
        return sum(self.rejected.values())

    def __add__(self, other: Counts) -> Counts:
        reasons = dict(self.rejected)
        for reason, count in other.rejected.items():
            reasons[reason] = reasons.get(reason, 0) + count
        return Counts(
            seen=self.seen + other.seen,
            new=self.new + other.new,
            revised=self.revised + other.revised,
            known=self.known + other.known,
            rejected=reasons,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedFeed:
    """What `store` did with one plan. `error` names why a plan was refused (a stale lease, say)."""

    feed_id: int
    slug: str
    counts: Counts
    outcome: Outcome
    code: str = ""
    detail: str = ""
    error: str = ""
    new_entry_ids: tuple[int, ...] = ()
