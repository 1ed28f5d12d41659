-- A run that did not come to its end is not the last complete one, and says by its number what it added.
UPDATE object_rows
SET last_seen_run = $run
FROM names n
WHERE n.name_id = object_rows.name_id
    AND n.source = $source
    AND object_rows.first_seen_run = $run
    AND object_rows.last_seen_run IS NULL
