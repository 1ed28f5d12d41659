-- What a source's listing says, before it is believed: decoded, and not yet part of the index.
CREATE OR REPLACE TEMP TABLE staged AS
SELECT
    key, kind, service, sid, cname, uid, stream_type, app, stream, session_started_at, sequence, captured_at,
    captured_at_precision_ms, failover, reason, size, etag, last_modified, storage_class
FROM objects
LIMIT 0;
