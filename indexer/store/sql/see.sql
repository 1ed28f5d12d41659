UPDATE kept_rows
SET last_seen_run = $run
FROM met
WHERE kept_rows.rowid = met.row_id
    AND NOT met.changed
