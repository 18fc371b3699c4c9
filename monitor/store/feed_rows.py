"""Rows of `feeds` to `FeedState` and `FeedLease` and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import RowMapping

from monitor.store.keys import host_of
from monitor.text.urls import without_userinfo
from monitor.types.source import FeedKind, FeedLease, FeedSource, FeedState, Rights, Validators

STATE_FIELDS = tuple(name for name in FeedState.__dataclass_fields__ if name != "validators")
VALIDATOR_FIELDS = tuple(Validators.__dataclass_fields__)
DEAD_WEIGHT = 30.0
"""After so much weight of failures a feed is asked every 30 days and called dead."""

BLOCKED = frozenset({"blocked", "http_451"})
"""A bot check, a geo-block, "unavailable for legal reasons": the feed is there, and we are not let in."""
REFUSED = 3
"""So many failures in a row, the last a 403, mean the same: one may be an accident."""


def state_of(row: RowMapping) -> FeedState:
    """What is remembered of the feed."""
    values: dict[str, Any] = {name: row[name] for name in STATE_FIELDS}
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = tuple(value)
    validators = Validators(**{name: row[name] for name in VALIDATOR_FIELDS})
    return FeedState(validators=validators, **values)


def state_values(state: FeedState) -> dict[str, Any]:
    """The columns that hold a `FeedState`."""
    values = {name: getattr(state, name) for name in STATE_FIELDS}
    values |= {name: getattr(state.validators, name) for name in VALIDATOR_FIELDS}
    return values


def condition(state: FeedState, *, enabled: bool = True) -> str:
    """The word for how a feed is (design.md, report_feed_health.state)."""
    error = (state.last_error or "").split(":")[0].split(" ")[0]
    if not enabled:
        return "disabled"
    if state.gone_at is not None:
        return "gone"
    if state.failures > 0 or state.failure_weight > 0:
        if error in BLOCKED or (error == "http_403" and state.failures >= REFUSED):
            return "blocked"
        return "dead" if state.failure_weight >= DEAD_WEIGHT else "failing"
    if state.unread_since is not None:
        return "failing"
    return "healthy" if state.last_success_at is not None else "new"


def lease_of(
    row: RowMapping,
    owner: str,
    expires_at: dt.datetime,
    *,
    shares_host: bool = False,
    not_before: dt.datetime | None = None,
) -> FeedLease:
    """The lease on a feed whose row was just taken (`fence` is the new one)."""
    return FeedLease(
        feed_id=row["id"],
        slug=row["slug"],
        kind=FeedKind(row["kind"]),
        address=row["address"],
        current_url=row["current_url"],
        outlet=row["outlet_name"],
        language=row["config_language"] or row["outlet_language"],
        full_text=row["full_text"],
        proxy=row["proxy"],
        state=state_of(row),
        fence=row["fence"],
        owner=owner,
        expires_at=expires_at,
        entries_known=row["entries_stored"],
        shares_host=shares_host,
        not_before=not_before,
    )


def rights_values(rights: Rights) -> dict[str, Any]:
    """The rights of an outlet as `outlets.rights` holds them: only what is said, times in seconds."""
    said = {
        "licence": rights.licence,
        "excerpt_length": rights.excerpt_length,
        "retention_s": None if rights.retention is None else rights.retention.total_seconds(),
        "machine_learning": None if rights.machine_learning else False,
    }
    return {name: value for name, value in said.items() if value is not None}


def rights_of(stored: Mapping[str, Any] | None) -> Rights:
    """The rights that `rights_values` wrote."""
    said = stored or {}
    seconds = said.get("retention_s")
    return Rights(
        licence=said.get("licence"),
        excerpt_length=said.get("excerpt_length"),
        retention=None if seconds is None else dt.timedelta(seconds=seconds),
        machine_learning=said.get("machine_learning") is not False,
    )


def first_url(source: FeedSource) -> str:
    """Where a feed is asked before it has moved: its address, or the channel's preview page."""
    if source.kind is FeedKind.TELEGRAM:
        return f"https://t.me/s/{source.address}"
    return source.address


def configured_values(source: FeedSource, outlet_id: int) -> dict[str, Any]:
    """The columns that the configuration decides."""
    return {
        "outlet_id": outlet_id,
        "slug": source.slug,
        "config_language": source.language,
        "full_text": source.full_text,
        "expect_per_day": source.expect_per_day,
        # shown as it is; user name and password stay in the configuration, whence each poll takes them
        "proxy": without_userinfo(source.proxy),
        "priority": source.priority,
    }


def new_values(source: FeedSource, outlet_id: int, now: dt.datetime) -> dict[str, Any]:
    """The row of a feed that was not there before: due at once."""
    url = first_url(source)
    return configured_values(source, outlet_id) | {
        "kind": source.kind.value,
        "address": source.address,
        "current_url": url,
        "host": host_of(url),
        "created_at": now,
        "next_poll_at": now,
    }
