-- title: The same picture under several keys
-- about: Objects of a source with one and the same etag and size: a frozen picture, a still stream, or a copy. Deleted ones are counted too.
-- param: at_least integer = 2: the fewest keys to be listed
-- param: source text: only this source
WITH repeated AS (
    SELECT etag_md5
    FROM object_rows
    WHERE etag_md5 IS NOT NULL
    GROUP BY etag_md5
    HAVING count(*) >= $at_least::BIGINT
),
repeated_texts AS (
    SELECT etag
    FROM object_rows
    WHERE etag IS NOT NULL
    GROUP BY etag
    HAVING count(*) >= $at_least::BIGINT
),
alike AS (
    SELECT
        o.name_id, o.captured_at, o.size, o.deleted_at,
        replace(o.etag_md5::VARCHAR, '-', '') AS etag
    FROM object_rows o
    JOIN repeated r ON r.etag_md5 = o.etag_md5
    UNION ALL
    SELECT o.name_id, o.captured_at, o.size, o.deleted_at, o.etag
    FROM object_rows o
    JOIN repeated_texts r ON r.etag = o.etag
)
SELECT
    n.source,
    a.etag,
    a.size,
    count(*) AS keys,
    count(a.deleted_at) AS deleted,
    count(DISTINCT coalesce(n.sid, n.app || '/' || n.stream, n.front)) AS sessions,
    min(a.captured_at) AS first_at,
    max(a.captured_at) AS last_at
FROM alike a
JOIN names n ON n.name_id = a.name_id
WHERE $source::VARCHAR IS NULL OR n.source = $source::VARCHAR
GROUP BY n.source, a.etag, a.size
HAVING keys >= $at_least::BIGINT
ORDER BY keys DESC, n.source, a.etag, a.size;
