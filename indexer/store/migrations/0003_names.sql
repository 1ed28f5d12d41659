-- A key is stored once: what all keys of a session share is one name, and an object is its name and its time.

-- key = front || the digits of the object's captured_at || back. Where digits is 0, front is the whole key.
CREATE TABLE names (
    name_id BIGINT NOT NULL,
    source VARCHAR NOT NULL,
    front VARCHAR NOT NULL,
    digits UTINYINT NOT NULL,        -- 17 and 14: a calendar time; 13 and 10: a Unix time
    back VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,           -- screenshot, recording, caption, unparsed
    service VARCHAR,
    sid VARCHAR,
    cname VARCHAR,
    uid UBIGINT,
    stream_type VARCHAR,
    app VARCHAR,
    stream VARCHAR,
    session_started_at TIMESTAMP,
    captured_at_precision_ms INTEGER,
    failover UTINYINT,
    reason VARCHAR
);

CREATE TABLE object_rows (
    name_id BIGINT NOT NULL,
    captured_at TIMESTAMP,
    sequence BIGINT,
    size UBIGINT NOT NULL,
    etag_md5 UUID,                   -- an etag of 32 lower-case hex digits
    etag VARCHAR,                    -- any other
    last_modified TIMESTAMP NOT NULL,
    storage_class VARCHAR,
    first_seen_run INTEGER NOT NULL,
    last_seen_run INTEGER,           -- NULL: the source's last complete run saw it
    deleted_at TIMESTAMP
);

CREATE TEMP TABLE old_objects AS
WITH measured AS (
    SELECT *,
        CASE
            WHEN kind <> 'screenshot' OR service = 'template' THEN 0
            WHEN substr(key, -22, 1) = '_' THEN 17
            WHEN substr(key, -19, 1) = '_' THEN 14
            WHEN substr(key, -18, 1) = '_' THEN 13
            ELSE 10
        END AS digits
    FROM objects
)
SELECT *,
    CASE WHEN digits = 0 THEN key ELSE substr(key, 1, length(key) - 4 - digits) END AS front,
    CASE WHEN digits = 0 THEN '' ELSE '.jpg' END AS back,
    dense_rank() OVER (ORDER BY source, front, digits) AS name_id
FROM measured;

INSERT INTO names BY NAME
SELECT DISTINCT ON (name_id)
    name_id, source, front, digits, back, kind, service, sid, cname, uid, stream_type, app, stream, session_started_at,
    captured_at_precision_ms, failover, reason
FROM old_objects;

INSERT INTO object_rows BY NAME
SELECT
    name_id, captured_at, sequence, size,
    CASE WHEN regexp_full_match(etag, '[0-9a-f]{32}') THEN etag::UUID END AS etag_md5,
    CASE WHEN NOT regexp_full_match(etag, '[0-9a-f]{32}') THEN etag END AS etag,
    last_modified, storage_class, first_seen_run, last_seen_run, deleted_at
FROM old_objects
ORDER BY name_id, captured_at;

DROP TABLE old_objects;
DROP TABLE objects;

CREATE VIEW objects AS
SELECT
    n.source,
    CASE n.digits
        WHEN 0 THEN n.front
        WHEN 17 THEN n.front || strftime(o.captured_at, '%Y%m%d%H%M%S%g') || n.back
        WHEN 14 THEN n.front || strftime(o.captured_at, '%Y%m%d%H%M%S') || n.back
        WHEN 13 THEN n.front || epoch_ms(o.captured_at) || n.back
        ELSE n.front || epoch_ms(o.captured_at) // 1000 || n.back
    END AS key,
    n.kind, n.service, n.sid, n.cname, n.uid, n.stream_type, n.app, n.stream, n.session_started_at, o.sequence,
    o.captured_at, n.captured_at_precision_ms, n.failover, n.reason, o.size,
    coalesce(replace(o.etag_md5::VARCHAR, '-', ''), o.etag) AS etag,
    o.last_modified, o.storage_class, o.first_seen_run, o.last_seen_run, o.deleted_at
FROM object_rows o
JOIN names n ON n.name_id = o.name_id;

-- What a run did to a source. A full run lists all of its keys; an incremental one skips what it takes for finished.
ALTER TABLE run_sources ADD COLUMN mode VARCHAR;
ALTER TABLE run_sources ADD COLUMN began_at TIMESTAMP;           -- what was written later is left to the next run
ALTER TABLE run_sources ADD COLUMN finished_at TIMESTAMP;
ALTER TABLE run_sources ADD COLUMN requests UBIGINT;
ALTER TABLE run_sources ADD COLUMN skipped UBIGINT;              -- objects that were known and not listed
ALTER TABLE run_sources ADD COLUMN left_out UBIGINT;             -- objects written after the run began
ALTER TABLE run_sources ADD COLUMN held UBIGINT;                 -- objects that the source held afterwards
UPDATE run_sources SET mode = 'full', held = listed WHERE status = 'complete';

-- A shard that was not listed to its end has no finished_at, and proves what is up to its last_key.
ALTER TABLE receipts ALTER COLUMN finished_at DROP NOT NULL;
ALTER TABLE receipts ADD COLUMN last_key VARCHAR;
