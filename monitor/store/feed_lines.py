"""What is counted of feeds to learn their boilerplate: one bounded row a feed."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.known import CHUNK, chunks
from monitor.store.schema.grouping import feed_lines
from monitor.store.upsert import insert
from monitor.types.grouping import FeedLines, LineCount


def read_lines(connection: Connection, feed_ids: Collection[int]) -> dict[int, FeedLines]:
    """The counts of these feeds; a feed of which nothing is known is not among them."""
    found: dict[int, FeedLines] = {}
    for chunk in chunks(sorted(feed_ids), CHUNK):
        query = sa.select(feed_lines).where(feed_lines.c.feed_id.in_(chunk))
        for row in connection.execute(query):
            lines = {(edge, mark): LineCount(count, tuple(days)) for edge, mark, count, days in row.lines}
            found[row.feed_id] = FeedLines(feed_id=row.feed_id, entries=row.entries, lines=lines)
    return found


def save_lines(connection: Connection, counted: Iterable[FeedLines]) -> None:
    """Put the counts of feeds in place of those that were there."""
    rows = [
        {
            "feed_id": one.feed_id,
            "entries": one.entries,
            "lines": [
                [edge, mark, seen.count, seen.days] for (edge, mark), seen in sorted(one.lines.items())
            ],
        }
        for one in counted
    ]
    if rows:
        statement = insert(connection, feed_lines)
        statement = statement.on_conflict_do_update(
            index_elements=["feed_id"],
            set_={"entries": statement.excluded.entries, "lines": statement.excluded.lines},
        )
        connection.execute(statement, rows)
