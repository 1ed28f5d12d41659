-- title: Screenshots that were announced and are not there
-- about: Objects that a platform says it stored and that no listing since then ever found, by session; or in a bucket that nobody lists.
-- scope: index
SELECT
    'critical' AS severity,
    source, channel, sid, uid,
    NULL AS subject,
    min(moment) AS from_at, max(moment) AS until_at,
    count(*) AS rows,
    count(*) AS measure,
    printf(
        '%d screenshots that the platform says it stored were never in the bucket, which was listed since: they were deleted before a listing saw them, or the upload failed, or went elsewhere',
        count(*)
    ) AS explanation
FROM notified
WHERE stored = 'never seen'
GROUP BY source, channel, sid, uid
UNION ALL
SELECT
    'warning',
    NULL, NULL, NULL, NULL,
    bucket,
    min(moment), max(moment),
    count(*),
    count(*),
    printf(
        '%d screenshots were stored, as the platform says, where no source of this index looks%s: add a source, or correct the prefix of one',
        count(*), CASE WHEN bucket IS NULL THEN '' ELSE ', in bucket ' || bucket END
    )
FROM notified
WHERE stored = 'in no source'
GROUP BY bucket
-- not computable
SELECT NULL AS source, 'no platform has told of a stored screenshot' AS reason
WHERE NOT EXISTS (SELECT 1 FROM notifications WHERE NOT is_test AND object_key IS NOT NULL)
-- rows
WITH heard AS (
    SELECT
        n.notification_id, any_value(n.captured_at) AS told_at,
        coalesce(any_value(n.notified_at), min(d.received_at), any_value(p.ingested_at)) AS heard_at
    FROM notifications n
    JOIN payload_bodies p ON p.payload_id = n.payload_id
    LEFT JOIN deliveries d ON d.payload_id = n.payload_id
    WHERE NOT n.is_test
        AND CASE
            WHEN $source IS NULL THEN n.bucket IS NOT DISTINCT FROM $subject
            ELSE coalesce(n.cname, n.app || '/' || n.stream, n.stream) IS NOT DISTINCT FROM $channel
                AND n.sid IS NOT DISTINCT FROM $sid
                AND n.uid IS NOT DISTINCT FROM $uid
        END
    GROUP BY n.notification_id
),
sought AS (
    SELECT n.*, s.source, h.heard_at
    FROM notifications n
    JOIN heard h ON h.notification_id = n.notification_id
    LEFT JOIN sources s ON coalesce(s.bucket = n.bucket, true) AND starts_with(n.object_key, s.prefix)
    WHERE n.object_key IS NOT NULL AND coalesce(h.told_at, h.heard_at) BETWEEN $from_at AND $until_at
    QUALIFY row_number() OVER (PARTITION BY n.notification_id ORDER BY length(s.prefix) DESC, s.source) = 1
),
held AS (
    SELECT o.key, s.bucket
    FROM objects o
    JOIN sources s ON s.source = o.source
    WHERE o.key IN (SELECT object_key FROM sought)
)
SELECT n.*
FROM sought n
WHERE n.source IS NOT DISTINCT FROM $source
    AND NOT EXISTS (SELECT 1 FROM held h WHERE h.key = n.object_key AND coalesce(h.bucket = n.bucket, true))
    AND (
        $source IS NULL
        OR n.heard_at < (SELECT max(began_at) FROM run_sources WHERE source = $source AND status = 'complete')
    )
ORDER BY n.heard_at, n.object_key
