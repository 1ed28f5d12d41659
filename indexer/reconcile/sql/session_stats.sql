-- What is usual in each session of a part. pace_ms is how far apart its shots should be: the configured interval, or what
-- is observed where that is something else; NULL where no interval is configured. is_judged: it has shots enough to tell.
-- Names to the second show two neighbouring numbers for an interval between them, so their precision is no drift.
INSERT INTO session_stats
WITH usual AS (
    SELECT session_id, median(delta_ms) FILTER (WHERE delta_ms > 0) AS median_ms, median(size) AS median_size
    FROM shots
    GROUP BY session_id
),
judged AS (
    SELECT
        u.*, l.interval_ms,
        l.shots >= 10 AND l.interval_ms IS NOT NULL AND u.median_ms IS NOT NULL AS is_judged,
        abs(u.median_ms - l.interval_ms) > $drift_share * l.interval_ms + l.precision_ms AS is_off
    FROM usual u
    JOIN session_list l ON l.session_id = u.session_id
)
SELECT
    session_id, median_ms, median_size, is_judged,
    is_judged AND is_off AS drifts,
    CASE WHEN is_judged AND is_off THEN median_ms ELSE interval_ms END AS pace_ms
FROM judged
