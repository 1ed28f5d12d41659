-- The listing came to its end, so what it does not name inside its range is gone.
UPDATE objects
SET
    deleted_at = $deleted_at,
    last_seen_run = coalesce(last_seen_run, (SELECT last_complete_run FROM sources WHERE source = $source))
WHERE source = $source
    AND starts_with(key, $prefix)
    AND deleted_at IS NULL
    AND NOT EXISTS (FROM staged WHERE staged.key = objects.key);
