-- title: Intervals other than configured
-- about: Sessions whose shots are regularly further apart, or closer, than the interval that is configured for their source.
-- scope: index
-- The sessions of a range are no measure of a source.
WITH judged AS (
    SELECT
        l.source, l.interval_ms, l.first_at, l.last_at, u.median_ms, u.drifts,
        round(u.median_ms / 1000)::BIGINT AS observed,
        count(*) OVER (PARTITION BY l.source) AS sessions
    FROM session_stats u
    JOIN session_list l ON l.session_id = u.session_id
    WHERE u.is_judged AND $since::TIMESTAMP IS NULL AND $until::TIMESTAMP IS NULL
)
SELECT
    'warning' AS severity,
    source,
    observed::VARCHAR AS subject,
    min(first_at) AS from_at,
    max(last_at) AS until_at,
    count(*) AS rows,
    median(median_ms) / 1000 AS measure,
    printf(
        '%.1f s instead of %.1f s in %d of %d sessions: another interval was asked for than the configuration says',
        median(median_ms) / 1000, any_value(interval_ms) / 1000, count(*), any_value(sessions)
    ) AS explanation
FROM judged
WHERE drifts
GROUP BY source, observed
-- not computable
SELECT source, 'no interval is configured' AS reason
FROM sources
WHERE interval_seconds IS NULL
UNION ALL
SELECT NULL, 'only a look at all times tells what is usual' AS reason
WHERE $since::TIMESTAMP IS NOT NULL OR $until::TIMESTAMP IS NOT NULL
-- rows
WITH shots AS (
    SELECT
        *,
        epoch_ms(captured_at) - epoch_ms(lag(captured_at) OVER (PARTITION BY sid, channel, uid ORDER BY captured_at))
            AS delta_ms
    FROM screenshots
    WHERE source = $source AND captured_at IS NOT NULL
),
usual AS (
    SELECT
        source, channel, sid, uid, min(captured_at) AS first_at, max(captured_at) AS last_at, count(*) AS screenshots,
        max(captured_at_precision_ms) AS precision_ms,
        median(delta_ms) FILTER (WHERE delta_ms > 0) AS median_ms
    FROM shots
    GROUP BY source, channel, sid, uid
)
SELECT u.source, u.channel, u.sid, u.uid, u.first_at, u.last_at, u.screenshots, u.median_ms / 1000 AS observed_seconds
FROM usual u
JOIN sources s ON s.source = u.source
WHERE u.screenshots >= 10
    AND abs(u.median_ms - s.interval_seconds * 1000) > $drift_share * s.interval_seconds * 1000 + u.precision_ms
    AND round(u.median_ms / 1000)::BIGINT::VARCHAR = $subject
ORDER BY u.first_at, u.channel, u.sid, u.uid
