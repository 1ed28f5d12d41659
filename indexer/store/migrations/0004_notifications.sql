-- What platforms say they stored, how bodies came that were in no file, and what is doubtful in a verdict.

ALTER TABLE payload_bodies ADD COLUMN event VARCHAR;                     -- what the body tells of, by its provider's name
ALTER TABLE payload_bodies ADD COLUMN forced BOOLEAN DEFAULT false;      -- the user said whose body it is
ALTER TABLE payload_bodies ADD COLUMN whole BOOLEAN DEFAULT true;        -- false: a beginning, or found wrong unread
UPDATE payload_bodies SET forced = true WHERE shape = 'generic';
UPDATE payload_bodies SET whole = false WHERE parse_error LIKE 'larger than %' OR parse_error LIKE 'the file %'
    OR parse_error LIKE 'line % has %' OR parse_error LIKE 'the table has no column %' OR parse_error LIKE 'no CSV: %';

ALTER TABLE deliveries ADD COLUMN received_at TIMESTAMP;
ALTER TABLE deliveries ADD COLUMN headers VARCHAR;                       -- a JSON object
ALTER TABLE deliveries ADD COLUMN signature_ok BOOLEAN;                  -- NULL: nothing was signed or checked
ALTER TABLE deliveries ADD COLUMN times BIGINT DEFAULT 1;                -- how often the body came to this place

CREATE OR REPLACE VIEW payloads AS
SELECT
    p.payload_id, p.provider, p.shape, p.event, p.parse_status, p.parse_error,
    d.deliveries, d.source_uri, d.source_line, d.received_at, d.headers, d.signature_ok,
    p.ingested_at, p.raw_text, p.raw_bytes
FROM payload_bodies p
JOIN (
    SELECT
        payload_id, sum(times)::BIGINT AS deliveries,
        arg_min(source_uri, (ingested_at, source_uri, source_line)) AS source_uri,
        arg_min(source_line, (ingested_at, source_uri, source_line)) AS source_line,
        min(received_at) AS received_at,
        arg_min(headers, (received_at, source_uri, source_line)) AS headers,
        bool_or(signature_ok) AS signature_ok
    FROM deliveries
    GROUP BY payload_id
) d ON d.payload_id = p.payload_id;

ALTER TABLE verdicts ADD COLUMN model_version VARCHAR;
ALTER TABLE verdicts ADD COLUMN key_source VARCHAR;                      -- payload, url, caller, derived, none
ALTER TABLE verdicts ADD COLUMN object_state VARCHAR DEFAULT 'unknown';  -- what the provider says it did with the object
ALTER TABLE verdicts ADD COLUMN quality VARCHAR[] DEFAULT [];            -- what is doubtful, in sentences
UPDATE verdicts
SET key_source = CASE
    WHEN object_key IS NOT NULL THEN 'payload'
    WHEN object_url IS NOT NULL THEN 'url'
    WHEN captured_at IS NOT NULL AND coalesce(cname, sid, stream) IS NOT NULL THEN 'derived'
    ELSE 'none'
END;

CREATE TABLE notifications (
    notification_id VARCHAR NOT NULL,    -- SHA-256 of payload_id, "notification" and result_path, hex
    payload_id VARCHAR NOT NULL,
    result_path VARCHAR NOT NULL,        -- JSON pointer of what names the object
    provider VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    event_id VARCHAR,
    bucket VARCHAR,
    object_key VARCHAR,
    object_url VARCHAR,
    sid VARCHAR,
    cname VARCHAR,
    uid UBIGINT,
    app VARCHAR,
    stream VARCHAR,
    captured_at TIMESTAMP,
    captured_at_precision_ms INTEGER,
    sequence BIGINT,
    notified_at TIMESTAMP,
    is_test BOOLEAN NOT NULL
);

-- Each witness, and whether an object of its key is there, in its bucket where it names one.
CREATE VIEW notified_objects AS
SELECT
    n.*,
    CASE WHEN f.is_there IS NULL THEN 'never seen' WHEN f.is_there THEN 'present' ELSE 'deleted' END AS stored
FROM notifications n
LEFT JOIN (
    SELECT n.notification_id, bool_or(o.deleted_at IS NULL) AS is_there
    FROM notifications n
    JOIN objects o ON o.key = n.object_key
    JOIN sources s ON s.source = o.source
    WHERE n.bucket IS NULL OR n.bucket = s.bucket
    GROUP BY n.notification_id
) f ON f.notification_id = n.notification_id;

-- Made anew after every run, so what it held is not carried over.
CREATE OR REPLACE TABLE matches (
    verdict_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    matched_by VARCHAR NOT NULL,         -- bucket-key, key, url, name, identity, nearest
    candidates BIGINT NOT NULL,          -- how many objects it could have been; 1 is certain
    distance_ms BIGINT                   -- nearest: how far the object's time is from the verdict's
);

CREATE OR REPLACE VIEW violations AS
SELECT
    v.verdict_id, v.payload_id, v.result_path, v.provider, v.event_id, v.policy, v.model_version, v.reviewer,
    v.scene, v.label, v.category, v.suggestion, v.suggestion_raw, v.suggestion_source,
    v.score, v.score_raw, v.score_scale, v.moderated_at, v.bucket, v.object_key, v.object_url, v.key_source,
    v.object_state, v.quality,
    m.matched_by, m.candidates, m.distance_ms,
    CASE
        WHEN m.key IS NULL AND v.object_key IS NULL AND v.object_url IS NULL
            AND (
                v.captured_at IS NULL
                OR (v.uid IS NULL OR coalesce(v.cname, v.sid) IS NULL) AND (v.app IS NULL OR v.stream IS NULL)
            ) THEN 'no-key'
        WHEN (m.key IS NULL OR o.deleted_at IS NOT NULL)
            AND v.object_state IN ('frozen', 'moved', 'disabled', 'deleted') THEN 'withheld'
        WHEN m.key IS NULL THEN 'missing'
        WHEN o.deleted_at IS NOT NULL THEN 'deleted'
        WHEN s.mutable AND o.captured_at IS NULL THEN 'mutable'
        ELSE 'present'
    END AS evidence,
    m.source, m.key, o.kind, o.service,
    coalesce(o.sid, v.sid) AS sid,
    coalesce(o.cname, v.cname) AS cname,
    coalesce(o.uid, v.uid) AS uid,
    o.stream_type,
    coalesce(o.app, v.app) AS app,
    coalesce(o.stream, v.stream) AS stream,
    coalesce(o.cname, v.cname, coalesce(o.app, v.app) || '/' || coalesce(o.stream, v.stream), o.stream, v.stream) AS channel,
    o.session_started_at, o.sequence,
    coalesce(o.captured_at, v.captured_at) AS captured_at,
    coalesce(o.captured_at_precision_ms, v.captured_at_precision_ms) AS captured_at_precision_ms,
    o.failover, o.size, o.etag, o.last_modified, o.storage_class,
    o.first_seen_run,
    CASE WHEN m.key IS NOT NULL THEN coalesce(o.last_seen_run, s.last_complete_run) END AS last_seen_run,
    o.deleted_at
FROM verdicts v
LEFT JOIN matches m ON m.verdict_id = v.verdict_id
LEFT JOIN objects o ON o.source = m.source AND o.key = m.key
LEFT JOIN sources s ON s.source = m.source
WHERE v.is_violation;
