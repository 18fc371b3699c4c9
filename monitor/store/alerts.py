"""Alerts as rows: each fires once for its rule, and is delivered under a lease, channel by channel.

ready -> sending (leased; each channel: handed -> sent | failed | again) -> sent | failed | ready again      held: over
the limit of its day
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.errors import StaleLeaseError
from monitor.store.known import CHUNK, chunks
from monitor.store.schema.publishing import alert_deliveries, alerts, recipient_holds
from monitor.store.upsert import insert
from monitor.types.alerts import Alert, ChannelTold, LeasedAlert


def fired(connection: Connection, rule: str, keys: Collection[str]) -> set[str]:
    """Those of `keys` for which `rule` has an alert already."""
    found: set[str] = set()
    for chunk in chunks(sorted(keys), CHUNK):
        query = sa.select(alerts.c.key).where(alerts.c.rule == rule, alerts.c.key.in_(chunk))
        found.update(connection.execute(query).scalars())
    return found


def save(connection: Connection, batch: Sequence[Alert], now: dt.datetime, *, hold: Collection[str]) -> int:
    """Store alerts that are not there; those whose key is in `hold` wait unsent. How many are new."""
    stored = 0
    for alert in batch:
        row = {
            "rule": alert.rule, "key": alert.key, "subject": alert.subject, "body": alert.body,
            "reason": dict(alert.reason), "fired_at": now,
            "state": "held" if alert.key in hold else "ready",
        }  # fmt: skip
        statement = insert(connection, alerts).values(row).on_conflict_do_nothing().returning(alerts.c.id)
        stored += connection.execute(statement).first() is not None
    return stored


def count_since(connection: Connection, rule: str, since: dt.datetime) -> int:
    """Alerts of `rule` that fired since then and were not held."""
    query = sa.select(sa.func.count()).where(
        alerts.c.rule == rule, alerts.c.fired_at >= since, alerts.c.state != "held"
    )
    return int(connection.execute(query).scalar_one())


def lease(
    connection: Connection, rules: Collection[str], *, owner: str, now: dt.datetime, lease_for: dt.timedelta
) -> LeasedAlert | None:
    """Take the oldest alert of `rules` that is due; None when there is none."""
    due = sa.or_(alerts.c.next_attempt_at.is_(None), alerts.c.next_attempt_at <= now)
    free = sa.or_(
        sa.and_(alerts.c.state == "ready", due),
        sa.and_(alerts.c.state == "sending", alerts.c.lease_until <= now),
    )
    query = (
        sa.select(alerts)
        .where(free, alerts.c.rule.in_(sorted(rules)))
        .order_by(alerts.c.fired_at, alerts.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    fence, attempts = row["fence"] + 1, row["attempts"] + 1
    connection.execute(
        sa.update(alerts)
        .where(alerts.c.id == row["id"])
        .values(
            state="sending", lease_owner=owner, lease_until=now + lease_for, fence=fence, attempts=attempts
        )
    )
    return LeasedAlert(
        alert_id=row["id"], rule=row["rule"], key=row["key"], subject=row["subject"], body=row["body"],
        reason=row["reason"], fired_at=row["fired_at"], attempts=attempts, fence=fence,
        channels=_channels(connection, row["id"]),
    )  # fmt: skip


def _channels(connection: Connection, alert_id: int) -> dict[str, ChannelTold]:
    query = sa.select(alert_deliveries).where(alert_deliveries.c.alert_id == alert_id)
    return {
        row["channel"]: ChannelTold(state=row["state"], handed=row["handed"], error=row["last_error"])
        for row in connection.execute(query).mappings()
    }


def held_addresses(connection: Connection, addresses: Collection[str]) -> set[str]:
    """Those of these addresses that take no mail."""
    query = sa.select(recipient_holds.c.address).where(recipient_holds.c.address.in_(sorted(addresses)))
    return set(connection.execute(query).scalars())


def hold_address(connection: Connection, address: str, reason: str, now: dt.datetime) -> None:
    """Write no more to an address that does not exist."""
    row = {"address": address, "reason": reason, "at": now}
    connection.execute(insert(connection, recipient_holds).on_conflict_do_nothing(), row)


def tell_channel(
    connection: Connection, held: LeasedAlert, channel: str, told: ChannelTold, now: dt.datetime
) -> None:
    """Note what a channel was told, or is about to be. StaleLeaseError where another worker has the alert."""
    _require(connection, held)
    values = {
        "state": told.state, "handed": told.handed, "last_error": told.error,
        "sent_at": now if told.state == "sent" else None,
    }  # fmt: skip
    statement = insert(connection, alert_deliveries).values(alert_id=held.alert_id, channel=channel, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["alert_id", "channel"], set_=values))


def record(
    connection: Connection, held: LeasedAlert, now: dt.datetime, *, error: str, retry_at: dt.datetime | None
) -> None:
    """Note what became of it: sent where nothing is left to do, tried again at `retry_at`, or given up.

    StaleLeaseError where another worker has taken it over.
    """
    state = "ready" if retry_at else "failed" if error else "sent"
    values = {
        "state": state, "last_error": error, "next_attempt_at": retry_at, "lease_owner": None,
        "lease_until": None, "sent_at": now if state == "sent" else None,
    }  # fmt: skip
    _require(connection, held)
    connection.execute(sa.update(alerts).where(alerts.c.id == held.alert_id).values(values))


def _require(connection: Connection, held: LeasedAlert) -> None:
    # an update, so that who holds the alert cannot change until this transaction ends
    mine = sa.and_(alerts.c.id == held.alert_id, alerts.c.fence == held.fence, alerts.c.state == "sending")
    if connection.execute(sa.update(alerts).where(mine).values(fence=held.fence)).rowcount != 1:
        raise StaleLeaseError(f"alert {held.alert_id} was taken over by another worker")
