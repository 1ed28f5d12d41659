-- title: Shots that should be there and are not
-- about: Stretches between a session's first and last shot without those that its interval promises; gaps with up to three shots between them are one.
-- scope: sessions
-- Three shots are two intervals long, and four are three: what is between the two tells them apart, jitter and all.
WITH ordered AS (
    SELECT *,
        epoch_ms(from_at) - epoch_ms(lag(until_at) OVER session) > 2.5 * pace_ms
            OR explained_by IS DISTINCT FROM lag(explained_by) OVER session AS is_apart
    FROM gaps
    WINDOW session AS (PARTITION BY session_id ORDER BY from_at)
),
numbered AS (
    SELECT *, count(*) FILTER (WHERE is_apart) OVER (PARTITION BY session_id ORDER BY from_at) AS stretch
    FROM ordered
),
stretches AS (
    SELECT
        session_id, min(from_at) AS from_at, max(until_at) AS until_at, sum(missing)::BIGINT AS missing,
        any_value(pace_ms) / 1000 AS pace,
        min(explained_by) AS explained_by
    FROM numbered
    GROUP BY session_id, stretch
),
told AS (
    SELECT s.*, l.source, l.channel, l.sid, l.uid, (epoch_ms(s.until_at) - epoch_ms(s.from_at)) / 1000 AS seconds
    FROM stretches s
    JOIN session_list l ON l.session_id = s.session_id
)
SELECT
    CASE WHEN explained_by IS NOT NULL THEN 'info' WHEN seconds >= $gap_critical_seconds THEN 'critical' ELSE 'warning' END
        AS severity,
    source, channel, sid, uid,
    epoch_ms(from_at)::VARCHAR AS subject,
    from_at, until_at,
    2 AS rows,
    missing AS measure,
    printf(
        '%d missing in %.0f s, where one is due every %.1f s: %s',
        missing, seconds, pace,
        CASE explained_by
            WHEN 'failover' THEN 'another recorder took over, which the platform promises within 90 s'
            WHEN 'paused' THEN 'others of the recording were captured meanwhile, so this stream most likely paused'
            WHEN 'no-session' THEN 'the names carry no session, and this long a pause is the end of one'
            ELSE 'nothing in the index explains it'
        END
    ) AS explanation
FROM told
-- not computable
SELECT source, 'no interval is configured' AS reason
FROM sources
WHERE interval_seconds IS NULL
UNION ALL
SELECT s.source, 'none of its names tells when its shot was taken' AS reason
FROM sources s
JOIN names n ON n.source = s.source
WHERE s.interval_seconds IS NOT NULL AND n.kind = 'screenshot'
GROUP BY s.source
HAVING count(n.captured_at_precision_ms) = 0
-- rows
SELECT *
FROM screenshots
WHERE source = $source
    AND sid IS NOT DISTINCT FROM $sid
    AND channel IS NOT DISTINCT FROM $channel
    AND uid IS NOT DISTINCT FROM $uid
    AND captured_at IN ($from_at, $until_at)
QUALIFY row_number() OVER (PARTITION BY captured_at ORDER BY key) = 1
ORDER BY captured_at
