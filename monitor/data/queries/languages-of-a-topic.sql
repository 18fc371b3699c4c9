-- How much attention each language's outlets give a topic
-- Distinct stories since a day, over all stories of that language.
SELECT value AS language,
       SUM(CASE WHEN topic = :topic THEN stories ELSE 0 END) AS stories,
       SUM(CASE WHEN topic = '' THEN stories ELSE 0 END) AS all_stories,
       ROUND(100.0 * SUM(CASE WHEN topic = :topic THEN stories ELSE 0 END)
             / SUM(CASE WHEN topic = '' THEN stories ELSE 0 END), 1) AS percent
  FROM report_attention
 WHERE dimension = 'language' AND topic IN ('', :topic) AND day >= :since
   AND (previous_day IS NULL OR previous_day < :since)
 GROUP BY value
 ORDER BY percent DESC, value
