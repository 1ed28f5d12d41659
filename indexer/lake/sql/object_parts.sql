-- Each source's days, how many objects they have, and a sum that tells these from any others: of a hash of each row, so
-- that their order does not count. A name is hashed once, however many objects it has.
WITH named AS (
    SELECT
        name_id, source,
        hash(
            name_id, source, front, digits, back, kind, service, sid, cname, uid, stream_type, app, stream,
            session_started_at, captured_at_precision_ms, failover, reason
        ) AS mark
    FROM names
)
SELECT
    n.source,
    strftime(coalesce(o.captured_at, o.last_modified), '%Y-%m-%d') AS day,
    count(*) AS objects,
    sum(
        hash(
            n.mark, o.captured_at, o.sequence, o.size, o.etag_md5, o.etag, o.last_modified, o.storage_class,
            o.first_seen_run, o.last_seen_run, o.deleted_at
        )
    ) AS mark
FROM object_rows o
JOIN named n ON n.name_id = o.name_id
GROUP BY ALL
ORDER BY ALL;
