-- Which outlets broke most stories of a topic?
-- Stories that at least one other outlet carried later, by the outlet of the earliest entry.
SELECT s.first_outlet, COUNT(*) AS broken, MAX(s.outlets) AS widest
  FROM (SELECT DISTINCT story_id FROM report_stories_daily WHERE topic = :topic AND day >= :since) d
  JOIN report_stories s ON s.story_id = d.story_id
 WHERE s.outlets > 1
 GROUP BY s.first_outlet
 ORDER BY broken DESC, s.first_outlet
 LIMIT 50
