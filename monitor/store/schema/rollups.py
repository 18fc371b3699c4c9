"""Daily counts, kept as entries are analysed: what reports add up instead of reading the archive.

Triggers (migration 0005) write a mark for each day whose counts an insert, edit, re-tag, merge or deletion may
change, in the same transaction. A view adds kept rows of unmarked days to a recount of marked ones, so that it is
exact at any time; a refresh (`monitor.store.rollups`) makes a marked day's rows anew and takes its marks away.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from monitor.store.columns import BigId, metadata, number, real, text


def _day() -> sa.Column[dt.date]:
    """The day of a count, in the key."""
    return sa.Column("day", sa.Date(), primary_key=True)


def _feed() -> sa.Column[int]:
    """The feed of a count, which goes with it."""
    return sa.Column("feed_id", BigId, sa.ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True)


# `mark` is the transaction that wrote it (0 on SQLite, whose writers take turns): two of them never wait for one row
rollup_marks = sa.Table(
    "rollup_marks",
    metadata,
    _day(),
    sa.Column("mark", sa.BigInteger(), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# distinct stories by day and one dimension; `previous_day` is the day before on which the same story stood in the
# same cell ('0001-01-01' if none), so that distinct stories of any window are a sum: those whose previous day lies
# before it
rollup_attention = sa.Table(
    "rollup_attention",
    metadata,
    text("dimension", primary=True),
    _day(),
    text("topic", primary=True),
    text("value", primary=True),
    sa.Column("previous_day", sa.Date(), primary_key=True),
    number("entries"),
    number("stories"),
    sa.Index("ix_rollup_attention_day", "day"),
    sqlite_with_rowid=False,
)

rollup_topics_daily = sa.Table(
    "rollup_topics_daily",
    metadata,
    _day(),
    text("topic", primary=True),
    text("language", primary=True),
    # empty where the outlet's country is not known
    text("country", primary=True),
    text("ownership", primary=True),
    number("entries"),
    number("stories"),
    number("all_stories"),
    sqlite_with_rowid=False,
)

# stories with a topic, by day: outlets that carried them, highest score
rollup_stories = sa.Table(
    "rollup_stories",
    metadata,
    _day(),
    text("topic", primary=True),
    # minus the entry's id where no story holds it yet
    sa.Column("story", BigId, primary_key=True, autoincrement=False),
    number("outlets"),
    real("score"),
    sqlite_with_rowid=False,
)

rollup_citations_daily = sa.Table(
    "rollup_citations_daily",
    metadata,
    _day(),
    text("outlet", primary=True),
    text("cited", primary=True),
    # empty where the chain has not been followed
    text("root", primary=True),
    number("entries"),
    sqlite_with_rowid=False,
)

rollup_coverage_daily = sa.Table(
    "rollup_coverage_daily",
    metadata,
    _day(),
    _feed(),
    number("entries"),
    number("stories"),
    sa.Index("ix_rollup_coverage_daily_feed", "feed_id"),
    sqlite_with_rowid=False,
)

# stories that are no backlog, by the feed that had them first that day; topic '' is every story
rollup_feeds_daily = sa.Table(
    "rollup_feeds_daily",
    metadata,
    _day(),
    _feed(),
    text("topic", primary=True),
    text("language", primary=True),
    number("stories"),
    sa.Index("ix_rollup_feeds_daily_feed", "feed_id"),
    sqlite_with_rowid=False,
)

# by which taxonomy and code a day's entries were analysed: where it changes, trends are not compared
rollup_versions_daily = sa.Table(
    "rollup_versions_daily",
    metadata,
    _day(),
    text("taxonomy_version", primary=True),
    text("code_version", primary=True),
    number("entries"),
    sqlite_with_rowid=False,
)

# counted up by a trigger with each fetch; stays when the log of fetches is pruned
rollup_fetches_daily = sa.Table(
    "rollup_fetches_daily",
    metadata,
    _day(),
    _feed(),
    number("fetches"),
    number("answered"),
    sa.Index("ix_rollup_fetches_daily_feed", "feed_id"),
    sqlite_with_rowid=False,
)
