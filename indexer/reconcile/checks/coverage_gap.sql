-- title: Shots that should be there and are not
-- about: Stretches of a session without the shots that its interval promises; gaps with up to three shots between them are one.
-- scope: sessions
WITH ordered AS (
    SELECT *, epoch_ms(from_at) - epoch_ms(lag(until_at) OVER session) > 3 * pace_ms AS is_apart
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
        CASE WHEN count(explained_by) = count(*) AND min(explained_by) = max(explained_by) THEN min(explained_by) END
            AS explained_by
    FROM numbered
    GROUP BY session_id, stretch
),
told AS (
    SELECT s.*, l.source, l.channel, l.sid, l.uid, epoch_ms(s.until_at) / 1000 - epoch_ms(s.from_at) / 1000 AS seconds
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
