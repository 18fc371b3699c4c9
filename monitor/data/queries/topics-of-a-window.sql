-- Distinct stories of each topic since a day, whatever number of days they stand on
-- A story counts where it stands first in the window: so sums of days become distinct stories.
SELECT topic,
       SUM(CASE WHEN previous_day IS NULL OR previous_day < :since THEN stories ELSE 0 END) AS stories,
       SUM(entries) AS entries
  FROM report_attention
 WHERE dimension = 'panel' AND day >= :since
 GROUP BY topic
 ORDER BY stories DESC, topic
