CREATE OR REPLACE TEMP TABLE spelled AS
SELECT o.rowid AS row_id, {key} AS key
FROM kept_rows o
JOIN names n ON n.name_id = o.name_id
WHERE n.source = $source
