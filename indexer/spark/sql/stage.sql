-- What a task listed, as rows of the lake. Those that were written after the run began have the hash of their key, which
-- tells the receipt without them; those of an inventory, whose files may tell of a key twice, have it all.
SELECT
    o.key, o.kind, o.service, o.sid, o.cname, o.uid::BIGINT AS uid, o.stream_type, o.app, o.stream,
    o.session_started_at, o.sequence, o.captured_at, o.captured_at_precision_ms, o.failover::INTEGER AS failover, o.reason,
    o.size::BIGINT AS size, o.etag, o.last_modified, o.storage_class,
    (md5_number_lower(o.source || '/' || o.digits || '/' || length(o.front) || '/' || o.front || o.back)
        % 9223372036854775808)::BIGINT AS name_id,
    o.front, o.digits::INTEGER AS digits, o.back,
    coalesce(o.captured_at, o.last_modified)::DATE AS day,
    $shard::INTEGER AS shard,
    CASE WHEN o.last_modified > $leave_after THEN md5_number_lower(o.key)::DECIMAL(20, 0) END AS late_hash,
    CASE WHEN $hashed THEN md5_number_lower(o.key)::DECIMAL(20, 0) END AS key_hash
FROM (
    SELECT n.*, {key} AS key, o.captured_at, o.sequence, o.size,
        coalesce(replace(o.etag_md5::VARCHAR, '-', ''), o.etag) AS etag, o.last_modified, o.storage_class
    FROM object_rows o
    JOIN names n ON n.name_id = o.name_id
) o
-- Each day's task reads of all shards what is its: whole row groups are passed by.
ORDER BY day, o.key
