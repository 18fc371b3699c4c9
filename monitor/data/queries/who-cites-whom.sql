-- Who cites whom
-- Entries that attribute information to another outlet; entries add up over days.
SELECT outlet, cited_outlet, SUM(entries) AS entries
  FROM report_citations_daily
 WHERE day >= :since
 GROUP BY outlet, cited_outlet
 ORDER BY entries DESC, outlet, cited_outlet
 LIMIT 200
