-- Happenings told in several languages
-- `languages` is a JSON list: a comma in it means two or more.
SELECT c.cluster_id, c.title, c.languages, c.outlets, c.first_outlet, c.first_seen_at
  FROM report_wide_clusters w
  JOIN report_clusters c ON c.cluster_id = w.cluster_id
 WHERE w.last_seen_at >= :since AND c.languages LIKE '%,%'
 ORDER BY LENGTH(c.languages) DESC, c.outlets DESC, c.cluster_id
 LIMIT 50
