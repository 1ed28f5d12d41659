-- title: Screenshots that nobody announced
-- about: Screenshots that no notification names, between the first and the last of their source that one does: callbacks were lost.
-- scope: sessions
WITH spans AS (
    SELECT source, min(captured_at) AS first_at, max(captured_at) AS last_at
    FROM notified
    WHERE captured_at IS NOT NULL
    GROUP BY source
),
-- What is not there is sought before anything else is joined, which takes a tenth of the time.
silent AS MATERIALIZED (
    SELECT t.session_id, t.captured_at
    FROM shots t
    WHERE NOT EXISTS (SELECT 1 FROM notified n WHERE n.name_id = t.name_id AND n.captured_at = t.captured_at)
),
untold AS (
    SELECT t.session_id, count(*) AS shots, min(t.captured_at) AS from_at, max(t.captured_at) AS until_at
    FROM silent t
    JOIN session_list l ON l.session_id = t.session_id
    JOIN spans p ON p.source = l.source AND t.captured_at BETWEEN p.first_at AND p.last_at
    GROUP BY t.session_id
)
SELECT
    'warning' AS severity,
    l.source, l.channel, l.sid, l.uid, u.from_at, u.until_at,
    u.shots AS rows,
    u.shots AS measure,
    printf(
        '%d of %d screenshots of the session are in the bucket and no notification names them: callbacks were lost, or the platform was not told to send them',
        u.shots, l.shots
    ) AS explanation
FROM untold u
JOIN session_list l ON l.session_id = u.session_id
-- not computable
SELECT s.source, 'no notification names an object of it' AS reason
FROM sources s
WHERE NOT EXISTS (SELECT 1 FROM notified n WHERE n.source = s.source AND n.captured_at IS NOT NULL)
-- rows
SELECT s.*
FROM screenshots s
JOIN sources p ON p.source = s.source
WHERE s.source = $source
    AND s.sid IS NOT DISTINCT FROM $sid
    AND s.channel IS NOT DISTINCT FROM $channel
    AND s.uid IS NOT DISTINCT FROM $uid
    AND s.captured_at BETWEEN $from_at AND $until_at
    AND NOT EXISTS (
        SELECT 1
        FROM notifications n
        WHERE n.object_key = s.key AND NOT n.is_test AND coalesce(n.bucket = p.bucket, true)
    )
ORDER BY s.captured_at, s.key
