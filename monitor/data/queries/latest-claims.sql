-- The latest claims with the words that carry them
-- Claims that a person rejected are left out.
SELECT published_at, status, supplier, recipient, via, items, quantity_min, quantity_max, speaker, evidence,
       outlet, root_outlet, language, url
  FROM report_claims
 WHERE published_at >= :since AND COALESCE(decision, '') <> 'rejected'
 ORDER BY published_at DESC
 LIMIT 200
