-- Posts that vanished, by outlet
-- Posts of channels that were stored and are no longer shown there.
SELECT outlet, COUNT(*) AS posts, MIN(gone_at) AS first_gone_at, MAX(gone_at) AS last_gone_at
  FROM report_entries
 WHERE gone_at IS NOT NULL AND effective_at >= :since
 GROUP BY outlet
 ORDER BY posts DESC, outlet
