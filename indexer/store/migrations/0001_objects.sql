-- What the buckets hold, and how that is known.

CREATE TABLE sources (
    source VARCHAR NOT NULL,
    vendor VARCHAR NOT NULL,
    region VARCHAR,
    endpoint VARCHAR NOT NULL,
    bucket VARCHAR NOT NULL,
    prefix VARCHAR NOT NULL,
    layout VARCHAR NOT NULL,
    interval_seconds DOUBLE,
    moderated BOOLEAN NOT NULL,
    mutable BOOLEAN NOT NULL,        -- keys may come to hold another picture
    grammar VARCHAR NOT NULL,        -- how the keys were read: layout, templates, version
    last_complete_run INTEGER        -- the last run that listed all of it
);

CREATE TABLE runs (
    run INTEGER NOT NULL,
    command VARCHAR NOT NULL,        -- sync, ingest
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    status VARCHAR NOT NULL,         -- running, complete, incomplete, failed
    version VARCHAR NOT NULL
);

CREATE TABLE run_sources (
    run INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    status VARCHAR NOT NULL,         -- complete, failed
    listed UBIGINT NOT NULL,
    added UBIGINT NOT NULL,
    changed UBIGINT NOT NULL,
    deleted UBIGINT NOT NULL,
    error VARCHAR
);

-- The proof that a range of keys was listed: after from_key (NULL: from the first key) up to and with to_key
-- (NULL: to the last key), inside prefix. key_hash is the sum of the low halves of the keys' MD5, modulo 2^64.
CREATE TABLE receipts (
    run INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    prefix VARCHAR NOT NULL,
    from_key VARCHAR,
    to_key VARCHAR,
    pages UBIGINT NOT NULL,
    keys UBIGINT NOT NULL,
    key_hash UBIGINT NOT NULL,
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP NOT NULL
);

CREATE TABLE objects (
    source VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    service VARCHAR,
    sid VARCHAR,
    cname VARCHAR,
    uid UBIGINT,
    stream_type VARCHAR,
    app VARCHAR,
    stream VARCHAR,
    session_started_at TIMESTAMP,
    sequence BIGINT,
    captured_at TIMESTAMP,
    captured_at_precision_ms INTEGER,
    failover UTINYINT,
    reason VARCHAR,
    size UBIGINT NOT NULL,
    etag VARCHAR,
    last_modified TIMESTAMP NOT NULL,
    storage_class VARCHAR,
    first_seen_run INTEGER NOT NULL,
    last_seen_run INTEGER,           -- NULL: the source's last complete run saw it
    deleted_at TIMESTAMP
);

CREATE VIEW screenshots AS
SELECT
    o.source, o.key, o.service, o.sid, o.cname, o.uid, o.stream_type, o.app, o.stream,
    coalesce(o.cname, o.app || '/' || o.stream, o.stream) AS channel,
    o.session_started_at, o.sequence, o.captured_at, o.captured_at_precision_ms, o.failover,
    o.size, o.etag, o.last_modified, o.storage_class,
    o.first_seen_run, coalesce(o.last_seen_run, s.last_complete_run) AS last_seen_run, o.deleted_at
FROM objects o
JOIN sources s ON s.source = o.source
WHERE o.kind = 'screenshot';

CREATE VIEW other_objects AS
SELECT
    o.source, o.key, o.kind, o.reason, o.size, o.etag, o.last_modified, o.storage_class,
    o.first_seen_run, coalesce(o.last_seen_run, s.last_complete_run) AS last_seen_run, o.deleted_at
FROM objects o
JOIN sources s ON s.source = o.source
WHERE o.kind <> 'screenshot';

CREATE VIEW sessions AS
SELECT
    source, service, sid, cname, uid, app, stream, channel,
    min(captured_at) AS first_captured_at,
    max(captured_at) AS last_captured_at,
    count(*) AS screenshots,
    count(*) FILTER (WHERE failover IS NOT NULL) AS failover_screenshots,
    count(*) FILTER (WHERE deleted_at IS NOT NULL) AS deleted_screenshots,
    sum(size) AS bytes
FROM screenshots
GROUP BY ALL;
