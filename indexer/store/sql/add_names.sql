INSERT INTO names BY NAME
SELECT
    (SELECT coalesce(max(name_id), 0) FROM names) + row_number() OVER (ORDER BY _front, _digits) AS name_id,
    $source AS source, _front AS front, _digits AS digits, _back AS back, kind, service, sid, cname, uid, stream_type, app,
    stream, session_started_at, captured_at_precision_ms, failover, reason
FROM fresh
WHERE NOT late
