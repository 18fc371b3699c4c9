-- Claims denied within a day
-- A claim and a denial in the same cluster, at most 24 hours later.
SELECT a.published_at, a.supplier, a.recipient, a.items, a.outlet AS alleged_by, d.outlet AS denied_by,
       d.published_at AS denied_at, a.url, d.url AS denial_url
  FROM report_claims a
  JOIN report_claims d ON d.cluster_id = a.cluster_id AND d.status = 'denied' AND d.published_at > a.published_at
 WHERE a.status IN ('alleged', 'announced', 'confirmed') AND a.published_at >= :since
   AND d.published_at - a.published_at <= INTERVAL '1 day'
 ORDER BY a.published_at DESC
 LIMIT 200
