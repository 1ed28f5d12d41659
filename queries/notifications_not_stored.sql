-- title: Notified and not stored
-- about: Screenshots that a platform says it stored and no listing has shown; where no complete listing began since, it may still show them.
-- param: provider text: only this provider
-- param: since timestamp: only what was notified from then on, UTC
WITH ends AS (
    SELECT DISTINCT digits, back
    FROM names
),
told AS (
    SELECT notification_id, bucket, object_key AS key
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
    UNION ALL
    SELECT d.notification_id
    FROM named d
    JOIN object_rows o ON o.name_id = d.name_id
    WHERE d.digits = 0
),
absent AS (
    SELECT t.notification_id
    FROM told t
    WHERE NOT EXISTS (SELECT 1 FROM stored s WHERE s.notification_id = t.notification_id)
),
listed AS (
    SELECT s.source, s.bucket, s.prefix, max(r.began_at) AS began_at
    FROM run_sources r
    JOIN sources s ON s.source = r.source
    WHERE r.status = 'complete'
    GROUP BY s.source, s.bucket, s.prefix
)
SELECT
    n.notified_at,
    n.provider,
    n.event,
    coalesce(n.cname, n.app || '/' || n.stream, n.stream) AS channel,
    coalesce(n.uid::VARCHAR, n.stream) AS who,
    n.captured_at,
    n.bucket,
    n.object_key AS key,
    count(l.source) > 0 AS listed_since
FROM absent a
JOIN notifications n ON n.notification_id = a.notification_id
LEFT JOIN listed l
    ON (n.bucket IS NULL OR n.bucket = l.bucket)
    AND starts_with(n.object_key, l.prefix)
    AND l.began_at > n.notified_at
GROUP BY
    n.notification_id, n.notified_at, n.provider, n.event, n.cname, n.app, n.stream, n.uid, n.captured_at, n.bucket,
    n.object_key
ORDER BY listed_since DESC, n.notified_at, key, n.notification_id;
