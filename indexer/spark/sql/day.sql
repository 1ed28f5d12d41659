-- A part of a day as it is after a listing: what the lake had of it, less what left it or is taken anew, and what came.
WITH marked AS (
    FROM marks
    WHERE day = $day
    UNION ALL
    FROM marks
    WHERE known_day = $day AND day <> $day
),
kept AS (
    SELECT
        k.key,
        {known},
        k.first_seen_run,
        CASE WHEN m.key IS NULL THEN k.last_seen_run ELSE m.last_seen_run END AS last_seen_run,
        CASE WHEN m.key IS NULL THEN k.deleted_at ELSE m.deleted_at END AS deleted_at,
        k.name_id
    FROM known k
    LEFT JOIN marked m ON m.key = k.key
    WHERE m.key IS NULL OR NOT m.is_taken
),
taken AS (
    SELECT s.key, {staged}, m.first_seen_run, m.last_seen_run, m.deleted_at, m.name_id
    FROM marked m
    JOIN staged s ON s.key = m.key
    WHERE m.is_taken AND m.day = $day AND s.day = $day
)
SELECT {columns}
FROM (
    FROM kept
    UNION ALL BY NAME
    FROM taken
)
WHERE name_id % $parts = $part
ORDER BY key
