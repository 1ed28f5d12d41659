UPDATE object_rows
SET
    name_id = named.name_id,
    captured_at = named.captured_at,
    sequence = named.sequence
FROM named
WHERE object_rows.rowid = named.row_id
