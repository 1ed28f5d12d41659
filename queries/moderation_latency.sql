-- title: Moderation latency
-- about: How long after its capture a machine judged a frame, by provider, in seconds; untimed verdicts say no time, early ones one before the capture.
-- param: since timestamp: only frames captured from then on, UTC
-- param: until timestamp: only frames captured before then, UTC
WITH timed AS (
    SELECT
        v.provider,
        (epoch_ms(v.moderated_at) - epoch_ms(coalesce(m.captured_at, v.captured_at))) / 1000.0 AS seconds
    FROM verdicts v
    LEFT JOIN matches m ON m.verdict_id = v.verdict_id
    WHERE v.is_overall
        AND v.reviewer = 'machine'
        AND ($since::TIMESTAMP IS NULL OR coalesce(m.captured_at, v.captured_at) >= $since::TIMESTAMP)
        AND ($until::TIMESTAMP IS NULL OR coalesce(m.captured_at, v.captured_at) < $until::TIMESTAMP)
)
SELECT
    provider,
    count(*) AS verdicts,
    count(*) FILTER (WHERE seconds IS NULL) AS untimed,
    count(*) FILTER (WHERE seconds < 0) AS early,
    round(median(seconds), 3) AS median_seconds,
    round(quantile_cont(seconds, 0.95), 3) AS p95_seconds,
    round(quantile_cont(seconds, 0.99), 3) AS p99_seconds,
    round(max(seconds), 3) AS most_seconds
FROM timed
GROUP BY provider
ORDER BY provider;
