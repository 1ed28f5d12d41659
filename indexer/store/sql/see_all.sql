-- A complete run saw all that is there inside its prefix, but for what only runs that began later saw. What is outside was
-- last seen by the complete run before.
UPDATE kept_rows
SET last_seen_run = CASE
    WHEN NOT starts_with(n.front, $prefix) THEN (SELECT last_complete_run FROM sources WHERE source = $source)
END
FROM names n
WHERE n.name_id = kept_rows.name_id
    AND n.source = $source
    AND kept_rows.deleted_at IS NULL
    AND starts_with(n.front, $prefix) = (kept_rows.last_seen_run IS NOT NULL)
    AND NOT EXISTS (
        FROM run_sources r
        WHERE r.source = $source AND r.run = kept_rows.last_seen_run AND r.began_at > $began_at
    )
