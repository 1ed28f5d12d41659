UPDATE kept_rows
SET
    deleted_at = $deleted_at,
    last_seen_run = coalesce(last_seen_run, (SELECT last_complete_run FROM sources WHERE source = $source))
FROM gone
WHERE kept_rows.rowid = gone.row_id
