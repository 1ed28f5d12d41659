-- A listing of another prefix than before: what is outside of it was last seen by the run before, what is inside by this.
UPDATE objects
SET last_seen_run = CASE
    WHEN NOT starts_with(key, $prefix) THEN (SELECT last_complete_run FROM sources WHERE source = $source)
END
WHERE source = $source
    AND deleted_at IS NULL
    AND starts_with(key, $prefix) = (last_seen_run IS NOT NULL);
