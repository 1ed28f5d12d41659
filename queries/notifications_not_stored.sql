-- title: Notified and not stored
-- about: Screenshots that a platform says it stored and no listing has shown; where no complete listing began since, it may still show them.
-- param: provider text: only this provider
-- param: since timestamp: only what was notified from then on, UTC
WITH ends AS (
    SELECT DISTINCT digits, back
    FROM names
),
told AS (
    SELECT
        notification_id, notified_at, provider, event, bucket, sid, cname, uid, app, stream, captured_at,
        object_key AS key
    FROM notifications
    WHERE NOT is_test
        AND object_key IS NOT NULL
        AND ($provider::VARCHAR IS NULL OR provider = $provider::VARCHAR)
        AND ($since::TIMESTAMP IS NULL OR notified_at >= $since::TIMESTAMP)
),
cut AS (
    SELECT
        t.notification_id, t.bucket, e.digits, e.back,
        left(t.key, length(t.key) - e.digits - length(e.back)) AS front,
        substr(t.key, length(t.key) - e.digits - length(e.back) + 1, e.digits) AS stamp
    FROM told t
    JOIN ends e ON ends_with(t.key, e.back) AND length(t.key) >= e.digits + length(e.back)
),
named AS (
    SELECT
        c.notification_id, n.name_id, c.digits,
        CASE
            WHEN c.digits IN (14, 17)
                THEN epoch_ms(
                    TRY_CAST(
                        substr(c.stamp, 1, 4) || '-' || substr(c.stamp, 5, 2) || '-' || substr(c.stamp, 7, 2)
                            || ' ' || substr(c.stamp, 9, 2) || ':' || substr(c.stamp, 11, 2)
                            || ':' || substr(c.stamp, 13, 2) || '.' || substr(rpad(c.stamp, 17, '0'), 15, 3)
                            AS TIMESTAMP
                    )
                )
            WHEN c.digits = 13 THEN TRY_CAST(c.stamp AS BIGINT)
            WHEN c.digits = 10 THEN TRY_CAST(c.stamp AS BIGINT) * 1000
        END AS stamp_ms
    FROM cut c
    JOIN names n ON n.front = c.front AND n.digits = c.digits AND n.back = c.back
    JOIN sources s ON s.source = n.source AND (c.bucket IS NULL OR c.bucket = s.bucket)
),
stored AS (
    SELECT d.notification_id
    FROM named d
    JOIN object_rows o ON o.name_id = d.name_id AND epoch_ms(o.captured_at) = d.stamp_ms
    WHERE d.digits > 0
    UNION
    SELECT d.notification_id
    FROM named d
    JOIN object_rows o ON o.name_id = d.name_id
    WHERE d.digits = 0
),
listed AS (
    SELECT s.bucket, s.prefix, max(r.began_at) AS began_at
    FROM run_sources r
    JOIN sources s ON s.source = r.source
    WHERE r.status = 'complete'
    GROUP BY s.source, s.bucket, s.prefix
)
SELECT
    t.notified_at,
    t.provider,
    t.event,
    coalesce(t.cname, t.app || '/' || t.stream, t.stream) AS channel,
    coalesce(t.uid::VARCHAR, t.stream) AS who,
    t.captured_at,
    t.bucket,
    t.key,
    EXISTS (
        SELECT 1
        FROM listed l
        WHERE (t.bucket IS NULL OR t.bucket = l.bucket)
            AND starts_with(t.key, l.prefix)
            AND l.began_at > t.notified_at
    ) AS listed_since
FROM told t
WHERE NOT EXISTS (SELECT 1 FROM stored s WHERE s.notification_id = t.notification_id)
ORDER BY listed_since DESC, t.notified_at, t.key, t.notification_id;
