"""Views of full text: what became of each page, and what outlets permit."""

from __future__ import annotations

REPORT_ARTICLES = """\
SELECT t.entry_id, f.slug AS feed, t.outcome, t.code, t.detail, t.attempts, t.tried_at, t.next_try_at,
       p.url, p.published_at, p.language AS language_declared, p.archive, p.snippet_length, p.machine_learning,
       p.text_mining, p.policy_url, p.signals
  FROM article_attempts t
  JOIN entries e ON e.id = t.entry_id
  JOIN feeds f ON f.id = e.feed_id
  LEFT JOIN article_pages p ON p.entry_id = t.entry_id"""

REPORT_RIGHTS = """\
SELECT o.slug AS outlet_slug, o.name AS outlet, {licence} AS licence,
       CAST({excerpt_length} AS INTEGER) AS excerpt_length,
       CAST({retention_s} AS DOUBLE PRECISION) / 86400 AS retention_days,
       COALESCE(CAST({machine_learning} AS TEXT), 'true') IN ('true', '1') AS machine_learning
  FROM outlets o"""

KEYS = ("licence", "excerpt_length", "retention_s", "machine_learning")


def views(dialect: str) -> dict[str, str]:
    """Name to SELECT."""
    value = "(o.rights::json ->> '{}')" if dialect == "postgresql" else "json_extract(o.rights, '$.{}')"
    rights = {key: value.format(key) for key in KEYS}
    return {"report_articles": REPORT_ARTICLES, "report_rights": REPORT_RIGHTS.format(**rights)}
