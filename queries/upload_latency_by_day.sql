-- title: Upload latency by day
-- about: How long after the shots of a day their objects were last written, in seconds; below zero a clock is wrong, or a time zone.
-- param: source text: only this source
-- param: since date: only shots from this day on, UTC
-- param: late_after integer = 300: from how many seconds on an object counts as late
WITH ranked AS (
    SELECT *,
        sum(shots) OVER (PARTITION BY source, day ORDER BY seconds ROWS UNBOUNDED PRECEDING) AS up_to,
        sum(shots) OVER (PARTITION BY source, day) AS total
    FROM upload_latency
    WHERE ($source::VARCHAR IS NULL OR source = $source::VARCHAR)
        AND ($since::DATE IS NULL OR day >= $since::DATE)
)
SELECT
    day,
    source,
    sum(shots)::BIGINT AS screenshots,
    min(seconds) AS least,
    min(seconds) FILTER (WHERE up_to >= 0.5 * total) AS median,
    min(seconds) FILTER (WHERE up_to >= 0.95 * total) AS p95,
    min(seconds) FILTER (WHERE up_to >= 0.99 * total) AS p99,
    max(seconds) AS most,
    coalesce(sum(shots) FILTER (WHERE seconds >= $late_after::BIGINT), 0)::BIGINT AS late
FROM ranked
GROUP BY day, source
ORDER BY day, source;
