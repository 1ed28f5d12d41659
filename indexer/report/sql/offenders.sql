-- Who has most violating frames on the day, and how many in the seven days before it.
WITH told AS (
    SELECT
        coalesce(CAST(uid AS VARCHAR), stream) AS who, channel, label, category, suggestion, captured_at,
        coalesce(key, object_key, verdict_id) AS frame,
        captured_at >= $day AS of_day
    FROM violations
    WHERE (uid IS NOT NULL OR stream IS NOT NULL)
        AND captured_at >= $day - INTERVAL 7 DAY
        AND captured_at < $day + INTERVAL 1 DAY
)
SELECT
    who,
    count(DISTINCT CASE WHEN of_day THEN frame END) AS frames,
    count(DISTINCT CASE WHEN of_day AND suggestion = 'block' THEN frame END) AS blocks,
    count(DISTINCT CASE WHEN NOT of_day THEN frame END) AS week_frames,
    count(DISTINCT CASE WHEN of_day THEN channel END) AS channels,
    min(CASE WHEN of_day THEN channel END) AS channel,
    string_agg(DISTINCT CASE WHEN of_day THEN category END, ', ' ORDER BY CASE WHEN of_day THEN category END) AS categories,
    min(CASE WHEN of_day THEN captured_at END) AS first_at,
    max(CASE WHEN of_day THEN captured_at END) AS last_at
FROM told
GROUP BY who
HAVING count(DISTINCT CASE WHEN of_day THEN frame END) > 0
ORDER BY frames DESC, blocks DESC, who
LIMIT $most
