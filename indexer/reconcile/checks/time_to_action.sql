-- title: Streams that went on after a block
-- about: Sessions that were still captured long after the first picture that moderation says to block.
-- scope: sessions
-- Where names carry no session, ten minutes without a shot are the end of one.
WITH blocked AS (
    SELECT session_id, captured_at
    FROM evidence
    WHERE suggestion = 'block' AND session_id IS NOT NULL
),
pauses AS (
    SELECT t.session_id, t.before_at
    FROM shots t
    JOIN session_list l ON l.session_id = t.session_id
    WHERE l.sid IS NULL AND t.delta_ms >= 600000
),
ends AS (
    SELECT b.session_id, b.captured_at, min(p.before_at) AS ends_at
    FROM blocked b
    LEFT JOIN pauses p ON p.session_id = b.session_id AND p.before_at >= b.captured_at
    GROUP BY b.session_id, b.captured_at
),
firsts AS (
    SELECT session_id, ends_at, min(captured_at) AS blocked_at
    FROM ends
    GROUP BY session_id, ends_at
),
went_on AS (
    SELECT f.session_id, f.blocked_at, count(*) AS shots, max(t.captured_at) AS last_at
    FROM firsts f
    JOIN shots t ON t.session_id = f.session_id
    WHERE t.captured_at > f.blocked_at AND (f.ends_at IS NULL OR t.captured_at <= f.ends_at)
    GROUP BY f.session_id, f.blocked_at
),
told AS (
    SELECT *, (epoch_ms(last_at) - epoch_ms(blocked_at)) / 1000 AS seconds
    FROM went_on
)
SELECT
    'warning' AS severity,
    l.source, l.channel, l.sid, l.uid,
    CASE WHEN l.sid IS NULL THEN epoch_ms(t.blocked_at)::VARCHAR END AS subject,
    t.blocked_at AS from_at,
    t.last_at AS until_at,
    t.shots AS rows,
    t.seconds AS measure,
    printf(
        '%d more frames over %.0f s after the first one to be blocked, where %.0f s are allowed: nobody stopped it, or the callback came late',
        t.shots, t.seconds, $action_seconds
    ) AS explanation
FROM told t
JOIN session_list l ON l.session_id = t.session_id
WHERE t.seconds > $action_seconds
-- rows
SELECT *
FROM screenshots
WHERE source = $source
    AND sid IS NOT DISTINCT FROM $sid
    AND channel IS NOT DISTINCT FROM $channel
    AND uid IS NOT DISTINCT FROM $uid
    AND captured_at > $from_at
    AND captured_at <= $until_at
ORDER BY captured_at, key
