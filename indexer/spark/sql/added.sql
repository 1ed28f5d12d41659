-- A part of a day of which the lake held nothing: what was listed, and is not late.
SELECT {columns}
FROM (
    SELECT *, $run::INTEGER AS first_seen_run, NULL::INTEGER AS last_seen_run, NULL::TIMESTAMP AS deleted_at
    FROM staged
    WHERE day = $day AND late_hash IS NULL AND name_id % $parts = $part
)
ORDER BY key
