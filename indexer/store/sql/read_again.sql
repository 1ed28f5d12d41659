UPDATE objects
SET
    kind = known.kind,
    service = known.service,
    sid = known.sid,
    cname = known.cname,
    uid = known.uid,
    stream_type = known.stream_type,
    app = known.app,
    stream = known.stream,
    session_started_at = known.session_started_at,
    sequence = known.sequence,
    captured_at = known.captured_at,
    captured_at_precision_ms = known.captured_at_precision_ms,
    failover = known.failover,
    reason = known.reason
FROM known
WHERE objects.source = $source
    AND objects.key = known.key;
