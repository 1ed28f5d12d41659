-- title: Violations by user and hour
-- about: In how many frames each user violated the rules in each hour, each frame counted once; what a person has passed does not count.
-- param: day date: only frames captured on this day, UTC
-- param: who text: only this uid or stream
WITH standing AS (
    SELECT
        v.channel, v.captured_at, v.suggestion, v.category,
        coalesce(v.uid::VARCHAR, v.stream) AS who,
        coalesce(
            v.source || ' ' || v.key, v.object_key, v.object_url, v.sid || ' ' || v.captured_at::VARCHAR, v.verdict_id
        ) AS frame
    FROM violations v
    WHERE (v.uid IS NOT NULL OR v.stream IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM passed_objects p WHERE p.source = v.source AND p.key = v.key)
)
SELECT
    date_trunc('hour', captured_at) AS hour,
    who,
    count(DISTINCT frame) AS frames,
    count(DISTINCT CASE WHEN suggestion = 'block' THEN frame END) AS blocked_frames,
    string_agg(DISTINCT channel, ', ' ORDER BY channel) AS channels,
    string_agg(DISTINCT category, ', ' ORDER BY category) AS categories
FROM standing
WHERE ($day::DATE IS NULL OR captured_at::DATE = $day::DATE)
    AND ($who::VARCHAR IS NULL OR who = $who::VARCHAR)
GROUP BY 1, 2
ORDER BY frames DESC, hour, who;
