"""Named leases: one worker at a time for grouping, a digest, maintenance. The fence rises with every taking."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.errors import StaleLeaseError
from monitor.store.schema.operations import leases
from monitor.store.upsert import insert
from monitor.types.storage import NamedLease


def take(
    connection: Connection, name: str, *, owner: str, now: dt.datetime, lease_for: dt.timedelta
) -> NamedLease | None:
    """The lease, also where `owner` has it already (renewed, same fence); None while another holds it."""
    connection.execute(insert(connection, leases).values(name=name).on_conflict_do_nothing())
    row = connection.execute(sa.select(leases).where(leases.c.name == name).with_for_update()).one()
    held = row.until is not None and row.until > now
    if held and row.owner != owner:
        return None
    fence = row.fence if held else row.fence + 1
    expires_at = now + lease_for
    values = {"owner": owner, "until": expires_at, "fence": fence}
    connection.execute(sa.update(leases).where(leases.c.name == name).values(**values))
    return NamedLease(name=name, owner=owner, fence=fence, expires_at=expires_at)


def release(connection: Connection, lease: NamedLease) -> bool:
    """Give the lease back; False where another has taken it over."""
    held = sa.and_(leases.c.name == lease.name, leases.c.fence == lease.fence, leases.c.owner == lease.owner)
    statement = sa.update(leases).where(held).values(owner=None, until=None)
    return connection.execute(statement).rowcount == 1


def require(connection: Connection, lease: NamedLease | None) -> None:
    """Refuse to go on under a lease that was taken over; StaleLeaseError undoes the transaction."""
    if lease is None:
        return
    query = sa.select(leases.c.fence).where(leases.c.name == lease.name).with_for_update()
    fence = connection.execute(query).scalar_one_or_none()
    if fence != lease.fence:
        raise StaleLeaseError(
            f"{lease.owner} no longer holds the lease on {lease.name}: nothing was written",
            hint="another worker goes on with it; a clock that jumps or a very slow step causes this",
        )
