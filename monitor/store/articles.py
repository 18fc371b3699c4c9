"""Pages of entries: which are to be fetched, what came of it, what may be done with their texts, for how long.

entries of feeds with full_text -> wanted -> (fetched, read) -> attempt + page + text, in one transaction
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.store.apply_feed import stop_hosts
from monitor.store.apply_texts import store_article
from monitor.store.columns import dumps
from monitor.store.feed_rows import rights_of
from monitor.store.known import CHUNK, chunks
from monitor.store.raw import keep_page
from monitor.store.schema.articles import article_attempts, article_pages
from monitor.store.schema.entries import entries, holds, revisions, search_documents
from monitor.store.schema.sources import feeds, fetches, hosts, outlets, raw_pages
from monitor.store.upsert import insert
from monitor.types.article import (
    Consent,
    PageHost,
    PageRecord,
    PageWanted,
    StoredRobots,
    strictest,
)
from monitor.types.plans import HostStop
from monitor.types.source import Rights

FRESH = dt.timedelta(days=7)
"""Pages of entries first seen longer ago, or of backlog that is older, are not asked for."""

RECENTLY = dt.timedelta(hours=2)
"""How far back it is looked when a host was last asked: longer than any gap but a Crawl-delay's."""

ATTEMPT_DETAIL = 300
CONSENT_FIELDS = tuple(Consent.__dataclass_fields__)


def wanted(connection: Connection, now: dt.datetime, *, limit: int, per_feed: int) -> list[PageWanted]:
    """Entries whose page was not tried or is to be tried again; the untried and new first, `per_feed` of a feed."""
    # a page that keeps failing must not stand before those that were never asked for
    attempts = sa.func.coalesce(article_attempts.c.attempts, 0)
    order = (attempts, entries.c.observed_at.desc(), entries.c.id.desc())
    turn = sa.func.row_number().over(partition_by=entries.c.feed_id, order_by=order)
    queue = (
        sa.select(
            entries.c.id,
            entries.c.observed_at,
            feeds.c.slug,
            feeds.c.proxy,
            attempts.label("attempts"),
            turn.label("turn"),
        )
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .outerjoin(article_attempts, article_attempts.c.entry_id == entries.c.id)
        .where(
            feeds.c.full_text,
            feeds.c.enabled,
            feeds.c.kind == "rss",
            entries.c.url.is_not(None),
            entries.c.observed_at > now - FRESH,
            sa.or_(sa.not_(entries.c.backlog), entries.c.effective_at > now - FRESH),
            sa.or_(article_attempts.c.entry_id.is_(None), article_attempts.c.next_try_at <= now),
        )
        .cte("queue")
    )
    said = sa.and_(revisions.c.entry_id == entries.c.id, revisions.c.source == "feed", revisions.c.is_latest)
    query = (
        sa.select(
            entries.c.id.label("entry_id"),
            entries.c.feed_id,
            entries.c.url,
            revisions.c.title,
            sa.func.length(revisions.c.body).label("body_length"),
            queue.c.attempts,
            queue.c.slug.label("feed"),
            queue.c.proxy,
        )
        .join(queue, queue.c.id == entries.c.id)
        .join(revisions, said)
        .where(queue.c.turn <= per_feed)
        .order_by(queue.c.attempts, queue.c.observed_at.desc(), queue.c.id.desc())
        .limit(limit)
    )
    return [PageWanted(**row) for row in connection.execute(query).mappings()]


def save_page(connection: Connection, page: PageRecord, now: dt.datetime) -> bool:
    """Store one attempt, what the page permits and its text; whether the text is new."""
    attempt = {
        "entry_id": page.entry_id,
        "tried_at": now,
        "outcome": page.outcome.value,
        "code": page.code,
        "detail": page.detail[:ATTEMPT_DETAIL],
        "attempts": page.attempts,
        "next_try_at": page.next_try_at,
    }
    _put(connection, article_attempts, attempt)
    if page.consent is not None:
        said = {name: getattr(page.consent, name) for name in CONSENT_FIELDS}
        about = {"url": page.url, "published_at": page.published_at, "language": page.language}
        _put(connection, article_pages, said | about | {"entry_id": page.entry_id, "read_at": now})
    if page.sha256 is None:
        return False
    if page.raw is not None:
        keep_page(connection, page.entry_id, page.raw)
    return store_article(connection, page.entry_id, page.title, page.body, page.sha256, now)


def _put(connection: Connection, table: sa.Table, row: Mapping[str, Any]) -> None:
    statement = insert(connection, table).values(**row)
    values = {name: statement.excluded[name] for name in row if name != "entry_id"}
    connection.execute(statement.on_conflict_do_update(index_elements=["entry_id"], set_=values))


def consents(connection: Connection, entry_ids: Collection[int]) -> dict[int, Consent]:
    """For each entry what may be done with its current text, by its outlet's rights and its page's words."""
    query = (
        sa.select(entries.c.id, outlets.c.rights, revisions.c.source, *page_columns())
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .join(outlets, outlets.c.id == feeds.c.outlet_id)
        .join(revisions, sa.and_(revisions.c.entry_id == entries.c.id, revisions.c.is_current))
        .outerjoin(article_pages, article_pages.c.entry_id == entries.c.id)
    )
    found: dict[int, Consent] = {}
    for chunk in chunks(sorted(set(entry_ids)), CHUNK):
        for row in connection.execute(query.where(entries.c.id.in_(chunk))).mappings():
            found[row["id"]] = consent_of(row)
    return found


def page_columns() -> list[sa.ColumnElement[Any]]:
    """What a page permits, under names that `consent_of` reads beside `rights` and `source`."""
    return [article_pages.c[name].label(f"page_{name}") for name in CONSENT_FIELDS]


def consent_of(row: RowMapping) -> Consent:
    """What the outlet's `rights` and, where the current text's `source` is the page, the page permit together.

    What the feed itself says is not touched by the words of a page.
    """
    granted = consent_by(rights_of(row["rights"]))
    if row["source"] != "article" or row["page_archive"] is None:
        return granted
    said = {name: row[f"page_{name}"] for name in CONSENT_FIELDS}
    return strictest(granted, Consent(**(said | {"signals": tuple(said["signals"])})))


def consent_by(rights: Rights) -> Consent:
    """The rights of an outlet as a consent."""
    signals = [
        *([f"rights: excerpt_length {rights.excerpt_length}"] if rights.excerpt_length is not None else []),
        *([] if rights.machine_learning else ["rights: machine_learning"]),
    ]
    return Consent(
        snippet_length=rights.excerpt_length,
        machine_learning=rights.machine_learning,
        signals=tuple(signals),
    )


def purge(connection: Connection, now: dt.datetime) -> int:
    """Empty the texts of pages that their outlets' `retention` no longer covers; how many.

    Titles, hashes and what analysis found stay. Entries under a hold, or still waiting for analysis, keep their texts.
    """
    purged = 0
    for outlet_id, stored in connection.execute(sa.select(outlets.c.id, outlets.c.rights)).tuples():
        retention = rights_of(stored).retention
        if retention is not None:
            purged += _purge_outlet(connection, outlet_id, now - retention, now)
    return purged


def _purge_outlet(connection: Connection, outlet_id: int, before: dt.datetime, now: dt.datetime) -> int:
    held = sa.exists().where(
        holds.c.object_kind == "entry", holds.c.object_key == entries.c.uid, holds.c.released_at.is_(None)
    )
    query = (
        sa.select(revisions.c.id, revisions.c.entry_id)
        .join(entries, entries.c.id == revisions.c.entry_id)
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .where(
            feeds.c.outlet_id == outlet_id,
            revisions.c.source == "article",
            revisions.c.purged_at.is_(None),
            revisions.c.observed_at <= before,
            entries.c.pending_at.is_(None),
            sa.not_(held),
        )
    )
    rows = connection.execute(query).all()
    for chunk in chunks(rows, CHUNK):
        of_page = revisions.c.id.in_([row.id for row in chunk])
        connection.execute(sa.update(revisions).where(of_page).values(body="", purged_at=now))
        found = search_documents.c.revision_id.in_([row.id for row in chunk])
        connection.execute(sa.delete(search_documents).where(found))
        pages = raw_pages.c.entry_id.in_([row.entry_id for row in chunk])
        connection.execute(sa.delete(raw_pages).where(pages))
    return len(rows)


def page_hosts(connection: Connection, names: Collection[str], now: dt.datetime) -> dict[str, PageHost]:
    """What is known of these hosts: robots.txt by origin, and when a feed there was last asked."""
    wanted_hosts = sorted(set(names))
    asked: dict[str, dt.datetime] = {}
    kept: dict[str, Sequence[StoredRobots]] = {}
    for chunk in chunks(wanted_hosts, CHUNK):
        latest = (
            sa.select(feeds.c.host, sa.func.max(fetches.c.started_at, type_=fetches.c.started_at.type))
            .join(fetches, fetches.c.feed_id == feeds.c.id)
            .where(feeds.c.host.in_(chunk), fetches.c.started_at > now - RECENTLY)
            .group_by(feeds.c.host)
        )
        asked |= {row[0]: row[1] for row in connection.execute(latest)}
        query = sa.select(hosts.c.host, hosts.c.robots).where(hosts.c.host.in_(chunk))
        kept |= {row.host: robots_in(row.robots) for row in connection.execute(query)}
    return {
        name: PageHost(host=name, robots=tuple(kept.get(name, ())), asked_at=asked.get(name))
        for name in wanted_hosts
    }


def save_hosts(
    connection: Connection,
    known: Iterable[PageHost],
    stops: Mapping[str, dt.datetime],
    now: dt.datetime,
) -> None:
    """Keep robots.txt files of hosts, and which hosts asked to be left alone until when."""
    rows = [
        {
            "host": host.host,
            "robots": robots_text(host.robots),
            "robots_at": max((file.fetched_at for file in host.robots), default=None),
            "updated_at": now,
        }
        # in one order, so that two workers never wait for each other
        for host in sorted(known, key=lambda host: host.host)
    ]
    if rows:
        statement = insert(connection, hosts)
        values = {name: statement.excluded[name] for name in ("robots", "robots_at", "updated_at")}
        connection.execute(statement.on_conflict_do_update(index_elements=["host"], set_=values), rows)
    stop_hosts(
        connection,
        [HostStop(host=host, until=until, reason="asked by a page") for host, until in stops.items()],
        now,
    )


def robots_text(files: Iterable[StoredRobots]) -> str:
    """The files of one host, one for each origin, as JSON."""
    return dumps(
        {
            file.origin: {
                "state": file.state,
                "fetched_at": file.fetched_at,
                # text columns hold no NUL
                "text": file.text.replace("\x00", ""),
                "next_page_at": file.next_page_at,
            }
            for file in files
        }
    )


def robots_in(stored: str | None) -> tuple[StoredRobots, ...]:
    """The files that `robots_text` wrote."""
    kept: dict[str, dict[str, Any]] = json.loads(stored) if stored else {}
    return tuple(
        StoredRobots(
            origin=origin,
            state=file["state"],
            fetched_at=dt.datetime.fromisoformat(file["fetched_at"]),
            text=file["text"],
            next_page_at=dt.datetime.fromisoformat(file["next_page_at"]) if file["next_page_at"] else None,
        )
        for origin, file in kept.items()
    )
