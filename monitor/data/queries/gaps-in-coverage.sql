-- Days on which a feed failed or was not polled
-- Read it beside any curve: what was not seen cannot be counted.
SELECT day, outlet, feed, state, entries, panel_change
  FROM report_coverage_daily
 WHERE day >= :since AND (state <> 'healthy' OR panel_change IS NOT NULL)
 ORDER BY day DESC, feed
 LIMIT 500
