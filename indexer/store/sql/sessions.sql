-- What is known of each session: its common prefix, its names, the last key of each that was taken when all before it had
-- arrived, until when the session was written, and how many objects each name has, in all and up to that key.
--
-- What is archived had all arrived.
WITH written AS (
    SELECT name_id, last_modified, captured_at, (deleted_at IS NULL)::INTEGER AS objects
    FROM kept_rows
    UNION ALL
    SELECT name_id, last_modified, last_at, present
    FROM archived_names
),
known AS (
    SELECT n.name_id, n.front, n.digits, n.back, max(o.last_modified) AS last_modified,
        max(o.captured_at) AS captured_at,
        max(o.captured_at) FILTER (n.digits > 0 AND o.captured_at <= $arrived) AS arrived_at,
        sum(o.objects)::BIGINT AS objects,
        coalesce(sum(o.objects) FILTER (n.digits > 0 AND o.captured_at <= $arrived), 0)::BIGINT AS arrived
    FROM written o
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
        n.front,
        CASE WHEN o.captured_at IS NOT NULL THEN {key} END AS last_key,
        greatest(n.last_modified, n.captured_at) AS written_at,
        n.objects, n.arrived
    FROM known n
    JOIN (SELECT name_id, arrived_at AS captured_at FROM known) o ON o.name_id = n.name_id
)
SELECT session, front, last_key, max(written_at) OVER (PARTITION BY session) AS written_at, objects, arrived
FROM spelled
ORDER BY session, front
