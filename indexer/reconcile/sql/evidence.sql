-- The violations, each with the session of its object; without an object, with what the verdict says of one. bucket is the
-- one that the verdict names.
CREATE OR REPLACE TEMP TABLE evidence AS
SELECT
    v.verdict_id, v.provider, v.label, v.category, v.suggestion, v.evidence, v.source, v.bucket,
    coalesce(v.key, v.object_key, v.object_url) AS key,
    CASE WHEN m.name_id IS NULL THEN v.channel ELSE coalesce(n.cname, n.app || '/' || n.stream, n.stream) END AS channel,
    CASE WHEN m.name_id IS NULL THEN v.sid ELSE n.sid END AS sid,
    CASE WHEN m.name_id IS NULL THEN v.uid ELSE n.uid END AS uid,
    v.captured_at, v.moderated_at, v.size, v.etag, v.last_modified, v.deleted_at,
    coalesce(v.moderated_at, p.received_at, p.ingested_at) AS judged_at,
    s.session_id
FROM violations v
JOIN (
    SELECT b.payload_id, any_value(b.ingested_at) AS ingested_at, min(d.received_at) AS received_at
    FROM payload_bodies b
    LEFT JOIN deliveries d ON d.payload_id = b.payload_id
    WHERE b.payload_id IN (SELECT payload_id FROM violations)
    GROUP BY b.payload_id
) p ON p.payload_id = v.payload_id
LEFT JOIN matches m ON m.verdict_id = v.verdict_id
LEFT JOIN names n ON n.name_id = m.name_id
LEFT JOIN session_names s ON s.name_id = m.name_id
