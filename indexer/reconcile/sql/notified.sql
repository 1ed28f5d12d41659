-- What became of each object that a platform says it stored: present, deleted, never seen, not listed since, or in no source.
-- A name is stored once for all of its session's keys, so a key is looked up as it is cut; or it is a name itself.
CREATE OR REPLACE TEMP TABLE notified AS
WITH told AS (
    SELECT rowid AS notification, bucket, object_key AS key, sid, cname, uid, app, stream, captured_at AS told_at, notified_at
    FROM notifications
    WHERE NOT is_test
        AND object_key IS NOT NULL
        AND ($since::TIMESTAMP IS NULL OR coalesce(captured_at, notified_at) >= $since::TIMESTAMP)
        AND ($until::TIMESTAMP IS NULL OR coalesce(captured_at, notified_at) < $until::TIMESTAMP)
),
cut AS MATERIALIZED (
    {cut}
),
listed AS (
    SELECT s.*, (SELECT max(began_at) FROM run_sources r WHERE r.source = s.source AND r.status = 'complete') AS as_of
    FROM sources s
),
named AS (
    SELECT c.*, n.name_id, n.source
    FROM cut c
    JOIN names n ON n.front = c._front AND n.digits = c._digits AND n.back = c._back
    JOIN sources s ON s.source = n.source AND coalesce(s.bucket = c.bucket, true)
    UNION ALL
    SELECT c.*, n.name_id, n.source
    FROM cut c
    JOIN names n ON n.front = c.key AND n.digits = 0
    JOIN sources s ON s.source = n.source AND coalesce(s.bucket = c.bucket, true)
    WHERE c._digits > 0
),
found AS (
    SELECT n.notification, n.source, n.name_id, o.captured_at, o.deleted_at
    FROM named n
    JOIN object_rows o ON o.name_id = n.name_id AND o.captured_at = n._moment
    WHERE n._digits > 0
    UNION ALL
    SELECT n.notification, n.source, n.name_id, o.captured_at, o.deleted_at
    FROM named n
    JOIN object_rows o ON o.name_id = n.name_id
    WHERE n._digits = 0
),
best AS (
    FROM found
    QUALIFY row_number() OVER (PARTITION BY notification ORDER BY deleted_at NULLS FIRST, source) = 1
),
-- Only a listing that began after the object was there can tell that it is not.
sought AS (
    SELECT c.notification, arg_max(l.source, length(l.prefix)) AS source, max(l.as_of) AS as_of
    FROM cut c
    JOIN listed l ON coalesce(l.bucket = c.bucket, true) AND starts_with(c.key, l.prefix)
    WHERE c.notification NOT IN (SELECT notification FROM best)
    GROUP BY c.notification
)
SELECT
    c.notification, coalesce(b.source, s.source) AS source, c.key, c.sid, c.cname, c.uid, c.app, c.stream,
    coalesce(c.cname, c.app || '/' || c.stream, c.stream) AS channel,
    c.told_at, c.notified_at, b.name_id, b.captured_at,
    CASE
        WHEN b.deleted_at IS NOT NULL THEN 'deleted'
        WHEN b.notification IS NOT NULL THEN 'present'
        WHEN s.source IS NULL THEN 'in no source'
        WHEN s.as_of > c.notified_at THEN 'never seen'
        ELSE 'not listed since'
    END AS stored
FROM cut c
LEFT JOIN best b ON b.notification = c.notification
LEFT JOIN sought s ON s.notification = c.notification
