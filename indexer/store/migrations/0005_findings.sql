-- What reconciliation finds, what of it a person has acknowledged, and the figures that it is made of.

ALTER TABLE sources ADD COLUMN retention_days DOUBLE;                    -- after how many days the bucket deletes

-- Made anew after every run, so what it held is not carried over. The object is that of the name and time.
CREATE OR REPLACE TABLE matches (
    verdict_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    name_id BIGINT NOT NULL,
    captured_at TIMESTAMP,
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
    m.source, m.key, n.kind, n.service,
    coalesce(n.sid, v.sid) AS sid,
    coalesce(n.cname, v.cname) AS cname,
    coalesce(n.uid, v.uid) AS uid,
    n.stream_type,
    coalesce(n.app, v.app) AS app,
    coalesce(n.stream, v.stream) AS stream,
    coalesce(n.cname, v.cname, coalesce(n.app, v.app) || '/' || coalesce(n.stream, v.stream), n.stream, v.stream) AS channel,
    n.session_started_at, o.sequence,
    coalesce(o.captured_at, v.captured_at) AS captured_at,
    coalesce(n.captured_at_precision_ms, v.captured_at_precision_ms) AS captured_at_precision_ms,
    n.failover, o.size,
    coalesce(replace(o.etag_md5::VARCHAR, '-', ''), o.etag) AS etag,
    o.last_modified, o.storage_class,
    o.first_seen_run,
    CASE WHEN m.key IS NOT NULL THEN coalesce(o.last_seen_run, s.last_complete_run) END AS last_seen_run,
    o.deleted_at
FROM verdicts v
LEFT JOIN matches m ON m.verdict_id = v.verdict_id
LEFT JOIN object_rows o ON o.name_id = m.name_id AND o.captured_at IS NOT DISTINCT FROM m.captured_at
LEFT JOIN names n ON n.name_id = m.name_id
LEFT JOIN sources s ON s.source = m.source
WHERE v.is_violation;

-- The objects that a person, who looked at them last, has passed.
CREATE VIEW passed_objects AS
SELECT m.source, m.key
FROM verdicts v
JOIN matches m ON m.verdict_id = v.verdict_id
WHERE v.is_overall AND v.reviewer = 'human'
QUALIFY v.suggestion = 'pass'
    AND row_number() OVER (
        PARTITION BY m.source, m.key
        ORDER BY v.moderated_at DESC NULLS LAST, v.suggestion = 'pass', v.verdict_id
    ) = 1;

-- The number that a platform gave a notice among those of one session, from which lost ones are told.
ALTER TABLE payload_bodies ADD COLUMN counted_in VARCHAR;                -- the session
ALTER TABLE payload_bodies ADD COLUMN sequence BIGINT;

-- One row a check, as it ran last.
CREATE TABLE checks (
    kind VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    about VARCHAR NOT NULL,
    query VARCHAR NOT NULL,              -- the statement of a finding's rows, its places as {0} to {7}
    run INTEGER NOT NULL,
    seconds DOUBLE NOT NULL,
    found BIGINT NOT NULL
);

-- What a check could not tell of a source, and why.
CREATE TABLE not_computable (
    kind VARCHAR NOT NULL,
    source VARCHAR,
    reason VARCHAR NOT NULL
);

CREATE TABLE finding_rows (
    finding_id VARCHAR NOT NULL,         -- of kind, source, channel, sid, uid, key and subject: the same in every run
    kind VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,           -- info, warning, critical
    status VARCHAR NOT NULL,             -- new, open, resolved
    source VARCHAR,
    channel VARCHAR,
    sid VARCHAR,
    uid UBIGINT,
    key VARCHAR,
    subject VARCHAR,                     -- what else tells it from others of its kind
    from_at TIMESTAMP,
    until_at TIMESTAMP,
    rows BIGINT NOT NULL,                -- how many rows its query shows
    measure DOUBLE,                      -- how much, in the unit that the explanation says
    explanation VARCHAR NOT NULL,
    first_found_run INTEGER NOT NULL,
    last_found_run INTEGER NOT NULL,
    resolved_run INTEGER
);

-- What people said of findings; the newest of one finding counts.
CREATE TABLE acknowledgements (
    finding_id VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    author VARCHAR NOT NULL,
    acknowledged_at TIMESTAMP NOT NULL
);

CREATE VIEW findings AS
SELECT
    f.finding_id, f.kind, f.severity, f.status, f.source, f.channel, f.sid, f.uid, f.key, f.subject, f.from_at,
    f.until_at, f.rows, f.measure, f.explanation,
    format(
        c.query,
        coalesce('''' || replace(f.source, '''', '''''') || '''', 'NULL'),
        coalesce('''' || replace(f.channel, '''', '''''') || '''', 'NULL'),
        coalesce('''' || replace(f.sid, '''', '''''') || '''', 'NULL'),
        coalesce(f.uid::VARCHAR, 'NULL'),
        coalesce('''' || replace(f.key, '''', '''''') || '''', 'NULL'),
        coalesce('''' || replace(f.subject, '''', '''''') || '''', 'NULL'),
        coalesce('TIMESTAMP ''' || f.from_at || '''', 'NULL'),
        coalesce('TIMESTAMP ''' || f.until_at || '''', 'NULL')
    ) AS query,
    a.acknowledged_at, a.author AS acknowledged_by, a.note,
    f.first_found_run, f.last_found_run, f.resolved_run
FROM finding_rows f
JOIN checks c ON c.kind = f.kind
LEFT JOIN (
    SELECT finding_id, max(acknowledged_at) AS acknowledged_at, arg_max(author, acknowledged_at) AS author,
        arg_max(note, acknowledged_at) AS note
    FROM acknowledgements
    GROUP BY finding_id
) a ON a.finding_id = f.finding_id;

-- How many shots each session has in each hour, and how many are missing: by the interval that is configured.
CREATE TABLE coverage (
    source VARCHAR NOT NULL,
    service VARCHAR,
    channel VARCHAR,
    sid VARCHAR,
    uid UBIGINT,
    hour TIMESTAMP NOT NULL,
    shots BIGINT NOT NULL,
    missing BIGINT NOT NULL,
    explained BIGINT NOT NULL            -- of the missing ones
);

-- How long after the shot each object was last written.
CREATE TABLE upload_latency (
    source VARCHAR NOT NULL,
    day DATE NOT NULL,
    seconds BIGINT NOT NULL,             -- exact up to ten minutes, to the minute up to a day, then to the hour
    shots BIGINT NOT NULL
);

-- What the object of each violation was when it was first found, by which it is told whether it was changed since.
CREATE TABLE custody (
    source VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    size UBIGINT NOT NULL,
    etag VARCHAR,
    last_modified TIMESTAMP NOT NULL,
    seen_run INTEGER NOT NULL
);
