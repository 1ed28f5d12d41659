-- The archived objects of touched names, what the batch says of each, and whether they are brought back: listed and
-- changed, or met by a run that notes all it meets, or not listed where they should be.
CREATE OR REPLACE TEMP TABLE known_archived AS
WITH names_touched AS (
    SELECT DISTINCT name_id, digits, front, back, inside FROM archived_touched
),
archived AS (
    {archived}
),
spelled AS (
    SELECT o.name_id, o.captured_at, {key} AS key
    FROM archived o
    JOIN names_touched n ON n.name_id = o.name_id AND NOT n.inside
),
in_part AS (
    SELECT DISTINCT s.name_id, s.captured_at
    FROM spelled s
    JOIN ranges r ON (r.after IS NULL OR s.key > r.after) AND (r.until IS NULL OR s.key <= r.until)
),
placed AS (
    SELECT o.*, n.inside OR p.name_id IS NOT NULL AS in_range
    FROM archived o
    JOIN names_touched n ON n.name_id = o.name_id
    LEFT JOIN in_part p ON p.name_id = o.name_id AND p.captured_at = o.captured_at
)
SELECT o.*,
    CASE
        WHEN b.name_id IS NULL THEN o.in_range AND o.deleted_at IS NULL
        ELSE $every
            OR NOT b.late AND (
                o.deleted_at IS NOT NULL
                OR o.size <> b.size
                OR o.etag_md5 IS DISTINCT FROM b.etag_md5
                OR o.etag IS DISTINCT FROM b.etag
                OR o.last_modified <> b.last_modified
                OR o.storage_class IS DISTINCT FROM b.storage_class
            )
    END AS comes_back
FROM placed o
LEFT JOIN named b ON b.name_id = o.name_id AND b.moment = o.captured_at
