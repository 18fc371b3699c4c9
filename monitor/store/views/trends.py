"""Views to draw curves from: attention by topic, and the coverage that it must be read beside."""

from __future__ import annotations

from monitor.store.views.spell import day_of

# An entry that no story holds yet counts as one of its own; an entry not yet analysed does not count.
REPORT_TOPICS_DAILY = """\
WITH cells AS (
    SELECT e.id AS entry_id, e.day, e.language, o.country, o.ownership, COALESCE(e.story_id, -e.id) AS story
      FROM entries e
      JOIN feeds f ON f.id = e.feed_id
      JOIN outlets o ON o.id = f.outlet_id
     WHERE e.language IS NOT NULL
), totals AS (
    SELECT day, language, country, ownership, COUNT(DISTINCT story) AS all_stories
      FROM cells GROUP BY day, language, country, ownership
), topics AS (
    SELECT c.day, t.topic, c.language, c.country, c.ownership,
           COUNT(*) AS entries, COUNT(DISTINCT c.story) AS stories
      FROM cells c
      JOIN annotations a ON a.entry_id = c.entry_id AND a.valid_to IS NULL
      JOIN entry_topics t ON t.annotation_id = a.id AND t.accepted
     GROUP BY c.day, t.topic, c.language, c.country, c.ownership
)
SELECT p.day, p.topic, p.language, p.country, p.ownership, p.entries, p.stories, n.all_stories,
       CAST(p.stories AS DOUBLE PRECISION) / n.all_stories AS share
  FROM topics p
  JOIN totals n ON n.day = p.day AND n.language = p.language AND n.ownership = p.ownership
   AND COALESCE(n.country, '') = COALESCE(p.country, '')"""

REPORT_COVERAGE_DAILY = """\
WITH stored AS (
    SELECT feed_id, day, COUNT(*) AS entries, COUNT(DISTINCT COALESCE(story_id, -id)) AS stories
      FROM entries GROUP BY feed_id, day
), asked AS (
    SELECT feed_id, day, COUNT(*) AS fetches,
           SUM(CASE WHEN outcome = 'failed' THEN 0 ELSE 1 END) AS answered
      FROM fetches GROUP BY feed_id, day
    UNION ALL SELECT feed_id, day, fetches, answered FROM fetches_daily
), days AS (
    SELECT feed_id, day FROM stored UNION SELECT feed_id, day FROM asked
)
SELECT d.day, o.name AS outlet, f.slug AS feed,
       COALESCE(s.entries, 0) AS entries, COALESCE(s.stories, 0) AS stories,
       CASE WHEN a.fetches IS NULL THEN 'unpolled'
            WHEN a.answered = 0 THEN 'failing' ELSE 'healthy' END AS state,
       CASE WHEN d.day = {first_day} THEN 'joined' WHEN d.day = {last_day} THEN 'left' END AS panel_change,
       COALESCE(a.fetches, 0) AS fetches
  FROM days d
  JOIN feeds f ON f.id = d.feed_id
  JOIN outlets o ON o.id = f.outlet_id
  LEFT JOIN stored s ON s.feed_id = d.feed_id AND s.day = d.day
  LEFT JOIN asked a ON a.feed_id = d.feed_id AND a.day = d.day"""


def views(dialect: str) -> dict[str, str]:
    """Name to SELECT."""
    coverage = REPORT_COVERAGE_DAILY.format(
        first_day=day_of("f.first_success_at", dialect), last_day=day_of("f.disabled_at", dialect)
    )
    return {"report_topics_daily": REPORT_TOPICS_DAILY, "report_coverage_daily": coverage}
