-- Share of a topic's stories among all stories, by day
-- Days without a story of the topic are missing; days without any story too.
SELECT t.day, SUM(t.stories) AS stories,
       (SELECT SUM(a.stories) FROM report_attention a
         WHERE a.dimension = 'panel' AND a.topic = '' AND a.day = t.day) AS all_stories
  FROM report_attention t
 WHERE t.dimension = 'panel' AND t.topic = :topic AND t.day >= :since
 GROUP BY t.day
 ORDER BY t.day DESC
