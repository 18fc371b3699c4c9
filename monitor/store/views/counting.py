"""How the daily rollups are counted: one SELECT a table, over the days that `days` gives.

The views use them for days that are marked (`monitor.store.schema.rollups`), a refresh to make those days' rows
anew, and history for every day, so that a count has one definition.

A story counts once in each cell of a day. An entry that no story holds yet counts as one of its own; an entry that
is not analysed yet counts in coverage only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Final

MARKED: Final = "SELECT day FROM rollup_marks"
"""The days whose kept rows may be out of date."""

NEVER: Final = "0001-01-01"
"""The previous day of a story that had none."""

_BASE = """\
SELECT e.id, e.day, COALESCE(e.story_id, -e.id) AS story, e.language, COALESCE(o.country, '') AS country,
       o.ownership, o.name AS outlet
  FROM entries e
  JOIN feeds f ON f.id = e.feed_id
  JOIN outlets o ON o.id = f.outlet_id
 WHERE e.language IS NOT NULL"""

_TAGS = """\
  JOIN annotations a ON a.entry_id = b.id AND a.valid_to IS NULL
  JOIN entry_topics t ON t.annotation_id = a.id AND t.accepted"""

DIMENSIONS: Final[Mapping[str, str]] = {
    "panel": "''",
    "language": "language",
    "country": "country",
    "ownership": "ownership",
    "outlet": "outlet",
}
"""Dimension to the expression of its value."""


def attention(days: str, dialect: str) -> str:
    """Rows of `rollup_attention`. Topic '' is every story, '*' those with any topic."""
    cells = " UNION ALL ".join(
        f"SELECT '{name}' AS dimension, day, topic, {value} AS value, story FROM tagged"
        for name, value in DIMENSIONS.items()
    )
    never = f"DATE '{NEVER}'" if dialect == "postgresql" else f"'{NEVER}'"
    return f"""\
WITH touched AS MATERIALIZED (
    SELECT DISTINCT e.story_id FROM entries e
     WHERE e.day IN ({days}) AND e.language IS NOT NULL
), base AS MATERIALIZED (
    {_BASE} AND e.day IN ({days})
    UNION ALL
    {_BASE} AND e.story_id IN (SELECT story_id FROM touched) AND e.day NOT IN ({days})
), tags AS MATERIALIZED (
    SELECT b.*, t.topic FROM base b
    {_TAGS}
), tagged AS MATERIALIZED (
    SELECT id, day, story, language, country, ownership, outlet, '' AS topic FROM base
    UNION ALL
    SELECT DISTINCT id, day, story, language, country, ownership, outlet, '*' AS topic FROM tags
    UNION ALL
    SELECT id, day, story, language, country, ownership, outlet, topic FROM tags
), cells AS (
    {cells}
), story_days AS (
    SELECT dimension, day, topic, value, story, COUNT(*) AS entries,
           LAG(day) OVER (PARTITION BY dimension, topic, value, story ORDER BY day) AS previous_day
      FROM cells GROUP BY dimension, day, topic, value, story
)
SELECT dimension, day, topic, value, COALESCE(previous_day, {never}) AS previous_day,
       CAST(SUM(entries) AS INTEGER) AS entries, COUNT(*) AS stories
  FROM story_days WHERE day IN ({days})
 GROUP BY dimension, day, topic, value, COALESCE(previous_day, {never})"""


def topics_daily(days: str, _dialect: str) -> str:
    """Rows of `rollup_topics_daily`, numerator and denominator beside each other."""
    return f"""\
WITH base AS MATERIALIZED (
    {_BASE} AND e.day IN ({days})
), totals AS (
    SELECT day, language, country, ownership, COUNT(DISTINCT story) AS all_stories
      FROM base GROUP BY day, language, country, ownership
), topics AS (
    SELECT b.day, t.topic, b.language, b.country, b.ownership,
           COUNT(*) AS entries, COUNT(DISTINCT b.story) AS stories
      FROM base b
    {_TAGS}
     GROUP BY b.day, t.topic, b.language, b.country, b.ownership
)
SELECT p.day, p.topic, p.language, p.country, p.ownership, p.entries, p.stories, n.all_stories
  FROM topics p
  JOIN totals n ON n.day = p.day AND n.language = p.language AND n.country = p.country
   AND n.ownership = p.ownership"""


def stories(days: str, _dialect: str) -> str:
    """Rows of `rollup_stories`: how many outlets carried a story that day, and its score in each topic."""
    return f"""\
WITH base AS MATERIALIZED (
    {_BASE} AND e.day IN ({days})
), carried AS (
    SELECT day, story, COUNT(DISTINCT outlet) AS outlets FROM base GROUP BY day, story
), topics AS (
    SELECT b.day, t.topic, b.story, MAX(t.score) AS score
      FROM base b
    {_TAGS}
     GROUP BY b.day, t.topic, b.story
)
SELECT p.day, p.topic, p.story, c.outlets, p.score
  FROM topics p
  JOIN carried c ON c.day = p.day AND c.story = p.story"""


def citations_daily(days: str, _dialect: str) -> str:
    """Rows of `rollup_citations_daily`: entries of an outlet that cite another, by the root of the chain."""
    return f"""\
SELECT e.day, o.name AS outlet, c.cited, COALESCE(c.root, '') AS root, COUNT(DISTINCT e.id) AS entries
  FROM entries e
  JOIN annotations a ON a.entry_id = e.id AND a.valid_to IS NULL
  JOIN citations c ON c.annotation_id = a.id
  JOIN feeds f ON f.id = e.feed_id
  JOIN outlets o ON o.id = f.outlet_id
 WHERE e.day IN ({days})
 GROUP BY e.day, o.name, c.cited, COALESCE(c.root, '')"""


def coverage_daily(days: str, _dialect: str) -> str:
    """Rows of `rollup_coverage_daily`."""
    return f"""\
SELECT e.day, e.feed_id, COUNT(*) AS entries, COUNT(DISTINCT COALESCE(e.story_id, -e.id)) AS stories
  FROM entries e
 WHERE e.day IN ({days})
 GROUP BY e.day, e.feed_id"""


def feeds_daily(days: str, _dialect: str) -> str:
    """Rows of `rollup_feeds_daily`: stories by the feed that had them first on the day, so that feeds add up.

    Backlog is left out. Topic '' is every story; a story has the topics of all its entries of the day.
    """
    return f"""\
WITH base AS MATERIALIZED (
    SELECT e.id, e.day, COALESCE(e.story_id, -e.id) AS story, e.feed_id, e.language, e.effective_at
      FROM entries e
     WHERE e.language IS NOT NULL AND NOT e.backlog AND e.day IN ({days})
), ranked AS (
    SELECT day, story, feed_id, language,
           ROW_NUMBER() OVER (PARTITION BY day, story ORDER BY effective_at, id) AS place
      FROM base
), firsts AS MATERIALIZED (
    SELECT day, story, feed_id, language FROM ranked WHERE place = 1
), tagged AS (
    SELECT DISTINCT b.day, b.story, t.topic FROM base b
    {_TAGS}
)
SELECT f.day, f.feed_id, '' AS topic, f.language, COUNT(*) AS stories
  FROM firsts f GROUP BY f.day, f.feed_id, f.language
UNION ALL
SELECT f.day, f.feed_id, t.topic, f.language, COUNT(*) AS stories
  FROM firsts f JOIN tagged t ON t.day = f.day AND t.story = f.story
 GROUP BY f.day, f.feed_id, t.topic, f.language"""


def versions_daily(days: str, _dialect: str) -> str:
    """Rows of `rollup_versions_daily`: by which taxonomy and code the entries of a day were analysed."""
    return f"""\
SELECT e.day, a.taxonomy_version, a.code_version, COUNT(*) AS entries
  FROM entries e
  JOIN annotations a ON a.entry_id = e.id AND a.valid_to IS NULL
 WHERE e.day IN ({days})
 GROUP BY e.day, a.taxonomy_version, a.code_version"""


COUNTS: Final[Mapping[str, Callable[[str, str], str]]] = {
    "rollup_attention": attention,
    "rollup_topics_daily": topics_daily,
    "rollup_stories": stories,
    "rollup_citations_daily": citations_daily,
    "rollup_coverage_daily": coverage_daily,
    "rollup_feeds_daily": feeds_daily,
    "rollup_versions_daily": versions_daily,
}
"""Table to what counts its rows, columns in the order of the table."""


def current(table: str, columns: str, dialect: str) -> str:
    """Kept rows of unmarked days, and marked days counted now."""
    counted = COUNTS[table](MARKED, dialect)
    return f"""\
SELECT {columns} FROM {table} WHERE day NOT IN ({MARKED})
UNION ALL
SELECT {columns} FROM (
{counted}
) AS counted"""


def version(dialect: str) -> str:
    """SHA-256 of all definitions: rows of another version are counted again."""
    joined = "\n".join(count(MARKED, dialect) for count in COUNTS.values())
    return hashlib.sha256(joined.encode()).hexdigest()
