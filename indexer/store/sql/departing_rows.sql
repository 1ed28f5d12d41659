-- What leaves the file of one source's day, beside what has left of it before: all columns of objects, and of names what
-- keys are made of. The types are those of a lake.
SELECT
    {key} AS key,
    n.kind, n.service, n.sid, n.cname, n.uid::BIGINT AS uid, n.stream_type, n.app, n.stream, n.session_started_at, o.sequence,
    o.captured_at, n.captured_at_precision_ms, n.failover::INTEGER AS failover, n.reason, o.size::BIGINT AS size,
    coalesce(replace(o.etag_md5::VARCHAR, '-', ''), o.etag) AS etag,
    o.last_modified, o.storage_class, o.first_seen_run, o.last_seen_run, o.deleted_at,
    o.name_id, n.front, n.digits::INTEGER AS digits, n.back
FROM (
    SELECT
        name_id, captured_at, sequence, size, etag_md5, etag, last_modified, storage_class, first_seen_run, last_seen_run,
        deleted_at
    FROM kept_rows
    WHERE captured_at >= {day}
        AND captured_at < {day} + INTERVAL 1 DAY
        AND (deleted_at IS NOT NULL OR last_seen_run IS NULL)
    UNION ALL
    {archived}
) o
JOIN names n ON n.name_id = o.name_id
WHERE n.source = {source}
    AND n.kind = 'screenshot'
    AND n.digits > 0
ORDER BY key
