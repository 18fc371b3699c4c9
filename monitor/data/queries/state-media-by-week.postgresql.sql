-- Share of state media by topic and week
-- Of the stories that stand on a day, those that state outlets carry; a story of two days counts on both.
SELECT to_char(day, 'IYYY-IW') AS week, topic,
       SUM(CASE WHEN ownership = 'state' THEN stories ELSE 0 END) AS state_stories,
       SUM(stories) AS cell_stories,
       ROUND(100.0 * SUM(CASE WHEN ownership = 'state' THEN stories ELSE 0 END) / SUM(stories), 1) AS percent
  FROM report_topics_daily
 WHERE day >= :since
 GROUP BY to_char(day, 'IYYY-IW'), topic
 ORDER BY week DESC, topic
