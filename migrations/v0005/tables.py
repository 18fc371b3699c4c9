"""Tables of the rollups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.operations import _rollup_coverage_daily, _rollup_topics_daily
from migrations.v0001.types import Id

NAMES = (
    "rollup_fetches_daily", "rollup_coverage_daily", "rollup_citations_daily", "rollup_stories",
    "rollup_topics_daily", "rollup_attention", "rollup_marks",
)  # fmt: skip


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _day(name: str = "day") -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _table(name: str, *columns: sa.Column[object], key: str, feed: bool = False) -> None:
    parts: list[sa.schema.SchemaItem] = [*columns]
    if feed:
        parts.append(
            sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=f"fk_{name}_feed_id", ondelete="CASCADE")
        )
    parts.append(sa.PrimaryKeyConstraint(*key.split(), name=f"pk_{name}"))
    op.create_table(name, *parts, sqlite_with_rowid=False)
    if feed:
        op.create_index(f"ix_{name}_feed", name, ["feed_id"])


def create() -> None:
    """Make them."""
    mark = sa.Column("mark", sa.BigInteger(), autoincrement=False, nullable=False)
    _table("rollup_marks", _day(), mark, key="day mark")
    _table(
        "rollup_attention", _text("dimension"), _day(), _text("topic"), _text("value"), _day("previous_day"),
        _count("entries"), _count("stories"), key="dimension day topic value previous_day",
    )  # fmt: skip
    op.create_index("ix_rollup_attention_day", "rollup_attention", ["day"])
    _table(
        "rollup_topics_daily", _day(), _text("topic"), _text("language"), _text("country"),
        _text("ownership"), _count("entries"), _count("stories"), _count("all_stories"),
        key="day topic language country ownership",
    )  # fmt: skip
    story = sa.Column("story", Id(), autoincrement=False, nullable=False)
    score = sa.Column("score", sa.Double(), nullable=False)
    _table("rollup_stories", _day(), _text("topic"), story, _count("outlets"), score, key="day topic story")
    _table(
        "rollup_citations_daily", _day(), _text("outlet"), _text("cited"), _text("root"), _count("entries"),
        key="day outlet cited root",
    )  # fmt: skip
    feed = sa.Column("feed_id", Id(), nullable=False)
    _table(
        "rollup_coverage_daily", _day(), feed, _count("entries"), _count("stories"),
        key="day feed_id", feed=True,
    )  # fmt: skip
    feed = sa.Column("feed_id", Id(), nullable=False)
    _table(
        "rollup_fetches_daily", _day(), feed, _count("fetches"), _count("answered"),
        key="day feed_id", feed=True,
    )  # fmt: skip


def drop() -> None:
    """Drop them."""
    for name in NAMES:
        op.drop_table(name)


def create_first() -> None:
    """The two of 0001."""
    _rollup_topics_daily()
    _rollup_coverage_daily()
