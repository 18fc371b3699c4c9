-- Happenings with the most independent sources
-- At most so many: sources whose origin is not settled count as independent, and are named beside.
SELECT c.cluster_id, c.title, c.independent_sources, c.unresolved_sources, c.outlets, c.languages,
       c.first_outlet, c.first_seen_at
  FROM report_wide_clusters w
  JOIN report_clusters c ON c.cluster_id = w.cluster_id
 WHERE w.last_seen_at >= :since
 ORDER BY c.independent_sources DESC, c.outlets DESC, c.cluster_id
 LIMIT 50
