-- Who is said to supply whom, and how often it is denied
-- Claims, not events: ten outlets with one story make ten. `report_ledger` folds them.
SELECT s.party AS supplier, r.party AS recipient, COUNT(DISTINCT c.claim_id) AS claims,
       COUNT(DISTINCT CASE WHEN c.status = 'denied' THEN c.claim_id END) AS denials,
       COUNT(DISTINCT c.cluster_id) AS clusters
  FROM report_claims c
  JOIN report_claim_parties s ON s.claim_id = c.claim_id AND s.role = 'supplier'
  JOIN report_claim_parties r ON r.claim_id = c.claim_id AND r.role = 'recipient'
 WHERE c.published_at >= :since AND COALESCE(c.decision, '') <> 'rejected'
 GROUP BY s.party, r.party
 ORDER BY claims DESC, supplier, recipient
 LIMIT 100
