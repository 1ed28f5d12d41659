-- What is usual in each session of a part. pace_ms is how far apart its shots should be: the configured interval, or what
-- is observed where that is something else; NULL where no interval is configured.
INSERT INTO session_stats
WITH usual AS (
    SELECT session_id, median(delta_ms) FILTER (delta_ms > 0) AS median_ms, median(size) AS median_size
    FROM shots
    GROUP BY session_id
)
SELECT
    u.session_id, u.median_ms, u.median_size,
    l.shots >= 10 AND abs(u.median_ms - l.interval_ms) > $drift_share * l.interval_ms AS drifts,
    CASE WHEN drifts THEN u.median_ms ELSE l.interval_ms END AS pace_ms
FROM usual u
JOIN session_list l ON l.session_id = u.session_id
