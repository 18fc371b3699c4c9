"""Daily rollups made anew: the rows of marked days, one day a transaction.

Marks are read first and taken away last, by their own keys: a change that commits meanwhile leaves its mark, and the
day is counted once more. Between a change and a refresh the views count marked days themselves.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.cluster_spans import rebuild_spans
from monitor.store.known import CHUNK, chunks
from monitor.store.schema.entries import entries
from monitor.store.schema.operations import settings
from monitor.store.schema.rollups import rollup_fetches_daily, rollup_marks
from monitor.store.schema.sources import fetches
from monitor.store.upsert import insert
from monitor.store.views.counting import COUNTS, version

SETTING = "rollups_sha256"


def marked_days(connection: Connection, *, limit: int) -> list[dt.date]:
    """Days whose rows may be out of date, the newest first."""
    query = sa.select(rollup_marks.c.day).distinct().order_by(rollup_marks.c.day.desc()).limit(limit)
    return list(connection.execute(query).scalars())


def refresh_day(connection: Connection, day: dt.date) -> bool:
    """Count a marked day anew; False where another has done so already."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        # one refresh at a time; readers and writers of marks do not wait for it
        connection.exec_driver_sql("LOCK TABLE rollup_attention IN SHARE ROW EXCLUSIVE MODE")
    query = sa.select(rollup_marks.c.mark).where(rollup_marks.c.day == day)
    marks = list(connection.execute(query).scalars())
    if not marks:
        return False
    days = f"DATE '{day}'" if dialect == "postgresql" else f"'{day}'"
    for table, count in COUNTS.items():
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE day = '{day}'")  # noqa: S608 - a date
        connection.exec_driver_sql(f"INSERT INTO {table}\n{count(days, dialect)}")
    for chunk in chunks(marks, CHUNK):
        of_day = sa.and_(rollup_marks.c.day == day, rollup_marks.c.mark.in_(chunk))
        connection.execute(sa.delete(rollup_marks).where(of_day))
    return True


def mark_all(connection: Connection) -> int:
    """Mark every day that has entries or rows, count up the log of fetches, and clusters anew; how many days.

    Days before the oldest fetch that is kept hold what was counted of them then.
    """
    days = set(connection.execute(sa.select(entries.c.day).distinct()).scalars())
    for table in COUNTS:
        kept = sa.table(table, sa.column("day", sa.Date()))
        days.update(connection.execute(sa.select(kept.c.day).distinct()).scalars())
    rows = [{"day": day, "mark": 0} for day in sorted(days)]
    if rows:
        connection.execute(insert(connection, rollup_marks).on_conflict_do_nothing(), rows)
    _recount_fetches(connection)
    rebuild_spans(connection)
    return len(rows)


def _recount_fetches(connection: Connection) -> None:
    # the oldest day in the log may have been pruned in part
    oldest = sa.select(sa.func.min(fetches.c.day)).scalar_subquery()
    connection.execute(sa.delete(rollup_fetches_daily).where(rollup_fetches_daily.c.day > oldest))
    answered = sa.func.sum(sa.case((fetches.c.outcome == "failed", 0), else_=1))
    counted = (
        sa.select(fetches.c.day, fetches.c.feed_id, sa.func.count(), answered)
        .where(
            ~sa.exists().where(
                rollup_fetches_daily.c.day == fetches.c.day,
                rollup_fetches_daily.c.feed_id == fetches.c.feed_id,
            )
        )
        .group_by(fetches.c.day, fetches.c.feed_id)
    )
    columns = ["day", "feed_id", "fetches", "answered"]
    connection.execute(sa.insert(rollup_fetches_daily).from_select(columns, counted))


def mark_outdated(connection: Connection, now: dt.datetime) -> bool:
    """Mark every day where the rows were counted by another definition than this program's; whether they were."""
    wanted = version(connection.dialect.name)
    found = connection.execute(
        sa.select(settings.c.value).where(settings.c.key == SETTING)
    ).scalar_one_or_none()
    if found == wanted:
        return False
    mark_all(connection)
    connection.execute(sa.delete(settings).where(settings.c.key == SETTING))
    connection.execute(sa.insert(settings), {"key": SETTING, "value": wanted, "updated_at": now})
    return True
