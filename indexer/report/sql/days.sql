-- What was counted on the day and on each of the seven before it.
WITH sessions AS (
    SELECT CAST(captured_at AS DATE) AS day, source, channel, sid, uid, count(*) AS shots
    FROM screenshots
    WHERE captured_at >= $day - INTERVAL 7 DAY AND captured_at < $day + INTERVAL 1 DAY
    GROUP BY 1, 2, 3, 4, 5
),
taken AS (
    SELECT day, CAST(sum(shots) AS BIGINT) AS screenshots, count(*) AS sessions, count(DISTINCT channel) AS channels
    FROM sessions
    GROUP BY day
),
covered AS (
    SELECT
        CAST(hour AS DATE) AS day,
        CAST(sum(shots) AS BIGINT) AS stored,
        CAST(sum(missing) AS BIGINT) AS missing,
        CAST(sum(explained) AS BIGINT) AS explained
    FROM coverage
    WHERE hour >= $day - INTERVAL 7 DAY AND hour < $day + INTERVAL 1 DAY
    GROUP BY 1
),
judged AS (
    SELECT
        CAST(captured_at AS DATE) AS day,
        count(*) AS violations,
        count(*) FILTER (WHERE suggestion = 'block') AS blocks,
        count(*) FILTER (WHERE evidence IN ('deleted', 'missing')) AS lost
    FROM violations
    WHERE captured_at >= $day - INTERVAL 7 DAY AND captured_at < $day + INTERVAL 1 DAY
    GROUP BY 1
),
days AS (
    SELECT day FROM taken
    UNION
    SELECT day FROM covered
    UNION
    SELECT day FROM judged
)
SELECT
    d.day,
    coalesce(t.screenshots, 0) AS screenshots,
    coalesce(t.sessions, 0) AS sessions,
    coalesce(t.channels, 0) AS channels,
    coalesce(c.stored, 0) AS stored,
    coalesce(c.missing, 0) AS missing,
    coalesce(c.explained, 0) AS explained,
    coalesce(j.violations, 0) AS violations,
    coalesce(j.blocks, 0) AS blocks,
    coalesce(j.lost, 0) AS lost
FROM days d
LEFT JOIN taken t ON t.day = d.day
LEFT JOIN covered c ON c.day = d.day
LEFT JOIN judged j ON j.day = d.day
ORDER BY d.day
