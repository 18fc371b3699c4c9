"""Views to draw curves from: attention by topic, and the coverage that it must be read beside.

They read the daily rollups, and count days anew whose rows may be out of date (`monitor.store.views.counting`).
"""

from __future__ import annotations

from monitor.store.views.counting import NEVER, current
from monitor.store.views.spell import day_of

REPORT_TOPICS_DAILY = """\
SELECT p.day, p.topic, p.language, NULLIF(p.country, '') AS country, p.ownership, p.entries, p.stories,
       p.all_stories, CAST(p.stories AS DOUBLE PRECISION) / p.all_stories AS share
  FROM (
{counts}
) AS p"""

REPORT_ATTENTION = """\
SELECT p.dimension, p.day, p.topic, p.value, {previous} AS previous_day, p.entries, p.stories
  FROM (
{counts}
) AS p"""

REPORT_STORIES_DAILY = """\
SELECT p.day, p.topic, CASE WHEN p.story > 0 THEN p.story END AS story_id,
       CASE WHEN p.story < 0 THEN -p.story END AS entry_id, s.cluster_id, p.outlets, p.score
  FROM (
{counts}
) AS p
  LEFT JOIN stories s ON s.id = p.story"""

REPORT_CITATIONS_DAILY = """\
SELECT p.day, p.outlet, p.cited AS cited_outlet, NULLIF(p.root, '') AS root_outlet, p.entries
  FROM (
{counts}
) AS p"""

REPORT_FEEDS_DAILY = """\
SELECT p.day, f.slug AS feed, p.topic, p.language, p.stories
  FROM (
{counts}
) AS p
  JOIN feeds f ON f.id = p.feed_id"""

REPORT_VERSIONS_DAILY = """\
SELECT p.day, p.taxonomy_version, p.code_version, p.entries
  FROM (
{counts}
) AS p"""

REPORT_COVERAGE_DAILY = """\
WITH stored AS (
{counts}
), days AS (
    SELECT day, feed_id, entries, stories, 0 AS fetches, 0 AS answered FROM stored
    UNION ALL
    SELECT day, feed_id, 0, 0, fetches, answered FROM rollup_fetches_daily
), summed AS (
    SELECT day, feed_id, CAST(SUM(entries) AS INTEGER) AS entries, CAST(SUM(stories) AS INTEGER) AS stories,
           CAST(SUM(fetches) AS INTEGER) AS fetches, SUM(answered) AS answered
      FROM days GROUP BY day, feed_id
)
SELECT d.day, o.name AS outlet, f.slug AS feed, d.entries, d.stories,
       CASE WHEN d.fetches = 0 THEN 'unpolled'
            WHEN d.answered = 0 THEN 'failing' ELSE 'healthy' END AS state,
       CASE WHEN d.day = {first_day} THEN 'joined' WHEN d.day = {last_day} THEN 'left' END AS panel_change,
       d.fetches
  FROM summed d
  JOIN feeds f ON f.id = d.feed_id
  JOIN outlets o ON o.id = f.outlet_id"""


def views(dialect: str) -> dict[str, str]:
    """Name to SELECT."""
    never = f"DATE '{NEVER}'" if dialect == "postgresql" else f"'{NEVER}'"
    topics = "day, topic, language, country, ownership, entries, stories, all_stories"
    cells = "dimension, day, topic, value, previous_day, entries, stories"
    return {
        "report_topics_daily": REPORT_TOPICS_DAILY.format(
            counts=current("rollup_topics_daily", topics, dialect)
        ),
        "report_attention": REPORT_ATTENTION.format(
            counts=current("rollup_attention", cells, dialect), previous=f"NULLIF(p.previous_day, {never})"
        ),
        "report_stories_daily": REPORT_STORIES_DAILY.format(
            counts=current("rollup_stories", "day, topic, story, outlets, score", dialect)
        ),
        "report_citations_daily": REPORT_CITATIONS_DAILY.format(
            counts=current("rollup_citations_daily", "day, outlet, cited, root, entries", dialect)
        ),
        "report_feeds_daily": REPORT_FEEDS_DAILY.format(
            counts=current("rollup_feeds_daily", "day, feed_id, topic, language, stories", dialect)
        ),
        "report_versions_daily": REPORT_VERSIONS_DAILY.format(
            counts=current("rollup_versions_daily", "day, taxonomy_version, code_version, entries", dialect)
        ),
        "report_coverage_daily": REPORT_COVERAGE_DAILY.format(
            counts=current("rollup_coverage_daily", "day, feed_id, entries, stories", dialect),
            first_day=day_of("f.first_success_at", dialect),
            last_day=day_of("f.disabled_at", dialect),
        ),
    }
