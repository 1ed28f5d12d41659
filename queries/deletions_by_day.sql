-- title: Deletions by day
-- about: What was gone from a source by the listing of a day, how much, and of which time: retention takes the oldest, an accident anything.
-- param: source text: only this source
-- param: since date: only what was found gone from this day on, UTC
SELECT
    o.deleted_at::DATE AS day,
    n.source,
    n.kind,
    count(*) AS objects,
    sum(o.size)::BIGINT AS bytes,
    min(o.captured_at) AS first_captured_at,
    max(o.captured_at) AS last_captured_at
FROM object_rows o
JOIN names n ON n.name_id = o.name_id
WHERE o.deleted_at IS NOT NULL
    AND ($source::VARCHAR IS NULL OR n.source = $source::VARCHAR)
    AND ($since::DATE IS NULL OR o.deleted_at::DATE >= $since::DATE)
GROUP BY 1, 2, 3
ORDER BY day, n.source, n.kind;
