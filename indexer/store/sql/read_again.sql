UPDATE objects
SET
    kind = staged.kind,
    service = staged.service,
    sid = staged.sid,
    cname = staged.cname,
    uid = staged.uid,
    stream_type = staged.stream_type,
    app = staged.app,
    stream = staged.stream,
    session_started_at = staged.session_started_at,
    sequence = staged.sequence,
    captured_at = staged.captured_at,
    captured_at_precision_ms = staged.captured_at_precision_ms,
    failover = staged.failover,
    reason = staged.reason
FROM staged
WHERE objects.source = $source
    AND objects.key = staged.key;
