-- What became of each object that a platform says it stored: present, deleted, never seen, not listed since, or in no source.
-- What several sources hold is there once for each. A name is stored once for all of its session's keys, so a key is looked
-- up as it is cut; or it is a name itself.
CREATE OR REPLACE TEMP TABLE notified AS
WITH told AS (
    SELECT rowid AS notification, bucket, object_key AS key
    FROM notifications
    WHERE NOT is_test AND object_key IS NOT NULL
),
cut AS MATERIALIZED (
    {cut}
),
named AS (
    SELECT c.notification, c._moment AS moment, c._digits AS digits, n.name_id, n.source
    FROM cut c
    JOIN names n ON n.front = c._front AND n.digits = c._digits AND n.back = c._back
    JOIN sources s ON s.source = n.source AND coalesce(s.bucket = c.bucket, true)
    UNION ALL
    SELECT c.notification, NULL, 0, n.name_id, n.source
    FROM cut c
    JOIN names n ON n.front = c.key AND n.digits = 0
    JOIN sources s ON s.source = n.source AND coalesce(s.bucket = c.bucket, true)
    WHERE c._digits > 0
),
found AS MATERIALIZED (
    SELECT n.notification, n.source, n.name_id, o.captured_at, o.deleted_at
    FROM named n
    JOIN object_rows o ON o.name_id = n.name_id AND o.captured_at = n.moment
    WHERE n.digits > 0
    UNION ALL
    SELECT n.notification, n.source, n.name_id, o.captured_at, o.deleted_at
    FROM named n
    JOIN object_rows o ON o.name_id = n.name_id
    WHERE n.digits = 0
),
absent AS MATERIALIZED (
    SELECT notification, bucket, key
    FROM cut c
    WHERE NOT EXISTS (SELECT 1 FROM found f WHERE f.notification = c.notification)
),
-- The source of the longest prefix should hold it.
sought AS (
    SELECT a.notification, s.source
    FROM absent a
    JOIN sources s ON coalesce(s.bucket = a.bucket, true) AND starts_with(a.key, s.prefix)
    QUALIFY row_number() OVER (PARTITION BY a.notification ORDER BY length(s.prefix) DESC, s.source) = 1
),
listed AS (
    SELECT source, max(began_at) AS began_at
    FROM run_sources
    WHERE status = 'complete'
    GROUP BY source
),
heard AS (
    SELECT
        a.notification, any_value(n.bucket) AS bucket, any_value(n.sid) AS sid, any_value(n.uid) AS uid,
        any_value(coalesce(n.cname, n.app || '/' || n.stream, n.stream)) AS channel,
        any_value(n.captured_at) AS told_at,
        coalesce(any_value(n.notified_at), min(d.received_at), any_value(p.ingested_at)) AS heard_at
    FROM absent a
    JOIN notifications n ON n.rowid = a.notification
    JOIN payload_bodies p ON p.payload_id = n.payload_id
    LEFT JOIN deliveries d ON d.payload_id = n.payload_id
    GROUP BY a.notification
)
SELECT
    source, NULL AS bucket, NULL AS channel, NULL AS sid, NULL::UBIGINT AS uid,
    name_id, captured_at, NULL::TIMESTAMP AS moment,
    CASE WHEN deleted_at IS NULL THEN 'present' ELSE 'deleted' END AS stored
FROM found
UNION ALL
-- Only a listing that began after the object was there can tell that it is not.
SELECT
    s.source, h.bucket, h.channel, h.sid, h.uid,
    NULL, NULL, coalesce(h.told_at, h.heard_at),
    CASE
        WHEN s.source IS NULL THEN 'in no source'
        WHEN l.began_at > h.heard_at THEN 'never seen'
        ELSE 'not listed since'
    END
FROM heard h
LEFT JOIN sought s ON s.notification = h.notification
LEFT JOIN listed l ON l.source = s.source
