-- The objects of touched names that the index held before the run. Keys are spelled only where a name is partly in a range.
CREATE OR REPLACE TEMP TABLE known AS
WITH names_touched AS (
    SELECT name_id, digits, front, back, bool_or(inside) AS inside
    FROM touched
    GROUP BY ALL
),
spelled AS (
    SELECT o.rowid AS row_id, {key} AS key
    FROM kept_rows o
    JOIN names_touched n ON n.name_id = o.name_id AND NOT n.inside
    WHERE o.first_seen_run < $run
),
in_part AS (
    SELECT s.row_id
    FROM spelled s
    JOIN ranges r ON (r.after IS NULL OR s.key > r.after) AND (r.until IS NULL OR s.key <= r.until)
)
SELECT
    o.rowid AS row_id, o.name_id, CASE WHEN n.digits > 0 THEN o.captured_at END AS moment,
    o.size, o.etag_md5, o.etag, o.last_modified, o.storage_class, o.deleted_at,
    n.inside OR o.rowid IN (FROM in_part) AS in_range
FROM kept_rows o
JOIN names_touched n ON n.name_id = o.name_id
WHERE o.first_seen_run < $run
