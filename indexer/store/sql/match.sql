-- Which object each verdict is about. Every way of finding it gives candidates; the best way that finds one wins, and an
-- exact way always goes before a guess. Within it an object that is still there goes before a deleted one.
CREATE OR REPLACE TABLE matches AS
WITH wanted AS (
    SELECT DISTINCT key FROM told_keys
),
cut AS MATERIALIZED (
    {cut}
),
-- A name is stored once for all of its session's keys, so a key is looked up as it is cut; or it is a name itself.
written AS MATERIALIZED (
    SELECT key, _front AS front, _digits AS digits, _back AS back, _moment AS moment FROM cut
    UNION
    SELECT key, key, 0, '', NULL FROM wanted
),
known AS MATERIALIZED (
    SELECT s.key, s.digits, s.moment, n.source, n.name_id
    FROM written s
    JOIN names n ON n.front = s.front AND n.digits = s.digits AND n.back = s.back
),
found AS (
    SELECT k.key, k.source, k.name_id, o.captured_at, o.deleted_at
    FROM known k
    JOIN object_rows o ON o.name_id = k.name_id AND o.captured_at = k.moment
    WHERE k.digits > 0
    UNION ALL
    SELECT k.key, k.source, k.name_id, o.captured_at, o.deleted_at
    FROM known k
    JOIN object_rows o ON o.name_id = k.name_id
    WHERE k.digits = 0
),
by_key AS MATERIALIZED (
    SELECT n.verdict, n.rank, s.vendor, s.bucket, o.source, o.key, o.name_id, o.captured_at, o.deleted_at, 0 AS distance_ms
    FROM told_keys n
    JOIN found o ON o.key = n.key
    JOIN sources s ON s.source = o.source
    WHERE n.rank <> 1 OR n.bucket = s.bucket
),
-- The last part of a path tells an object where it holds an instant or a long number, no other object's is the same, and
-- nothing else that is told speaks against it: 05_10.jpg may be one hour's picture or another's. Names are looked through
-- and not objects: the time at a key's end has no slash.
by_last_part AS (
    SELECT w.key AS told, n.name_id, n.source, w.digits, w.moment
    FROM written w
    JOIN names n
        ON split_part(n.front, '/', -1) = split_part(w.front, '/', -1)
        AND n.digits = w.digits
        AND n.back = w.back
    ANTI JOIN by_key k ON k.key = w.key
    WHERE regexp_matches(split_part(w.key, '/', -1), '[0-9]{10}|[0-9A-Fa-f]{16}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-')
),
called AS (
    SELECT p.told, p.source, {key} AS key, p.name_id, o.deleted_at, o.captured_at, n.sid, n.cname, n.uid, n.app, n.stream
    FROM by_last_part p
    JOIN names n ON n.name_id = p.name_id
    JOIN object_rows o ON o.name_id = p.name_id AND o.captured_at = p.moment
    WHERE p.digits > 0
    UNION ALL
    SELECT p.told, p.source, n.front, p.name_id, o.deleted_at, o.captured_at, n.sid, n.cname, n.uid, n.app, n.stream
    FROM by_last_part p
    JOIN names n ON n.name_id = p.name_id
    JOIN object_rows o ON o.name_id = p.name_id
    WHERE p.digits = 0
),
alone AS (
    SELECT c.*, s.vendor, s.bucket
    FROM called c
    JOIN sources s ON s.source = c.source
    QUALIFY min((s.vendor, s.bucket, c.key)) OVER (PARTITION BY c.told)
        = max((s.vendor, s.bucket, c.key)) OVER (PARTITION BY c.told)
),
by_name AS MATERIALIZED (
    SELECT DISTINCT w.verdict, 5 AS rank, c.vendor, c.bucket, c.source, c.key, c.name_id, c.captured_at, c.deleted_at,
        0 AS distance_ms
    FROM told_keys w
    JOIN alone c ON c.told = w.key
    JOIN verdicts v ON v.rowid = w.verdict
    ANTI JOIN by_key k ON k.verdict = w.verdict
    WHERE coalesce(lower(v.sid) = lower(c.sid), true)
        AND coalesce(v.cname = c.cname, true)
        AND coalesce(v.uid = c.uid, true)
        AND coalesce(v.app = c.app, true)
        AND coalesce(v.stream = c.stream, true)
        AND coalesce(abs(epoch_ms(v.captured_at) - epoch_ms(c.captured_at)) <= $tolerance_ms, true)
),
-- Who is in a picture: session, channel and user; where one of session and channel is not told, the other; or a stream.
seekers AS MATERIALIZED (
    SELECT
        v.rowid AS verdict, lower(v.sid) AS sid, v.cname, v.uid, v.app, v.stream, v.captured_at,
        v.captured_at_precision_ms
    FROM verdicts v
    ANTI JOIN by_key k ON k.verdict = v.rowid
    ANTI JOIN by_name c ON c.verdict = v.rowid
    WHERE v.captured_at IS NOT NULL
),
pictured AS MATERIALIZED (
    SELECT name_id, lower(sid) AS sid, cname, uid, app, stream
    FROM names
    WHERE kind = 'screenshot'
),
who AS MATERIALIZED (
    SELECT v.verdict, n.name_id, true AS whole
    FROM seekers v JOIN pictured n ON n.sid = v.sid AND n.cname = v.cname AND n.uid = v.uid
    UNION ALL
    SELECT v.verdict, n.name_id, false
    FROM seekers v JOIN pictured n ON n.cname = v.cname AND n.uid = v.uid
    WHERE v.sid IS NULL
    UNION ALL
    SELECT v.verdict, n.name_id, false
    FROM seekers v JOIN pictured n ON n.sid = v.sid AND n.uid = v.uid
    WHERE v.cname IS NULL
    UNION ALL
    SELECT v.verdict, n.name_id, false
    FROM seekers v JOIN pictured n ON n.app = v.app AND n.stream = v.stream
    WHERE v.uid IS NULL
),
-- Times are looked up by the window that they fall into and the two beside it, each as long as anything may be apart.
windows AS (
    SELECT
        w.name_id, w.whole, v.verdict, v.captured_at, v.captured_at_precision_ms,
        epoch_ms(v.captured_at) // $window_ms + b.beside AS window
    FROM who w
    JOIN seekers v ON v.verdict = w.verdict
    CROSS JOIN (VALUES (-1), (0), (1)) b(beside)
),
near AS MATERIALIZED (
    SELECT w.verdict, w.whole, o.name_id, o.captured_at, o.deleted_at, w.captured_at AS told_at,
        w.captured_at_precision_ms AS told_precision_ms,
        abs(epoch_ms(o.captured_at) - epoch_ms(w.captured_at)) AS distance_ms
    FROM windows w
    JOIN object_rows o ON o.name_id = w.name_id AND epoch_ms(o.captured_at) // $window_ms = w.window
),
-- Two names of one instant can differ in their prefix, in bak<n>_, and in their precision.
timed AS (
    SELECT
        o.verdict,
        CASE
            WHEN o.whole
                AND date_trunc('second', o.captured_at) = date_trunc('second', o.told_at)
                AND (o.told_precision_ms <> 1 OR n.captured_at_precision_ms <> 1 OR o.captured_at = o.told_at)
                THEN 6
            ELSE 7
        END AS rank,
        n.source, {key} AS key, o.name_id, o.captured_at, o.deleted_at, o.distance_ms
    FROM near o
    JOIN names n ON n.name_id = o.name_id
),
by_identity AS MATERIALIZED (
    SELECT
        o.verdict, o.rank, s.vendor, s.bucket, o.source, o.key, o.name_id, o.captured_at, o.deleted_at,
        CASE WHEN o.rank = 6 THEN 0 ELSE o.distance_ms END AS distance_ms
    FROM timed o
    JOIN sources s ON s.source = o.source
    WHERE o.rank = 6 OR o.distance_ms <= $tolerance_ms
),
candidates AS (
    FROM by_key
    UNION ALL
    FROM by_name
    UNION ALL
    FROM by_identity
),
-- Most verdicts have one candidate, for which nothing has to be weighed.
ranked AS (
    SELECT verdict, rank, count(*) AS many
    FROM candidates
    GROUP BY verdict, rank
),
best AS (
    SELECT verdict, min(rank) AS rank, arg_min(many, rank) AS many
    FROM ranked
    GROUP BY verdict
),
weighed AS (
    SELECT c.*, b.many
    FROM candidates c
    JOIN best b ON b.verdict = c.verdict AND b.rank = c.rank
),
chosen AS (
    SELECT verdict, source, key, name_id, captured_at, rank, 1 AS candidates, distance_ms
    FROM weighed
    WHERE many = 1
    UNION ALL
    SELECT verdict, best.source, best.key, best.name_id, best.captured_at, rank, candidates, distance_ms
    FROM (
        SELECT
            verdict,
            arg_min(
                {source: source, key: key, name_id: name_id, captured_at: captured_at},
                (distance_ms, deleted_at IS NOT NULL, source, key)
            ) AS best,
            min(rank) AS rank,
            count(DISTINCT (vendor, bucket, key)) AS candidates,
            min(distance_ms) AS distance_ms
        FROM weighed
        WHERE many > 1
        GROUP BY verdict
    )
)
SELECT
    v.verdict_id, c.source, c.key, c.name_id, c.captured_at,
    CASE c.rank
        WHEN 1 THEN 'bucket-key'
        WHEN 2 THEN 'key'
        WHEN 5 THEN 'name'
        WHEN 6 THEN 'identity'
        WHEN 7 THEN 'nearest'
        ELSE 'url'
    END AS matched_by,
    c.candidates,
    CASE WHEN c.rank = 7 THEN c.distance_ms END AS distance_ms
FROM chosen c
JOIN verdicts v ON v.rowid = c.verdict;
