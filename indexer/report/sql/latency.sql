-- How long after the shot objects were written, in steps: of the day, and of the seven days before it.
WITH steps AS (
    SELECT
        CASE
            WHEN seconds < 0 THEN 1
            WHEN seconds <= 2 THEN 2
            WHEN seconds <= 5 THEN 3
            WHEN seconds <= 10 THEN 4
            WHEN seconds <= 30 THEN 5
            WHEN seconds <= 60 THEN 6
            WHEN seconds <= 300 THEN 7
            WHEN seconds <= 3600 THEN 8
            ELSE 9
        END AS step,
        CASE
            WHEN seconds < 0 THEN 'before the shot'
            WHEN seconds <= 2 THEN 'up to 2 s'
            WHEN seconds <= 5 THEN '3 to 5 s'
            WHEN seconds <= 10 THEN '6 to 10 s'
            WHEN seconds <= 30 THEN '11 to 30 s'
            WHEN seconds <= 60 THEN '31 to 60 s'
            WHEN seconds <= 300 THEN '1 to 5 min'
            WHEN seconds <= 3600 THEN '5 to 60 min'
            ELSE 'over an hour'
        END AS within,
        day, shots
    FROM upload_latency
    WHERE day >= CAST($day - INTERVAL 7 DAY AS DATE) AND day <= $day
)
SELECT
    step, within,
    CAST(coalesce(sum(shots) FILTER (WHERE day = $day), 0) AS BIGINT) AS of_day,
    CAST(coalesce(sum(shots) FILTER (WHERE day < $day), 0) AS BIGINT) AS of_week
FROM steps
GROUP BY step, within
ORDER BY step
