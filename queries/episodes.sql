-- title: Episodes
-- about: Flagged frames of one user in one channel that are less than a minute apart are one incident; what a person has passed is none.
-- param: apart number = 60: frames so many seconds apart, or more, are of two incidents
-- param: since timestamp: only frames captured from then on, UTC
-- param: channel text: only this channel
WITH standing AS (
    SELECT
        v.channel, v.captured_at, v.category, v.suggestion,
        coalesce(v.uid::VARCHAR, v.stream) AS who,
        coalesce(v.source || ' ' || v.key, v.object_key, v.object_url, v.captured_at::VARCHAR) AS frame
    FROM violations v
    WHERE v.captured_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM passed_objects p WHERE p.source = v.source AND p.key = v.key)
        AND ($since::TIMESTAMP IS NULL OR v.captured_at >= $since::TIMESTAMP)
        AND ($channel::VARCHAR IS NULL OR v.channel = $channel::VARCHAR)
),
spaced AS (
    SELECT *,
        epoch_ms(captured_at) - epoch_ms(lag(captured_at) OVER in_time) >= $apart::DOUBLE * 1000 AS is_apart
    FROM standing
    WINDOW in_time AS (PARTITION BY channel, who ORDER BY captured_at, frame)
),
numbered AS (
    SELECT *,
        sum(CASE WHEN is_apart THEN 1 ELSE 0 END) OVER (
            PARTITION BY channel, who ORDER BY captured_at, frame RANGE UNBOUNDED PRECEDING
        ) AS episode
    FROM spaced
)
SELECT
    channel,
    who,
    min(captured_at) AS from_at,
    max(captured_at) AS until_at,
    round((epoch_ms(max(captured_at)) - epoch_ms(min(captured_at))) / 1000.0, 3) AS seconds,
    count(DISTINCT frame) AS frames,
    count(DISTINCT CASE WHEN suggestion = 'block' THEN frame END) AS blocked_frames,
    string_agg(DISTINCT category, ', ' ORDER BY category) AS categories
FROM numbered
GROUP BY channel, who, episode
ORDER BY from_at, channel, who;
