"""Raw answers of feeds and raw pages of entries: kept beside what was read from them, until they are too old."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.store.schema.entries import entries, revisions
from monitor.store.schema.sources import feeds, outlets, raw_bodies, raw_pages
from monitor.store.upsert import insert
from monitor.types.plans import FeedPlan
from monitor.types.raw import KeptBody, RawBody, pack


def bodies_of(plan: FeedPlan) -> Iterator[RawBody]:
    """The answers that a plan wants kept."""
    yield from plan.bodies
    if plan.raw_body is not None:
        fetch = plan.fetch
        yield pack(
            plan.raw_body, url=fetch.url, observed_at=fetch.started_at, status=fetch.status, failed=True
        )


def keep_bodies(connection: Connection, plans: Iterable[FeedPlan], now: dt.datetime) -> None:
    """Store the answers of plans; those that are there already stay."""
    rows = [
        _values(raw) | {"feed_id": plan.feed_id, "stored_at": now, "failed": raw.failed}
        for plan in plans
        for raw in bodies_of(plan)
    ]
    if rows:
        connection.execute(insert(connection, raw_bodies).on_conflict_do_nothing(), rows)


def keep_page(connection: Connection, entry_id: int, raw: RawBody) -> None:
    """Store the page of an entry, in place of one that was there."""
    row = _values(raw) | {"entry_id": entry_id}
    statement = insert(connection, raw_pages).values(**row)
    values = {name: statement.excluded[name] for name in row if name != "entry_id"}
    connection.execute(statement.on_conflict_do_update(index_elements=["entry_id"], set_=values))


def _values(raw: RawBody) -> dict[str, Any]:
    return {
        "observed_at": raw.observed_at,
        "url": raw.url,
        "status": raw.status,
        "headers": [list(header) for header in raw.headers],
        "sha256": raw.sha256,
        "codec": raw.codec,
        "size": raw.size,
        "body": raw.packed,
    }


def body_for_entry(connection: Connection, entry_id: int) -> RawBody | None:
    """The answer that an entry's current text was read from: its page, or its feed's; None where it is not kept."""
    query = (
        sa.select(
            entries.c.feed_id, entries.c.external_id, entries.c.observed_at.label("entry_at"),
            revisions.c.source, revisions.c.observed_at.label("text_at"),
        )
        .join(revisions, sa.and_(revisions.c.entry_id == entries.c.id, revisions.c.is_current))
        .where(entries.c.id == entry_id)
    )  # fmt: skip
    found = connection.execute(query).mappings().one_or_none()
    if found is None:
        return None
    if found["source"] == "article":
        page = connection.execute(sa.select(raw_pages).where(raw_pages.c.entry_id == entry_id)).mappings()
        row = page.one_or_none()
        if row is not None:
            return raw_of(row)
    times = [found["entry_at"], *([found["text_at"]] if found["source"] == "feed" else [])]
    of_poll = sa.select(raw_bodies).where(
        raw_bodies.c.feed_id == found["feed_id"],
        raw_bodies.c.stored_at.in_(times),
        sa.not_(raw_bodies.c.failed),
    )
    rows = connection.execute(of_poll.order_by(raw_bodies.c.stored_at.desc(), raw_bodies.c.id)).mappings()
    return _showing([raw_of(row) for row in rows], found["external_id"])


def _showing(bodies: list[RawBody], external_id: str) -> RawBody | None:
    """A poll may have read several pages: the one that names the entry, else the first."""
    names = {external_id.encode(), escape(external_id).encode()}
    return next((raw for raw in bodies if any(name in raw.body for name in names)), next(iter(bodies), None))


def kept_bodies(
    connection: Connection, *, since: dt.datetime | None, after: int, limit: int
) -> list[KeptBody]:
    """Kept answers of feeds stored since `since`, by id from `after`."""
    query = (
        sa.select(
            raw_bodies,
            feeds.c.slug, feeds.c.kind, feeds.c.address,
            sa.func.coalesce(feeds.c.config_language, outlets.c.language).label("language"),
        )
        .join(feeds, feeds.c.id == raw_bodies.c.feed_id)
        .join(outlets, outlets.c.id == feeds.c.outlet_id)
        .where(raw_bodies.c.id > after)
        .order_by(raw_bodies.c.id)
        .limit(limit)
    )  # fmt: skip
    if since is not None:
        query = query.where(raw_bodies.c.observed_at >= since)
    return [
        KeptBody(
            body_id=row["id"],
            feed_id=row["feed_id"],
            slug=row["slug"],
            kind=row["kind"],
            address=row["address"],
            language=row["language"],
            stored_at=row["stored_at"],
            raw=raw_of(row),
        )
        for row in connection.execute(query).mappings()
    ]


def raw_of(row: RowMapping) -> RawBody:
    """A stored answer as a value."""
    return RawBody(
        url=row["url"],
        observed_at=row["observed_at"],
        status=row["status"],
        headers=tuple((name, value) for name, value in row["headers"]),
        sha256=row["sha256"],
        size=row["size"],
        packed=row["body"],
        codec=row["codec"],
        failed=bool(row.get("failed", False)),
    )
