"""Alerts: what happened, which rule of the user's asks for it, and what is sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from monitor.types.ledger import ClaimNews

HappeningKind = Literal["threshold", "burst", "claim", "watchlist", "silent", "fault"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that a rule may ask for. `key` is the same whenever it is found again, so that it fires once.

    `values` fill the phrase of its kind: counts and names as they are, for the reader's labels to write.
    `news` is what a claim's is about.
    """

    kind: HappeningKind
    key: str
    at: dt.datetime
    topic: str = ""
    actors: tuple[str, ...] = ()
    status: str = ""
    count: int = 0
    watchlist: str = ""
    url: str = ""
    link: str = ""
    values: Mapping[str, str | float | dt.date] = field(default_factory=dict)
    news: ClaimNews | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """What one list of recipients is alerted to. An empty `actors` with `claims` means every claim.

    `quiet`: minutes after midnight in `timezone` from which, and until which, nothing is sent.
    """

    name: str
    topics: tuple[str, ...] = ()
    thresholds: Mapping[str, int] = field(default_factory=dict)
    bursts: bool = False
    claims: bool = False
    actors: tuple[str, ...] = ()
    watchlists: bool = False
    silent_feeds: bool = False
    faults: bool = False
    quiet: tuple[int, int] | None = None
    timezone: str = "UTC"
    at_most: int = 20
    reader_language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert of one rule, in words. `reason` says for a program why it fired."""

    rule: str
    key: str
    subject: str
    body: str
    at: dt.datetime
    reason: Mapping[str, object] = field(default_factory=dict)


ChannelState = Literal["ready", "sent", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTold:
    """What one channel was told of an alert: `handed` counts attempts of which no answer is known."""

    state: ChannelState = "ready"
    handed: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedAlert:
    """An alert that one worker delivers, and what each channel was told of it before."""

    alert_id: int
    rule: str
    key: str
    subject: str
    body: str
    reason: Mapping[str, object]
    fired_at: dt.datetime
    attempts: int
    fence: int
    channels: Mapping[str, ChannelTold] = field(default_factory=dict)
