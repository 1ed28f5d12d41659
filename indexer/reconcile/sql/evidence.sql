-- The violations with their sessions, once for all checks of evidence.
CREATE OR REPLACE TEMP TABLE evidence AS
SELECT
    v.verdict_id, v.provider, v.reviewer, v.label, v.category, v.suggestion, v.evidence, v.object_state,
    v.source, v.channel, v.sid, v.cname, v.uid, v.app, v.stream,
    coalesce(v.key, v.object_key, v.object_url) AS key,
    v.captured_at, v.moderated_at, v.size, v.etag, v.last_modified, v.deleted_at,
    coalesce(v.moderated_at, p.received_at, p.ingested_at) AS judged_at,
    m.name_id, n.session_id
FROM violations v
JOIN (
    SELECT b.payload_id, any_value(b.ingested_at) AS ingested_at, min(d.received_at) AS received_at
    FROM payload_bodies b
    LEFT JOIN deliveries d ON d.payload_id = b.payload_id
    GROUP BY b.payload_id
) p ON p.payload_id = v.payload_id
LEFT JOIN matches m ON m.verdict_id = v.verdict_id
LEFT JOIN session_names n ON n.name_id = m.name_id
WHERE ($since::TIMESTAMP IS NULL OR coalesce(v.captured_at, judged_at) >= $since::TIMESTAMP)
    AND ($until::TIMESTAMP IS NULL OR coalesce(v.captured_at, judged_at) < $until::TIMESTAMP)
