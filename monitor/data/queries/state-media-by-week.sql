-- Share of state media by topic and week
-- Of the stories that stand on a day, those that state outlets carry; a story of two days counts on both.
SELECT strftime('%Y-%W', day) AS week, topic,
       SUM(CASE WHEN ownership = 'state' THEN stories ELSE 0 END) AS state_stories,
       SUM(stories) AS cell_stories,
       ROUND(100.0 * SUM(CASE WHEN ownership = 'state' THEN stories ELSE 0 END) / SUM(stories), 1) AS percent
  FROM report_topics_daily
 WHERE day >= :since
 GROUP BY strftime('%Y-%W', day), topic
 ORDER BY week DESC, topic
