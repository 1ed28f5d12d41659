-- The verdicts of bodies that are new. What an object's key says of it goes before what the payload says.
INSERT INTO verdicts BY NAME
SELECT DISTINCT ON (v.verdict_id)
    v.verdict_id, v.payload_id, v.result_path, v.provider, v.event_id, v.policy, v.reviewer, v.bucket,
    v.key AS object_key,
    v.object_url,
    coalesce(k.sid, v.sid) AS sid,
    coalesce(k.cname, v.cname) AS cname,
    coalesce(k.uid, v.uid) AS uid,
    coalesce(k.app, v.app) AS app,
    coalesce(k.stream, v.stream) AS stream,
    coalesce(k.captured_at, v.captured_at) AS captured_at,
    CASE WHEN k.captured_at IS NOT NULL THEN k.captured_at_precision_ms ELSE v.captured_at_precision_ms END
        AS captured_at_precision_ms,
    CASE
        WHEN k.captured_at IS NOT NULL THEN 'key'
        WHEN v.captured_at IS NOT NULL THEN 'payload'
    END AS captured_at_source,
    v.moderated_at, v.scene, v.label, v.category, v.suggestion, v.suggestion_raw, v.suggestion_source,
    v.score, v.score_raw, v.score_scale, v.is_overall,
    v.is_overall AND (v.suggestion = 'review' OR v.suggestion = 'block') AS is_violation
FROM verdict_batch v
LEFT JOIN decoded_keys k ON k.key = v.key
WHERE NOT EXISTS (FROM payload_bodies p WHERE p.payload_id = v.payload_id);
