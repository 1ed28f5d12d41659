-- title: Screenshots per day and source
-- about: How many screenshots each source took a day, of how many sessions, and their size.
-- param: source text: only this source
-- param: since date: only from this day on, UTC
WITH by_session AS (
    SELECT
        captured_at::DATE AS day, source, sid, channel, uid,
        count(*) AS screenshots,
        count(deleted_at) AS deleted,
        sum(size) AS bytes
    FROM screenshots
    WHERE ($source::VARCHAR IS NULL OR source = $source::VARCHAR)
        AND ($since::DATE IS NULL OR captured_at::DATE >= $since::DATE)
    GROUP BY 1, 2, 3, 4, 5
)
SELECT
    day,
    source,
    sum(screenshots)::BIGINT AS screenshots,
    count(*) AS sessions,
    sum(deleted)::BIGINT AS deleted,
    sum(bytes)::BIGINT AS bytes
FROM by_session
GROUP BY 1, 2
ORDER BY day, source;
