-- The notifications of new bodies. What an object's key says of it goes before what the payload says.
INSERT INTO notifications BY NAME
SELECT DISTINCT ON (n.notification_id)
    n.notification_id, n.payload_id, n.result_path, n.provider, n.event, n.event_id, n.bucket,
    n.key AS object_key,
    n.object_url,
    coalesce(k.sid, n.sid) AS sid,
    coalesce(k.cname, n.cname) AS cname,
    coalesce(k.uid, n.uid) AS uid,
    coalesce(k.app, n.app) AS app,
    coalesce(k.stream, n.stream) AS stream,
    coalesce(k.captured_at, n.captured_at) AS captured_at,
    CASE WHEN k.captured_at IS NOT NULL THEN k.captured_at_precision_ms ELSE n.captured_at_precision_ms END
        AS captured_at_precision_ms,
    n.sequence, n.notified_at, n.is_test
FROM notification_batch n
LEFT JOIN decoded_keys k ON k.key = n.key
WHERE n.payload_id IN (FROM new_payloads);
