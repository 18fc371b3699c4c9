-- Feeds that fail or have fallen silent
-- The code at the beginning of `last_error` says why.
SELECT feed, outlet, state, silent, failures, last_error, last_success_at, entries_7d
  FROM report_feed_health
 WHERE state NOT IN ('healthy', 'new', 'disabled') OR silent
 ORDER BY failures DESC, feed
