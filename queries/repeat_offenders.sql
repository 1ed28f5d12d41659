-- title: Repeat offenders
-- about: Users with violations in several frames, each frame counted once, most first; what a person has passed does not count.
-- param: at_least integer = 2: the fewest violating frames to be listed
-- param: since timestamp: only frames captured from then on, UTC
-- param: suggestion text: only verdicts that say review, or only those that say block
SELECT
    coalesce(v.uid::VARCHAR, v.stream) AS who,
    count(
        DISTINCT coalesce(
            v.source || ' ' || v.key, v.object_key, v.object_url, v.sid || ' ' || v.captured_at::VARCHAR, v.verdict_id
        )
    ) AS frames,
    count(DISTINCT v.channel) AS channels,
    count(DISTINCT date_trunc('hour', v.captured_at)) AS hours,
    string_agg(DISTINCT v.category, ', ' ORDER BY v.category) AS categories,
    min(v.captured_at) AS first_at,
    max(v.captured_at) AS last_at
FROM violations v
WHERE (v.uid IS NOT NULL OR v.stream IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM passed_objects p WHERE p.source = v.source AND p.key = v.key)
    AND ($since::TIMESTAMP IS NULL OR v.captured_at >= $since::TIMESTAMP)
    AND ($suggestion::VARCHAR IS NULL OR v.suggestion = $suggestion::VARCHAR)
GROUP BY 1
HAVING frames >= $at_least::BIGINT
ORDER BY frames DESC, who;
