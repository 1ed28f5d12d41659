-- The names of a lake that has none of their own: those of its objects.
SELECT
    name_id,
    any_value(source) AS source,
    any_value(front) AS front,
    any_value(digits) AS digits,
    any_value(back) AS back,
    any_value(kind) AS kind,
    any_value(service) AS service,
    any_value(sid) AS sid,
    any_value(cname) AS cname,
    any_value(uid) AS uid,
    any_value(stream_type) AS stream_type,
    any_value(app) AS app,
    any_value(stream) AS stream,
    any_value(session_started_at) AS session_started_at,
    any_value(captured_at_precision_ms) AS captured_at_precision_ms,
    any_value(failover) AS failover,
    any_value(reason) AS reason
FROM {files}
GROUP BY name_id
