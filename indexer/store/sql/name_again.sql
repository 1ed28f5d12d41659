UPDATE kept_rows
SET
    name_id = named.name_id,
    captured_at = named.captured_at,
    sequence = named.sequence
FROM named
WHERE kept_rows.rowid = named.row_id
