-- The batch with its names. A late object of a name that is not known has none.
CREATE OR REPLACE TEMP TABLE named AS
WITH numbered AS (
    SELECT f._front, f._digits, f._back, coalesce(f.name_id, n.name_id) AS name_id, x.captured_at, x.sequence
    FROM fronts f
    LEFT JOIN fresh x ON x._front = f._front AND x._digits = f._digits AND x._back = f._back
    LEFT JOIN names n
        ON f.name_id IS NULL AND n.name_id > $known_names
        AND n.source = $source AND n.front = f._front AND n.digits = f._digits AND n.back = f._back
)
SELECT
    b.* EXCLUDE (front, digits, back),
    n.name_id, coalesce(b.moment, n.captured_at) AS captured_at, n.sequence
FROM batch b
JOIN numbered n ON n._front = b.front AND n._digits = b.digits AND n._back = b.back
