-- The day's violations by label and hour: the most frequent labels, most first.
WITH hours AS (
    SELECT coalesce(label, category) AS label, date_trunc('hour', captured_at) AS hour, count(*) AS violations
    FROM violations
    WHERE captured_at >= $day AND captured_at < $day + INTERVAL 1 DAY
    GROUP BY 1, 2
),
placed AS (
    SELECT
        label,
        CAST(sum(violations) AS BIGINT) AS all_violations,
        count(*) OVER () AS labels,
        row_number() OVER (ORDER BY sum(violations) DESC, label) AS place
    FROM hours
    GROUP BY label
)
SELECT p.place, p.labels, p.label, p.all_violations, h.hour, h.violations
FROM placed p
JOIN hours h ON h.label = p.label
WHERE p.place <= $most
ORDER BY p.place, h.hour
