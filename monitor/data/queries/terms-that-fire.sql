-- Which terms put texts under a topic
-- For those who look after the taxonomy: a term that fires everywhere is too wide.
SELECT m.term, COUNT(*) AS mentions, COUNT(DISTINCT m.entry_id) AS entries
  FROM report_mentions m
  JOIN report_entries e ON e.entry_id = m.entry_id
 WHERE m.topic = :topic AND e.day >= :since
 GROUP BY m.term
 ORDER BY entries DESC, m.term
 LIMIT 100
