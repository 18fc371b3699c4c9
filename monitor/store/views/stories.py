"""Views of stories and clusters."""

from __future__ import annotations

from monitor.store.views.spans import REPORT_WIDE_CLUSTERS
from monitor.store.views.spell import json_list, json_texts

REPORT_STORIES = """\
SELECT s.id AS story_id, r.title, s.language, o.name AS first_outlet, e.uid AS first_uid, e.url AS first_url,
       s.first_seen_at, s.last_seen_at,
       (SELECT COUNT(*) FROM entries x WHERE x.story_id = s.id) AS entries,
       (SELECT COUNT(DISTINCT y.outlet_id) FROM entries x JOIN feeds y ON y.id = x.feed_id
         WHERE x.story_id = s.id) AS outlets,
       s.cluster_id
  FROM stories s
  JOIN entries e ON e.id = s.first_entry_id
  JOIN feeds f ON f.id = e.feed_id
  JOIN outlets o ON o.id = f.outlet_id
  JOIN revisions r ON r.entry_id = e.id AND r.is_current"""

REPORT_CLUSTER_SOURCES = """\
SELECT c.cluster_id, c.outlet, c.folded_into, c.reason, c.entry_uids
  FROM cluster_sources c"""


def _clusters(dialect: str) -> str:
    languages = json_list("z.language", "FROM stories z WHERE z.cluster_id = c.id", dialect)
    return f"""\
SELECT c.id AS cluster_id, r.title, {languages} AS languages,
       (SELECT COUNT(*) FROM stories z WHERE z.cluster_id = c.id) AS stories,
       (SELECT COUNT(*) FROM stories z JOIN entries x ON x.story_id = z.id
         WHERE z.cluster_id = c.id) AS entries,
       (SELECT COUNT(DISTINCT y.outlet_id) FROM stories z JOIN entries x ON x.story_id = z.id
          JOIN feeds y ON y.id = x.feed_id WHERE z.cluster_id = c.id) AS outlets,
       c.independent_sources, c.unresolved_sources,
       o.name AS first_outlet, s.first_seen_at,
       (SELECT MAX(z.last_seen_at) FROM stories z WHERE z.cluster_id = c.id) AS last_seen_at
  FROM clusters c
  JOIN stories s ON s.id = (SELECT z.id FROM stories z WHERE z.cluster_id = c.id
                             ORDER BY z.first_seen_at, z.first_entry_id LIMIT 1)
  JOIN entries e ON e.id = s.first_entry_id
  JOIN feeds f ON f.id = e.feed_id
  JOIN outlets o ON o.id = f.outlet_id
  JOIN revisions r ON r.entry_id = e.id AND r.is_current"""  # noqa: S608 - constants


def _believed(dialect: str) -> str:
    """Entries that have a story, as `t`, with the time by which each was there.

    Dates are believed as `group.origin.believed` does, and tests hold the two together.
    """
    if dialect == "postgresql":
        hour = "to_char(e.published_at AT TIME ZONE 'UTC', 'HH24:MI:SS')"
        day_after, least = "e.published_at + INTERVAL '1 day'", "LEAST"
    else:
        hour = "substr(e.published_at, 12, 8)"
        day_after, least = "strftime('%Y-%m-%dT%H:%M:%S.000000Z', e.published_at, '+1 day')", "MIN"
    # a date as served that has 00:00 for its hour, wherever that was; no %, which a driver takes for its own
    find = "strpos" if dialect == "postgresql" else "instr"
    written = "' ' || replace(COALESCE(e.published_raw, ''), 'T', ' ') || ' '"
    raw = (
        f"({find}({written}, ' 00:00:00') > 0"
        f" OR ({find}({written}, ' 00:00') > 0 AND {find}({written}, ' 00:00:') = 0))"
    )
    reason = f"""\
CASE WHEN e.published_at IS NULL THEN CASE e.date_source WHEN 'future' THEN 'future' ELSE 'undated' END
     WHEN e.published_at > e.observed_at THEN 'future'
     WHEN e.date_source = 'updated' THEN 'edited'
     WHEN {hour} = '00:00:00' OR (substr({hour}, 7, 2) = '00' AND {raw}) THEN 'midnight'
     ELSE '' END"""
    return f"""\
(SELECT d.*, CASE WHEN d.reason IN ('undated', 'future') THEN d.observed_at
                         WHEN d.reason = 'midnight' THEN {least}(d.observed_at, d.day_after)
                         ELSE d.published_at END AS believed_at
          FROM (SELECT e.story_id, e.id AS entry_id, e.uid, e.kind, e.language, o.name AS outlet, o.country,
                       o.ownership, e.url, e.published_at, e.observed_at, e.effective_at,
                       {day_after} AS day_after, {reason} AS reason
                  FROM entries e
                  JOIN feeds f ON f.id = e.feed_id
                  JOIN outlets o ON o.id = f.outlet_id
                 WHERE e.story_id IS NOT NULL) d) t"""  # noqa: S608 - constants


_FIRST = "t.believed_at, CASE t.reason WHEN '' THEN 0 ELSE 1 END, t.uid"


def _timeline(dialect: str) -> str:
    """Who had a story when."""
    return f"""\
SELECT t.story_id, t.entry_id, t.uid, t.outlet, t.url, t.published_at, t.observed_at, t.effective_at,
       t.believed_at, t.reason = '' AS trusted, t.reason,
       ROW_NUMBER() OVER (PARTITION BY t.story_id ORDER BY {_FIRST}) AS place
  FROM {_believed(dialect)}"""  # noqa: S608 - constants


def _cluster_timeline(dialect: str) -> str:
    """Who had a happening when, and whom each cites."""
    cites = json_texts(
        "c.cited",
        "FROM annotations a JOIN citations c ON c.annotation_id = a.id"
        " WHERE a.entry_id = p.entry_id AND a.valid_to IS NULL AND c.kind = 'media'",
        dialect,
    )
    return f"""\
SELECT p.cluster_id, p.place, p.entry_id, p.uid, p.story_id, p.outlet, p.country, p.ownership, p.kind, p.language,
       p.published_at, p.observed_at, p.effective_at, p.believed_at, p.trusted, p.reason,
       p.place = 1 AS is_first, {cites} AS citing, p.url
  FROM (SELECT s.cluster_id, t.*, t.reason = '' AS trusted,
               ROW_NUMBER() OVER (PARTITION BY s.cluster_id ORDER BY {_FIRST}) AS place
          FROM {_believed(dialect)}
          JOIN stories s ON s.id = t.story_id) p"""  # noqa: S608 - constants


REPORT_STORY_OPINIONS = """\
SELECT o.story_id, o.topic, o.model, o.score AS classifier, COALESCE(r.score, 0) AS rules,
       COALESCE(r.tagged, 0) AS tagged_entries, r.story_id IS NULL AS without_evidence
  FROM story_opinions o
  LEFT JOIN (SELECT e.story_id, t.topic, MAX(t.score) AS score,
                    SUM(CASE WHEN t.accepted THEN 1 ELSE 0 END) AS tagged
               FROM entries e
               JOIN annotations a ON a.entry_id = e.id AND a.valid_to IS NULL
               JOIN entry_topics t ON t.annotation_id = a.id
              WHERE e.story_id IS NOT NULL
              GROUP BY e.story_id, t.topic) r ON r.story_id = o.story_id AND r.topic = o.topic"""


def views(dialect: str) -> dict[str, str]:
    """Name to SELECT."""
    return {
        "report_stories": REPORT_STORIES,
        "report_story_timeline": _timeline(dialect),
        "report_story_opinions": REPORT_STORY_OPINIONS,
        "report_clusters": _clusters(dialect),
        "report_wide_clusters": REPORT_WIDE_CLUSTERS,
        "report_cluster_sources": REPORT_CLUSTER_SOURCES,
        "report_cluster_timeline": _cluster_timeline(dialect),
    }
