-- Within how many seconds half, 95 % and 99 % of the objects were written: of the day, and of the seven days before it.
WITH summed AS (
    SELECT day = $day AS is_day, seconds, sum(shots) AS shots
    FROM upload_latency
    WHERE day >= CAST($day - INTERVAL 7 DAY AS DATE) AND day <= $day
    GROUP BY 1, 2
),
running AS (
    SELECT is_day, seconds,
        sum(shots) OVER (PARTITION BY is_day ORDER BY seconds) AS up_to,
        sum(shots) OVER (PARTITION BY is_day) AS of_all
    FROM summed
)
SELECT
    is_day,
    min(seconds) FILTER (WHERE up_to >= 0.5 * of_all) AS half,
    min(seconds) FILTER (WHERE up_to >= 0.95 * of_all) AS most,
    min(seconds) FILTER (WHERE up_to >= 0.99 * of_all) AS nearly_all
FROM running
GROUP BY is_day
ORDER BY is_day DESC
