-- title: Repeat offenders
-- about: Users with violations in several frames, each frame counted once, most first.
-- param: at_least integer = 2: the fewest violating frames to be listed
-- param: since timestamp: only frames captured from then on, UTC
-- param: suggestion text: only verdicts that say review, or only those that say block
SELECT
    coalesce(uid::VARCHAR, stream) AS who,
    count(DISTINCT coalesce(key, object_key, verdict_id)) AS frames,
    count(DISTINCT channel) AS channels,
    count(DISTINCT date_trunc('hour', captured_at)) AS hours,
    string_agg(DISTINCT category, ', ' ORDER BY category) AS categories,
    min(captured_at) AS first_at,
    max(captured_at) AS last_at
FROM violations
WHERE (uid IS NOT NULL OR stream IS NOT NULL)
    AND ($since::TIMESTAMP IS NULL OR captured_at >= $since::TIMESTAMP)
    AND ($suggestion::VARCHAR IS NULL OR suggestion = $suggestion::VARCHAR)
GROUP BY 1
HAVING frames >= $at_least::BIGINT
ORDER BY frames DESC, who;
