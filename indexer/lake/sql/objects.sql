-- The objects of the chosen days, sorted as their files are.
SELECT
    n.source,
    o.day,
    {key} AS key,
    n.kind, n.service, n.sid, n.cname, n.uid::BIGINT AS uid, n.stream_type, n.app, n.stream, n.session_started_at,
    o.sequence, o.captured_at, n.captured_at_precision_ms, n.failover::INTEGER AS failover, n.reason,
    o.size::BIGINT AS size,
    coalesce(replace(o.etag_md5::VARCHAR, '-', ''), o.etag) AS etag,
    o.last_modified, o.storage_class, o.first_seen_run, o.last_seen_run, o.deleted_at,
    o.name_id, n.front, n.digits::INTEGER AS digits, n.back
FROM (
    SELECT *, coalesce(captured_at, last_modified)::DATE AS day
    FROM object_rows
    WHERE coalesce(captured_at, last_modified)::DATE BETWEEN $first AND $last
) o
JOIN names n ON n.name_id = o.name_id
JOIN chosen c ON c.source = n.source AND c.day = o.day
ORDER BY n.source, o.day, key
