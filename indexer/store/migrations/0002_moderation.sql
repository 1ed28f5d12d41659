-- What moderation said, as received and as understood.

CREATE TABLE payload_bodies (
    payload_id VARCHAR NOT NULL,     -- SHA-256 of the body, hex
    provider VARCHAR,
    shape VARCHAR,                   -- which reading of the provider's bodies
    parse_status VARCHAR NOT NULL,   -- ok, repaired, failed
    parse_error VARCHAR,
    ingested_at TIMESTAMP NOT NULL,
    raw_text VARCHAR NOT NULL,
    raw_bytes BLOB                   -- only where the body is no UTF-8
);

CREATE TABLE deliveries (
    payload_id VARCHAR NOT NULL,
    source_uri VARCHAR NOT NULL,
    source_line BIGINT NOT NULL,
    ingested_at TIMESTAMP NOT NULL
);

CREATE VIEW payloads AS
SELECT
    p.payload_id, p.provider, p.shape, p.parse_status, p.parse_error,
    d.deliveries, d.source_uri, d.source_line, p.ingested_at, p.raw_text, p.raw_bytes
FROM payload_bodies p
JOIN (
    SELECT
        payload_id, count(*) AS deliveries,
        arg_min(source_uri, (ingested_at, source_uri, source_line)) AS source_uri,
        arg_min(source_line, (ingested_at, source_uri, source_line)) AS source_line
    FROM deliveries
    GROUP BY payload_id
) d ON d.payload_id = p.payload_id;

CREATE TABLE verdicts (
    verdict_id VARCHAR NOT NULL,     -- SHA-256 of payload_id and result_path, hex
    payload_id VARCHAR NOT NULL,
    result_path VARCHAR NOT NULL,    -- JSON pointer of the decision in its payload
    provider VARCHAR NOT NULL,
    event_id VARCHAR,
    policy VARCHAR,
    reviewer VARCHAR NOT NULL,       -- machine, human
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
    captured_at_source VARCHAR,      -- key, payload
    moderated_at TIMESTAMP,
    scene VARCHAR,
    label VARCHAR,
    category VARCHAR NOT NULL,
    suggestion VARCHAR NOT NULL,     -- pass, review, block, unknown
    suggestion_raw VARCHAR,
    suggestion_source VARCHAR NOT NULL,
    score DOUBLE,
    score_raw DOUBLE,
    score_scale VARCHAR,
    is_overall BOOLEAN NOT NULL,
    is_violation BOOLEAN NOT NULL
);

-- Which object each verdict is about. Made anew after every run.
CREATE TABLE matches (
    verdict_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    matched_by VARCHAR NOT NULL,     -- bucket-key, key, url, identity
    candidates BIGINT NOT NULL       -- how many objects it could have been; 1 is certain
);

CREATE VIEW violations AS
SELECT
    v.verdict_id, v.payload_id, v.result_path, v.provider, v.event_id, v.policy, v.reviewer,
    v.scene, v.label, v.category, v.suggestion, v.suggestion_raw, v.suggestion_source,
    v.score, v.score_raw, v.score_scale, v.moderated_at, v.bucket, v.object_key, v.object_url,
    m.matched_by, m.candidates,
    CASE
        WHEN m.key IS NULL AND v.object_key IS NULL AND v.object_url IS NULL
            AND (v.sid IS NULL OR v.cname IS NULL OR v.uid IS NULL OR v.captured_at IS NULL) THEN 'no-key'
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
