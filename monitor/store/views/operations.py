"""Views of how it goes: feeds, fetches, issues, runs, deliveries, alerts."""

from __future__ import annotations

from monitor.store.views.entries import ADDRESS
from monitor.store.views.spell import days_before

# The sign before feed_id keeps SQLite from reading every entry by the index of feeds instead of a week of them.
# "Now" of entries_7d is the start of the latest fetch of any feed: an old archive reads the same tomorrow.
REPORT_FEED_HEALTH = """\
SELECT f.slug AS feed, {address} AS feed_url, f.current_url, f.kind, o.name AS outlet, f.state,
       f.last_success_at, f.last_error, f.failures, f.failure_weight, f.interval_s, f.next_poll_at,
       COALESCE(w.entries, 0) AS entries_7d,
       f.silent, f.last_new_entry_at, f.entries_stored AS entries
  FROM feeds f
  JOIN outlets o ON o.id = f.outlet_id
  LEFT JOIN (SELECT +e.feed_id AS feed_id, COUNT(*) AS entries FROM entries e
              WHERE e.observed_at >= {week_ago} GROUP BY +e.feed_id) w ON w.feed_id = f.id"""

REPORT_FETCHES = """\
SELECT t.id AS fetch_id, f.slug AS feed, t.started_at, t.day, t.outcome, t.code, t.detail, t.status, t.url,
       t.wire_bytes, t.elapsed_s, t.format, t.seen, t.new, t.revised, t.known, t.rejected, t.rejected_reasons
  FROM fetches t
  JOIN feeds f ON f.id = t.feed_id"""

REPORT_ISSUES = """\
SELECT i.id AS issue_id, f.slug AS feed, i.entry_id, i.external_id, i.code, i.detail, i.severity,
       i.first_seen_at, i.last_seen_at, i.count, i.resolved_at
  FROM issues i
  LEFT JOIN feeds f ON f.id = i.feed_id"""

REPORT_RUNS = """\
SELECT u.id AS run_id, u.kind, u.started_at, u.ended_at, u.outcome, u.counts, u.error
  FROM runs u"""

REPORT_DELIVERIES = """\
SELECT g.name AS digest, d.recipient, g.day, d.state, d.message_id, d.attempts, d.sent_at, d.last_error
  FROM deliveries d
  JOIN digests g ON g.id = d.digest_id"""


REPORT_ALERTS = """\
SELECT a.id AS alert_id, a.rule, a.key, a.subject, a.fired_at, a.state, a.attempts, a.sent_at, a.last_error
  FROM alerts a"""


def views(dialect: str) -> dict[str, str]:
    """Name to SELECT."""
    week_ago = days_before("(SELECT MAX(t.started_at) FROM fetches t)", 7, dialect)
    return {
        "report_feed_health": REPORT_FEED_HEALTH.format(address=ADDRESS, week_ago=week_ago),
        "report_fetches": REPORT_FETCHES,
        "report_issues": REPORT_ISSUES,
        "report_runs": REPORT_RUNS,
        "report_deliveries": REPORT_DELIVERIES,
        "report_alerts": REPORT_ALERTS,
    }
