-- What is wrong in an index that tests/bench/join.sql made, and the notifications of a quarter of its sessions.
UPDATE sources SET retention_days = 35;

INSERT INTO runs VALUES (1, 'sync', '2026-02-01 01:00:00', '2026-02-01 02:00:00', 'complete', 'bench');

INSERT INTO run_sources (run, source, status, listed, added, changed, deleted, held, mode, began_at, finished_at)
VALUES (1, 'shots', 'complete', $objects, $objects, 0, 0, $objects, 'full', '2026-02-01 01:00:00', '2026-02-01 02:00:00');

-- Recorders that were away for seven minutes, and others that were replaced within a minute.
DELETE FROM kept_rows
WHERE name_id % 50 = 0 AND captured_at::TIME BETWEEN TIME '00:20:00' AND TIME '00:27:00';

INSERT INTO names BY NAME
SELECT n.* REPLACE (
    (SELECT max(name_id) FROM names) + row_number() OVER () AS name_id,
    regexp_replace(front, '/([^/]*)$', '/bak0_\1') AS front,
    0::UTINYINT AS failover
)
FROM names n
WHERE name_id % 100 = 3;

UPDATE kept_rows
SET name_id = b.name_id
FROM names n
JOIN names b ON b.failover = 0 AND b.sid = n.sid
WHERE kept_rows.name_id = n.name_id AND n.failover IS NULL AND n.name_id % 100 = 3
    AND kept_rows.captured_at::TIME >= TIME '00:40:50';

DELETE FROM kept_rows
WHERE name_id IN (SELECT name_id FROM names WHERE failover = 0) AND captured_at::TIME < TIME '00:41:20';

INSERT INTO kept_rows
SELECT o.* REPLACE (n.name_id AS name_id)
FROM kept_rows o
JOIN names b ON b.name_id = o.name_id AND b.failover = 0
JOIN names n ON n.sid = b.sid AND n.failover IS NULL
WHERE o.captured_at::TIME BETWEEN TIME '00:42:00' AND TIME '00:42:30';

-- Frozen and black pictures, uploads that came late, pictures that were deleted, recorders that ran twice.
UPDATE kept_rows SET etag_md5 = md5('frozen')::UUID
WHERE name_id % 97 = 5 AND captured_at::TIME BETWEEN TIME '00:10:00' AND TIME '00:12:00';

UPDATE kept_rows SET size = 900
WHERE name_id % 89 = 7 AND captured_at::TIME BETWEEN TIME '00:30:00' AND TIME '00:31:00';

UPDATE kept_rows SET last_modified = captured_at + INTERVAL 20 MINUTE
WHERE name_id % 500 = 9 AND captured_at::TIME BETWEEN TIME '00:50:00' AND TIME '00:55:00';

UPDATE kept_rows SET deleted_at = TIMESTAMP '2026-02-01 01:00:00' WHERE name_id % 400 = 11;

UPDATE names
SET cname = o.cname, uid = o.uid
FROM names o
WHERE names.name_id % 1000 = 31 AND o.name_id = names.name_id - 30;

-- Names that nobody can read, a little more than one in a hundred.
INSERT INTO names BY NAME
SELECT
    (SELECT max(name_id) FROM names) + 1 + number AS name_id, 'shots' AS source,
    'shots/odd/IMG_' || number || '.jpg' AS front, 0 AS digits, '' AS back, 'unparsed' AS kind,
    'no layout: nothing fits' AS reason
FROM range($objects // 80) odd(number);

INSERT INTO kept_rows BY NAME
SELECT name_id, 50000 AS size, TIMESTAMP '2026-01-15' AS last_modified, 1 AS first_seen_run
FROM names
WHERE kind = 'unparsed';

-- A body for each verdict.
INSERT INTO payload_bodies BY NAME
SELECT DISTINCT payload_id, 'bench' AS provider, 'bench' AS shape, 'ok' AS parse_status, TIMESTAMP '2026-02-01' AS ingested_at, '{}' AS raw_text
FROM verdicts;

-- A notice for each shot of every fourth session, but for one in ten thousand; and one in ten thousand for no shot.
INSERT INTO notifications BY NAME
SELECT
    md5(key) || md5(key) AS notification_id, notification_id AS payload_id, '/' AS result_path, 'agora_ncs' AS provider,
    'recorder_snapshot_file' AS event, 'shots-bucket' AS bucket, key AS object_key, sid, cname, uid,
    told_at AS captured_at, 1 AS captured_at_precision_ms, sequence, told_at + INTERVAL 3 SECOND AS notified_at, false AS is_test
FROM (
    SELECT
        n.sid, n.cname, n.uid, row_number() OVER (PARTITION BY n.name_id ORDER BY o.captured_at) - 1 AS sequence,
        CASE WHEN hash(o.captured_at, n.name_id) % 10000 = 1 THEN o.captured_at + INTERVAL 3 SECOND ELSE o.captured_at END
            AS told_at,
        n.front || strftime(told_at, '%Y%m%d%H%M%S%g') || n.back AS key
    FROM kept_rows o
    JOIN names n ON n.name_id = o.name_id
    WHERE n.name_id % 4 = 1 AND n.digits = 17 AND hash(o.captured_at, n.name_id) % 10000 <> 0
);

INSERT INTO payload_bodies BY NAME
SELECT
    payload_id, 'agora_ncs' AS provider, 'agora_ncs' AS shape, event, 'ok' AS parse_status,
    TIMESTAMP '2026-02-01' AS ingested_at, '{}' AS raw_text, sid AS counted_in, sequence
FROM notifications
WHERE hash(payload_id) % 20000 <> 0
