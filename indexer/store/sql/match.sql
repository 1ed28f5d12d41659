-- Which object each verdict is about. Every way of finding it gives candidates; the best way that finds one wins, and an
-- exact way always goes before a guess. Within it an object that is still there goes before a deleted one.
CREATE OR REPLACE TABLE matches AS
WITH buckets AS (
    SELECT DISTINCT bucket FROM sources
),
-- The path of an address, as it stands and percent-decoded, with and without a bucket as its first part. What is no UTF-8
-- when it is decoded is no key.
paths AS (
    SELECT verdict_id, regexp_extract(object_url, '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*/([^?#]*)', 1) AS path
    FROM verdicts
    WHERE object_url IS NOT NULL
),
spelled AS (
    SELECT verdict_id, 3 AS rank, path FROM paths
    UNION
    SELECT verdict_id, 4, try(url_decode(path)) FROM paths
),
url_keys AS (
    SELECT verdict_id, rank, path AS key FROM spelled
    UNION
    SELECT verdict_id, rank, substr(path, strpos(path, '/') + 1)
    FROM spelled
    WHERE split_part(path, '/', 1) IN (FROM buckets) AND contains(path, '/')
),
named AS (
    SELECT verdict_id, 1 AS rank, bucket, object_key AS key FROM verdicts WHERE object_key IS NOT NULL
    UNION ALL
    SELECT verdict_id, 2, NULL, object_key FROM verdicts WHERE object_key IS NOT NULL
    UNION ALL
    SELECT verdict_id, rank, NULL, key FROM url_keys WHERE key <> ''
),
-- A name is stored once for all of its session's keys, so a key is looked up as it is cut; or it is a name itself.
wanted AS (
    SELECT DISTINCT key FROM named
),
cut AS MATERIALIZED (
    {cut}
),
written AS (
    SELECT key, _front AS front, _digits AS digits, _back AS back, _moment AS moment FROM cut
    UNION
    SELECT key, key, 0, '', NULL FROM wanted
),
known AS (
    SELECT s.key, s.digits, s.moment, n.source, n.name_id
    FROM written s
    JOIN names n ON n.front = s.front AND n.digits = s.digits AND n.back = s.back
),
found AS (
    SELECT k.key, k.source, o.deleted_at
    FROM known k
    JOIN object_rows o ON o.name_id = k.name_id AND o.captured_at = k.moment
    WHERE k.digits > 0
    UNION ALL
    SELECT k.key, k.source, o.deleted_at
    FROM known k
    JOIN object_rows o ON o.name_id = k.name_id
    WHERE k.digits = 0
),
by_name AS (
    SELECT n.verdict_id, n.rank, s.vendor, s.bucket, o.source, o.key, o.deleted_at
    FROM named n
    JOIN found o ON o.key = n.key
    JOIN sources s ON s.source = o.source
    WHERE n.rank <> 1 OR n.bucket = s.bucket
),
-- Two names of one instant can differ in their prefix, in bak<n>_, and in their precision.
by_identity AS (
    SELECT v.verdict_id, 5 AS rank, s.vendor, s.bucket, n.source, {key} AS key, o.deleted_at
    FROM verdicts v
    JOIN names n
        ON lower(n.sid) = lower(v.sid)
        AND n.cname = v.cname
        AND n.uid = v.uid
    JOIN object_rows o
        ON o.name_id = n.name_id
        AND date_trunc('second', o.captured_at) = date_trunc('second', v.captured_at)
    JOIN sources s ON s.source = n.source
    WHERE n.kind = 'screenshot'
        AND (v.captured_at_precision_ms <> 1 OR n.captured_at_precision_ms <> 1 OR o.captured_at = v.captured_at)
        AND NOT EXISTS (FROM by_name b WHERE b.verdict_id = v.verdict_id)
),
candidates AS (
    FROM by_name
    UNION ALL
    FROM by_identity
),
best AS (
    FROM candidates
    QUALIFY rank = min(rank) OVER (PARTITION BY verdict_id)
)
SELECT
    verdict_id,
    arg_min(source, (deleted_at IS NOT NULL, source, key)) AS source,
    arg_min(key, (deleted_at IS NOT NULL, source, key)) AS key,
    CASE min(rank) WHEN 1 THEN 'bucket-key' WHEN 2 THEN 'key' WHEN 5 THEN 'identity' ELSE 'url' END AS matched_by,
    count(DISTINCT (vendor, bucket, key)) AS candidates
FROM best
GROUP BY verdict_id;
