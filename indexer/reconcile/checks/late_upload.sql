-- title: Screenshots that came late
-- about: Screenshots that were written to the bucket long after they were taken, by source and day; a skewed clock is allowed for.
-- scope: index
WITH allowed AS (
    SELECT s.source, ($late_seconds + coalesce(k.shift_seconds, 0)) * 1000 AS most_ms, coalesce(k.shift_seconds, 0) AS shift
    FROM sources s
    LEFT JOIN skews k ON k.source = s.source
),
late AS (
    SELECT
        n.source, o.captured_at::DATE AS day, any_value(a.shift) AS shift, count(*) AS shots,
        min(o.captured_at) AS from_at, max(o.captured_at) AS until_at,
        max(epoch_ms(o.last_modified) - epoch_ms(o.captured_at)) / 1000 - any_value(a.shift) AS most
    FROM object_rows o
    JOIN names n ON n.name_id = o.name_id
    JOIN allowed a ON a.source = n.source
    WHERE n.kind = 'screenshot'
        AND o.captured_at IS NOT NULL
        AND epoch_ms(o.last_modified) - epoch_ms(o.captured_at) > a.most_ms
    GROUP BY n.source, o.captured_at::DATE
),
summed AS (
    SELECT
        source, day, seconds,
        sum(shots) OVER (PARTITION BY source, day ORDER BY seconds) AS so_far,
        sum(shots) OVER (PARTITION BY source, day) AS total
    FROM latencies
),
usual AS (
    SELECT
        source, day, any_value(total)::BIGINT AS total,
        min(seconds) FILTER (WHERE so_far >= 0.5 * total) AS median,
        min(seconds) FILTER (WHERE so_far >= 0.95 * total) AS p95,
        min(seconds) FILTER (WHERE so_far >= 0.99 * total) AS p99
    FROM summed
    GROUP BY source, day
)
SELECT
    'warning' AS severity,
    l.source,
    l.day::VARCHAR AS subject,
    l.from_at, l.until_at,
    l.shots AS rows,
    l.most AS measure,
    printf(
        '%d of %d shots of the day came more than %.0f s late; half of all within %d s, 95 %% within %d s, 99 %% within %d s, the last after %.0f s%s',
        l.shots, u.total, $late_seconds, u.median - l.shift, u.p95 - l.shift, u.p99 - l.shift, l.most,
        CASE WHEN l.shift <> 0 THEN printf('; the %d s by which the names'' clock is off are taken off, to the minute', l.shift) ELSE '' END
    ) AS explanation
FROM late l
JOIN usual u ON u.source = l.source AND u.day = l.day
-- rows
SELECT *, (epoch_ms(last_modified) - epoch_ms(captured_at)) / 1000 AS seconds
FROM screenshots
WHERE source = $source
    AND captured_at BETWEEN $from_at AND $until_at
    AND epoch_ms(last_modified) - epoch_ms(captured_at) > 1000 * (
        $late_seconds + (
            SELECT coalesce(max(measure), 0)
            FROM findings
            WHERE kind = 'clock-skew' AND source = $source AND status <> 'resolved'
        )
    )
ORDER BY captured_at, key
