-- A run that did not come to its end is not the last complete one, and says by its number what it added.
UPDATE kept_rows
SET last_seen_run = $run
FROM names n
WHERE n.name_id = kept_rows.name_id
    AND n.source = $source
    AND kept_rows.first_seen_run = $run
    AND kept_rows.last_seen_run IS NULL
