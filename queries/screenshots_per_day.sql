-- title: Screenshots per day and source
-- about: How many screenshots each source took a day, of how many sessions, and their size.
-- param: source text: only this source
-- param: since date: only from this day on, UTC
SELECT
    captured_at::DATE AS day,
    source,
    count(*) AS screenshots,
    count(DISTINCT (sid, channel, uid)) AS sessions,
    count(*) FILTER (WHERE deleted_at IS NOT NULL) AS deleted,
    sum(size) AS bytes
FROM screenshots
WHERE ($source::VARCHAR IS NULL OR source = $source::VARCHAR)
    AND ($since::DATE IS NULL OR captured_at::DATE >= $since::DATE)
GROUP BY 1, 2
ORDER BY day, source;
