-- What a full listing says of a source's objects: which of the lake's rows it changes, which are taken from it, and
-- which are left to the next run. ``staged`` is what was listed, ``known`` what the lake holds. What is late was written
-- after the run began: it changes nothing, and what was not there before is left out. What is told of an object is not
-- here: it is read where its day is written.
WITH named AS (
    SELECT front, digits, back, min(name_id) AS name_id
    FROM known
    GROUP BY front, digits, back
),
met AS (
    SELECT
        k.key IS NOT NULL AS was_known,
        coalesce(k.deleted_at IS NOT NULL, false) AS was_deleted,
        s.key IS NOT NULL AS is_listed,
        s.late_hash IS NOT NULL AS is_late,
        s.late_hash, s.shard, s.day AS listed_day, k.day AS known_day, k.last_seen_run AS known_seen_run,
        k.deleted_at AS known_deleted_at, k.first_seen_run AS known_first_run,
        startswith(coalesce(s.key, k.key), :prefix) AS is_inside,
        NOT (
            s.size <=> k.size AND s.etag <=> k.etag AND s.last_modified <=> k.last_modified
            AND s.storage_class <=> k.storage_class
        ) AS differs,
        coalesce(s.key, k.key) AS key, s.name_id, s.front, s.digits, s.back
    FROM staged s
    FULL OUTER JOIN known k ON k.key = s.key
),
judged AS (
    SELECT *,
        CASE
            WHEN is_late AND (was_deleted OR NOT was_known) THEN 'left out'
            WHEN NOT was_known THEN 'added'
            WHEN NOT is_listed AND NOT was_deleted AND is_inside THEN 'deleted'
            WHEN NOT is_listed OR is_late THEN 'kept'
            WHEN was_deleted THEN 'returned'
            WHEN differs THEN 'changed'
            ELSE 'kept'
        END AS became
    FROM met
),
taken AS (
    SELECT *, became IN ('added', 'returned', 'changed') OR (:reread AND became = 'kept' AND is_listed) AS is_taken
    FROM judged
),
settled AS (
    SELECT *,
        CASE
            WHEN became IN ('added', 'returned', 'changed') THEN NULL
            WHEN became = 'deleted' THEN coalesce(known_seen_run, :last_complete_run)
            WHEN was_deleted THEN known_seen_run
            WHEN is_inside THEN NULL
            ELSE coalesce(known_seen_run, :last_complete_run)
        END AS seen_run
    FROM taken
)
SELECT
    t.key, coalesce(n.name_id, t.name_id) AS name_id,
    CASE WHEN t.was_known THEN t.known_first_run ELSE :run END AS first_seen_run,
    CAST(t.seen_run AS INT) AS last_seen_run,
    CASE
        WHEN t.became = 'deleted' THEN :began_at
        WHEN t.became IN ('added', 'returned', 'changed') THEN NULL
        ELSE t.known_deleted_at
    END AS deleted_at,
    CASE WHEN t.is_taken THEN t.listed_day ELSE t.known_day END AS day,
    t.known_day, t.became, t.is_taken, t.shard, t.late_hash
FROM settled t
LEFT JOIN named n ON t.is_taken AND n.front = t.front AND n.digits = t.digits AND n.back = t.back
WHERE t.is_taken OR t.became IN ('deleted', 'left out') OR NOT t.seen_run <=> t.known_seen_run
