"""The index that search reads: documents of the entries analysed, and what a query finds.

An entry has one document, of its current text and with its language, feed, topics and month as tokens, so that
filters are answered by the index too. It is written with the annotation, in its transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.engine import Connection, RowMapping

from monitor.store import search_terms as terms
from monitor.store.known import CHUNK, chunks
from monitor.store.schema.analysis import annotated, entry_topics
from monitor.store.schema.entries import entries, revisions, search_documents
from monitor.store.schema.sources import feeds, outlets
from monitor.store.upsert import insert
from monitor.text.searching import MOST, VERSION, document
from monitor.types.search import Filters, Found, Query

TITLE: Final = 500
"""Tokens of a title that are indexed."""
NEWEST: Final = 20_000
"""Entries by id whose documents PostgreSQL reads before it asks its index."""


def index(connection: Connection, entry_ids: Collection[int]) -> int:
    """Write the documents of these entries anew; how many. Those without a text, or not analysed, have none."""
    written = 0
    for chunk in chunks(sorted(entry_ids), CHUNK):
        rows = [_row(connection.dialect.name, *one) for one in _texts(connection, chunk)]
        kept = {row["entry_id"] for row in rows}
        gone = [entry_id for entry_id in chunk if entry_id not in kept]
        connection.execute(sa.delete(search_documents).where(search_documents.c.entry_id.in_(gone)))
        if rows:
            statement = insert(connection, search_documents)
            names = [name for name in rows[0] if name != "entry_id"]
            values = {name: statement.excluded[name] for name in names}
            statement = statement.on_conflict_do_update(index_elements=["entry_id"], set_=values)
            connection.execute(statement, rows)
        written += len(rows)
    return written


def _texts(connection: Connection, ids: Sequence[int]) -> list[tuple[RowMapping, list[str]]]:
    query = (
        sa.select(
            entries.c.id, entries.c.feed_id, entries.c.language, entries.c.day, annotated.c.id.label("annotation"),
            revisions.c.id.label("revision_id"), revisions.c.title, revisions.c.body,
        )
        .join(revisions, sa.and_(revisions.c.entry_id == entries.c.id, revisions.c.is_current))
        .join(annotated, sa.and_(annotated.c.entry_id == entries.c.id, annotated.c.valid_to.is_(None)))
        .where(entries.c.id.in_(ids), revisions.c.purged_at.is_(None))
    )  # fmt: skip
    rows = connection.execute(query).mappings().all()
    tagged = sa.select(entry_topics.c.annotation_id, entry_topics.c.topic).where(
        entry_topics.c.annotation_id.in_([row["annotation"] for row in rows]), entry_topics.c.accepted
    )
    topics: dict[int, list[str]] = {}
    for annotation, topic in connection.execute(tagged).tuples():
        topics.setdefault(annotation, []).append(topic)
    return [(row, topics.get(row["annotation"], [])) for row in rows]


def _row(dialect: str, text: RowMapping, topics: Sequence[str]) -> dict[str, Any]:
    title, body = document(text["title"], TITLE), document(text["body"], MOST - TITLE)
    meta = [
        terms.label("l", text["language"]),
        terms.label("f", text["feed_id"]),
        terms.month(text["day"]),
        *(terms.label("t", topic) for topic in sorted(topics)),
    ]
    row = {"entry_id": text["id"], "revision_id": text["revision_id"], "version": VERSION}
    if dialect == "postgresql":
        vector = terms.tsvector(title, body, meta)
        return row | {"title": "", "body": "", "meta": "", "document": vector}
    return row | {
        "title": " ".join(title),
        "body": " ".join(body),
        "meta": " ".join(meta),
        "document": None,
    }


def unindexed(connection: Connection, *, after: int, limit: int, everything: bool) -> list[int]:
    """Analysed entries by id from `after`: those without a document of this version, or every one."""
    query = sa.select(entries.c.id).where(entries.c.id > after, entries.c.language.is_not(None))
    if not everything:
        made = sa.exists().where(
            search_documents.c.entry_id == entries.c.id, search_documents.c.version == VERSION
        )
        kept = sa.exists().where(
            revisions.c.entry_id == entries.c.id, revisions.c.is_current, revisions.c.purged_at.is_(None)
        )
        query = query.where(~made, kept)
    return list(connection.execute(query.order_by(entries.c.id).limit(limit)).scalars())


def search(
    connection: Connection, query: Query, filters: Filters, *, limit: int, now: dt.datetime
) -> list[Found]:
    """What the query finds, the latest seen first, at most `limit`. Posts that are gone are not shown."""
    groups = _groups(connection, filters, now)
    if groups is None:
        return []
    conditions: list[sa.ColumnElement[bool]] = [entries.c.gone_at.is_(None)]
    if filters.since is not None:
        conditions.append(entries.c.effective_at >= filters.since)
    if filters.until is not None:
        conditions.append(entries.c.effective_at < filters.until)
    matches = (
        _fts5(query, groups) if connection.dialect.name == "sqlite" else _tsquery(connection, query, groups)
    )
    found: list[Found] = []
    for matched in matches:
        found = _read(connection, matched, conditions, limit)
        if len(found) == limit:
            break
    return found


def _read(
    connection: Connection, matched: sa.FromClause, conditions: Sequence[sa.ColumnElement[bool]], limit: int
) -> list[Found]:
    """The entries of documents that match, the latest first."""
    order = matched.c.entry_id
    statement = (
        sa.select(
            entries.c.id.label("entry_id"), entries.c.uid, revisions.c.id.label("revision_id"),
            revisions.c.title, revisions.c.body, entries.c.url, outlets.c.name.label("outlet"),
            entries.c.language, entries.c.effective_at,
        )
        .select_from(matched)
        .join(entries, entries.c.id == order)
        .join(revisions, sa.and_(revisions.c.entry_id == entries.c.id, revisions.c.is_current))
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .join(outlets, outlets.c.id == feeds.c.outlet_id)
        .where(*conditions)
        .order_by(order.desc())
        .limit(limit)
    )  # fmt: skip
    return [Found(**row) for row in connection.execute(statement).mappings()]


def _fts5(query: Query, groups: Collection[Collection[str]]) -> Iterator[sa.FromClause]:
    """SQLite's index gives its rows in descending order by itself: a limit stops it."""
    index_table = sa.table("search_index", sa.column("rowid", sa.Integer()))
    condition = sa.text("search_index MATCH :matching").bindparams(matching=terms.fts5(query, groups))
    yield sa.select(index_table.c.rowid.label("entry_id")).where(condition).subquery("found")


def _tsquery(
    connection: Connection, query: Query, groups: Collection[Collection[str]]
) -> Iterator[sa.FromClause]:
    """First the newest documents, read one by one; then all, by the inverted index, which has no order.

    What many documents have is found among the newest. What these do not have often enough is rare, or old, and
    collected whole. The planner, left alone, reads a million documents backwards for what is in none of them.
    """
    wanted = sa.cast(terms.tsquery(query, groups), TSQUERY)
    matching = sa.select(search_documents.c.entry_id).where(search_documents.c.document.op("@@")(wanted))
    newest = connection.execute(sa.select(sa.func.max(search_documents.c.entry_id))).scalar_one() or 0
    yield matching.where(search_documents.c.entry_id > newest - NEWEST).subquery("found")
    if newest > NEWEST:
        yield matching.cte("found").prefix_with("MATERIALIZED")


def _groups(connection: Connection, filters: Filters, now: dt.datetime) -> list[list[str]] | None:
    """Tokens of which a document must have one each; None where a filter names what is not there."""
    groups = [
        [terms.label("l", language) for language in filters.languages],
        [terms.label("t", topic) for topic in filters.topics],
        terms.months(filters.since, filters.until, now + dt.timedelta(days=2)),
    ]
    if filters.outlets:
        named = sa.or_(outlets.c.slug.in_(filters.outlets), outlets.c.name.in_(filters.outlets))
        query = sa.select(feeds.c.id).join(outlets, outlets.c.id == feeds.c.outlet_id).where(named)
        found = [terms.label("f", feed) for feed in connection.execute(query).scalars()]
        if not found:
            return None
        groups.append(found)
    return [group for group in groups if group]
