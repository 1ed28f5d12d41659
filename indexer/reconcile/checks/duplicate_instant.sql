-- title: Several screenshots of one instant
-- about: Sessions in which several objects tell of one instant: two recorders took it, or one shot is stored twice.
-- scope: sessions
-- Names to the second cannot tell two shots apart that are less than two seconds from each other.
WITH again AS (
    SELECT
        t.session_id, t.captured_at, count(*) AS others,
        max(CASE WHEN t.failover IS DISTINCT FROM t.before_failover THEN 1 ELSE 0 END) AS is_failover
    FROM shots t
    JOIN session_list l ON l.session_id = t.session_id
    WHERE t.delta_ms = 0
        AND (l.precision_ms < 1000 OR l.interval_ms > 2 * l.precision_ms)
    GROUP BY t.session_id, t.captured_at
),
summed AS (
    SELECT
        session_id, min(captured_at) AS from_at, max(captured_at) AS until_at, count(*) AS instants,
        (sum(others) + count(*))::BIGINT AS objects, sum(is_failover)::BIGINT AS failovers
    FROM again
    GROUP BY session_id
)
SELECT
    'info' AS severity,
    l.source, l.channel, l.sid, l.uid, s.from_at, s.until_at,
    s.objects AS rows,
    s.instants AS measure,
    printf(
        '%d objects tell of %d instants: %s',
        s.objects, s.instants,
        CASE s.failovers
            WHEN s.instants THEN 'a failover and the recorder that it replaced both took them'
            WHEN 0 THEN 'one recorder''s shots are stored under several names, as after a copy to another folder'
            ELSE printf('a failover and the recorder that it replaced both took %d, the others are stored twice', s.failovers)
        END
    ) AS explanation
FROM summed s
JOIN session_list l ON l.session_id = s.session_id
-- rows
SELECT *
FROM screenshots
WHERE source = $source
    AND sid IS NOT DISTINCT FROM $sid
    AND channel IS NOT DISTINCT FROM $channel
    AND uid IS NOT DISTINCT FROM $uid
    AND captured_at BETWEEN $from_at AND $until_at
QUALIFY count(*) OVER (PARTITION BY captured_at) > 1
ORDER BY captured_at, key
