UPDATE object_rows
SET last_seen_run = $run
FROM met
WHERE object_rows.rowid = met.row_id
    AND NOT met.changed
