"""Digests and their outbox: built and stored with all deliveries at once, then each mail leased, sent, recorded.

ready -> sending (leased) -> sent | failed | ready again      held: the address takes no mail
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.errors import StaleLeaseError
from monitor.store.articles import consent_of, page_columns
from monitor.store.known import CHUNK, chunks
from monitor.store.schema.analysis import annotated, entry_topics
from monitor.store.schema.articles import article_pages
from monitor.store.schema.entries import entries, revisions
from monitor.store.schema.grouping import stories
from monitor.store.schema.publishing import deliveries, digest_items, digests, recipient_holds
from monitor.store.schema.sources import feeds, outlets
from monitor.store.upsert import insert
from monitor.types.storage import (
    Carrier,
    Delivery,
    DeliveryState,
    DigestCandidate,
    DigestItem,
    DigestRecord,
)

READY, SENDING = DeliveryState.READY.value, DeliveryState.SENDING.value


def candidates(
    connection: Connection,
    *,
    since: dt.datetime,
    until: dt.datetime,
    topics: Collection[str],
    languages: Collection[str] | None,
    also: Collection[int] = (),
) -> list[DigestCandidate]:
    """Entries observed in (since, until], and those of `also`, with a topic accepted; with these topics' scores."""
    query = (
        _shown(entry_topics.c.topic, entry_topics.c.score)
        .join(annotated, sa.and_(annotated.c.entry_id == entries.c.id, annotated.c.valid_to.is_(None)))
        .join(entry_topics, sa.and_(entry_topics.c.annotation_id == annotated.c.id, entry_topics.c.accepted))
        .where(
            sa.or_(
                sa.and_(entries.c.observed_at > since, entries.c.observed_at <= until),
                entries.c.id.in_(list(also)),
            ),
            entry_topics.c.topic.in_(list(topics)),
        )
        .order_by(entries.c.id, entry_topics.c.topic)
    )
    if languages is not None:
        query = query.where(entries.c.language.in_(list(languages)))
    rows: dict[int, RowMapping] = {}
    scores: dict[int, dict[str, float]] = {}
    for row in connection.execute(query).mappings():
        rows[row["id"]] = row
        scores.setdefault(row["id"], {})[row["topic"]] = row["score"]
    return [_candidate(row, scores[key]) for key, row in rows.items()]


def headlines(
    connection: Connection,
    clusters: Collection[int],
    language: str,
    *,
    countries: Collection[str],
    ownership: Collection[str],
) -> dict[int, DigestCandidate]:
    """Of each cluster the entry that told it first in `language`; one of these countries and owners before others."""
    fits = [outlets.c[name].in_(list(some)) for name, some in
            (("country", countries), ("ownership", ownership)) if some]  # fmt: skip
    wanted = sa.case((sa.and_(sa.true(), *fits), 0), else_=1)
    found: dict[int, DigestCandidate] = {}
    for chunk in chunks(sorted(set(clusters)), CHUNK):
        place = sa.func.row_number().over(
            partition_by=stories.c.cluster_id, order_by=(wanted, entries.c.effective_at, entries.c.id)
        )
        ranked = (
            _shown(place.label("place"))
            .where(
                stories.c.cluster_id.in_(chunk),
                entries.c.language == language,
                entries.c.gone_at.is_(None),
                revisions.c.title != "",
            )
            .subquery()
        )
        query = sa.select(ranked).where(ranked.c.place == 1)
        for row in connection.execute(query).mappings():
            found[row["cluster_id"]] = _candidate(row, {})
    return found


def _shown(*more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """All that a digest shows of an entry, as `_candidate` reads it."""
    return (
        sa.select(
            entries,
            revisions.c.title,
            revisions.c.body,
            outlets.c.name.label("outlet"),
            outlets.c.country,
            outlets.c.ownership,
            outlets.c.rights,
            revisions.c.source,
            *page_columns(),
            stories.c.cluster_id,
            *more,
        )
        .join(revisions, sa.and_(revisions.c.entry_id == entries.c.id, revisions.c.is_current))
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .join(outlets, outlets.c.id == feeds.c.outlet_id)
        .outerjoin(article_pages, article_pages.c.entry_id == entries.c.id)
        .outerjoin(stories, stories.c.id == entries.c.story_id)
    )


def _candidate(row: RowMapping, topics: Mapping[str, float]) -> DigestCandidate:
    made = {"entry_id", "topics", "excerpt_length", "machine_learning"}
    names = [name for name in DigestCandidate.__dataclass_fields__ if name not in made]
    consent = consent_of(row)
    return DigestCandidate(
        entry_id=row["id"],
        topics=topics,
        excerpt_length=consent.snippet_length,
        machine_learning=consent.machine_learning,
        **{name: row[name] for name in names},
    )


def carriers(connection: Connection, story_ids: Collection[int]) -> dict[int, list[Carrier]]:
    """Entries of each story with their outlets, by effective time."""
    found: dict[int, list[Carrier]] = {}
    for chunk in chunks(sorted(set(story_ids)), CHUNK):
        query = (
            sa.select(
                entries.c.story_id,
                entries.c.id.label("entry_id"),
                outlets.c.name.label("outlet"),
                outlets.c.country,
                outlets.c.ownership,
                sa.func.coalesce(entries.c.language, "und").label("language"),
                entries.c.url,
                entries.c.effective_at,
            )
            .join(feeds, feeds.c.id == entries.c.feed_id)
            .join(outlets, outlets.c.id == feeds.c.outlet_id)
            .where(entries.c.story_id.in_(chunk))
            .order_by(entries.c.effective_at, entries.c.id)
        )
        for row in connection.execute(query).mappings():
            found.setdefault(row["story_id"], []).append(Carrier(**row))
    return found


def last_end(connection: Connection, name: str) -> dt.datetime | None:
    """End of the latest period covered."""
    query = sa.select(sa.func.max(digests.c.period_end)).where(digests.c.name == name)
    found: dt.datetime | None = connection.execute(query).scalar_one()
    return found


def save(
    connection: Connection, record: DigestRecord, recipients: Mapping[str, str], now: dt.datetime
) -> int:
    """Store the digest with its items and deliveries, unless that day has one; its id."""
    values = {name: getattr(record, name) for name in DigestRecord.__dataclass_fields__ if name != "items"}
    statement = insert(connection, digests).values(**values, created_at=now)
    statement = statement.on_conflict_do_nothing(index_elements=["name", "day"]).returning(digests.c.id)
    digest_id = connection.execute(statement).scalar_one_or_none()
    if digest_id is None:
        same = sa.and_(digests.c.name == record.name, digests.c.day == record.day)
        return int(connection.execute(sa.select(digests.c.id).where(same)).scalar_one())
    rows = [
        {
            "digest_id": digest_id,
            "position": position,
            "section": item.section,
            "kind": item.kind,
            "entry_id": item.entry_id,
            "story_id": item.story_id,
        }
        for position, item in enumerate(record.items)
    ]
    if rows:
        connection.execute(sa.insert(digest_items), rows)
    _post(connection, digest_id, recipients, now)
    return int(digest_id)


def _post(connection: Connection, digest_id: int, recipients: Mapping[str, str], now: dt.datetime) -> None:
    query = sa.select(recipient_holds.c.address).where(recipient_holds.c.address.in_(list(recipients)))
    held = set(connection.execute(query).scalars())
    rows = [
        {
            "digest_id": digest_id,
            "recipient": address,
            "message_id": message_id,
            "state": DeliveryState.HELD.value if address in held else READY,
            "next_attempt_at": now,
        }
        for address, message_id in sorted(recipients.items())
    ]
    if rows:
        connection.execute(sa.insert(deliveries), rows)


def find(connection: Connection, name: str, day: dt.date) -> DigestRecord | None:
    """The digest of that name and day."""
    query = sa.select(digests).where(digests.c.name == name, digests.c.day == day)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    lines = (
        sa.select(digest_items).where(digest_items.c.digest_id == row["id"]).order_by(digest_items.c.position)
    )
    items = tuple(
        DigestItem(section=line.section, entry_id=line.entry_id, story_id=line.story_id, kind=line.kind)
        for line in connection.execute(lines)
    )
    values = {name: row[name] for name in DigestRecord.__dataclass_fields__ if name != "items"}
    return DigestRecord(**values, items=items)


def lease_delivery(
    connection: Connection, *, owner: str, now: dt.datetime, lease_for: dt.timedelta, name: str | None
) -> Delivery | None:
    """The mail that has waited longest, leased; one whose sender died is taken over with its Message-ID."""
    free = sa.or_(
        sa.and_(deliveries.c.state == READY, deliveries.c.next_attempt_at <= now),
        sa.and_(deliveries.c.state == SENDING, deliveries.c.lease_until <= now),
    )
    query = sa.select(deliveries, *_digest_columns()).join(digests, digests.c.id == deliveries.c.digest_id)
    query = query.where(free).order_by(deliveries.c.next_attempt_at, deliveries.c.id).limit(1)
    if name is not None:
        query = query.where(digests.c.name == name)
    locked = query.with_for_update(skip_locked=True, of=deliveries)
    row = connection.execute(locked).mappings().one_or_none()
    if row is None:
        return None
    values: dict[str, Any] = {
        "state": SENDING,
        "lease_owner": owner,
        "lease_until": now + lease_for,
        "fence": row["fence"] + 1,
        "attempts": row["attempts"] + 1,
    }
    connection.execute(sa.update(deliveries).where(deliveries.c.id == row["id"]).values(**values))
    return Delivery(
        delivery_id=row["id"],
        digest_id=row["digest_id"],
        digest=row["digest_name"],
        day=row["day"],
        recipient=row["recipient"],
        message_id=row["message_id"],
        attempts=values["attempts"],
        handed=row["handed"],
        fence=values["fence"],
        subject=row["subject"],
        html=row["html"],
        text=row["text"],
        message=row["message"],
    )


def _digest_columns() -> list[sa.ColumnElement[Any]]:
    names = ("day", "subject", "html", "text", "message")
    return [digests.c.name.label("digest_name"), *(digests.c[name] for name in names)]


def mark_handed(connection: Connection, delivery: Delivery) -> None:
    """Record that the mail is about to be handed over: whoever finds it so later cannot know what became of it."""
    _change(connection, delivery, {"handed": delivery.handed + 1})


def mark_sent(connection: Connection, delivery: Delivery, now: dt.datetime) -> None:
    """Record that the server took the mail."""
    values = {"state": DeliveryState.SENT.value, "sent_at": now, "last_error": ""}
    _close(connection, delivery, values)


def mark_failed(
    connection: Connection,
    delivery: Delivery,
    now: dt.datetime,
    *,
    error: str,
    retry_at: dt.datetime | None,
    hold: bool,
    unknown: bool,
) -> None:
    """Record why the mail did not go, and when to try again, if ever."""
    state = READY if retry_at is not None else DeliveryState.FAILED.value
    values = {"state": state, "last_error": error, "next_attempt_at": retry_at or now}
    # an answer that refuses the mail takes the handing back
    _close(connection, delivery, values if unknown else values | {"handed": delivery.handed})
    if hold:
        row = {"address": delivery.recipient, "reason": error, "at": now}
        connection.execute(insert(connection, recipient_holds).on_conflict_do_nothing(), row)


def _close(connection: Connection, delivery: Delivery, values: Mapping[str, Any]) -> None:
    _change(connection, delivery, {**values, "lease_owner": None, "lease_until": None})


def _change(connection: Connection, delivery: Delivery, values: Mapping[str, Any]) -> None:
    held = sa.and_(
        deliveries.c.id == delivery.delivery_id,
        deliveries.c.fence == delivery.fence,
        deliveries.c.state == SENDING,
    )
    if connection.execute(sa.update(deliveries).where(held).values(**values)).rowcount != 1:
        raise StaleLeaseError(f"another worker has taken over the mail {delivery.message_id}")
