-- What is known of each session: its common prefix, its names, up to which key each is known, until when the session was
-- written, and its objects. Of names that begin alike and sort among each other, pictures and a recording's slices, the one
-- that came least far tells up to where all are known.
WITH known AS (
    SELECT n.name_id, n.front, n.digits, n.back, max(o.captured_at) AS captured_at, max(o.last_modified) AS last_modified,
        count(*) FILTER (o.deleted_at IS NULL) AS objects
    FROM object_rows o
    JOIN names n ON n.name_id = o.name_id
    WHERE n.source = $source
        AND starts_with(n.front, $prefix)
        AND contains(substr(n.front, length($prefix) + 1), $delimiter)
    GROUP BY ALL
),
spelled AS (
    SELECT
        left(n.front, length($prefix) + instr(substr(n.front, length($prefix) + 1), $delimiter) + length($delimiter) - 1)
            AS session,
        n.front, n.digits > 0 AS timed, {key} AS last_key,
        greatest(n.last_modified, n.captured_at) AS written_at,
        n.objects
    FROM known n
    JOIN (SELECT name_id, captured_at FROM known) o ON o.name_id = n.name_id
)
SELECT
    session, front, timed, min(last_key) OVER (PARTITION BY front, timed) AS last_key,
    max(written_at) OVER (PARTITION BY session) AS written_at, objects
FROM spelled
ORDER BY session, front
