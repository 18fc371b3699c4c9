-- Entries edited after they were published
-- `revisions` is the number of texts seen, a page's own among them; `report_texts` has each.
SELECT e.outlet, e.title, e.revisions, e.published_at, e.url
  FROM report_entries e
 WHERE e.revisions > 1 AND e.effective_at >= :since
 ORDER BY e.effective_at DESC
 LIMIT 200
