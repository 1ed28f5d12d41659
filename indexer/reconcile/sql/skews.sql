-- The sources whose names tell local time: the objects were written a constant number of quarter hours after the times in
-- their names. A bucket that was copied, or uploaded again, was written at one time, however far apart its shots were taken;
-- so what was written must also follow what was captured (a slope of 1, and not of 0).
--
-- UTC offsets go from -12 to +14 hours. An upload takes up to five minutes; a bucket's clock that rounds down may be early.
CREATE OR REPLACE TEMP TABLE skews AS
WITH summed AS (
    SELECT
        source, seconds, shots,
        sum(shots) OVER (PARTITION BY source ORDER BY seconds, day ROWS UNBOUNDED PRECEDING) AS so_far,
        sum(shots) OVER (PARTITION BY source) AS total
    FROM latencies
),
usual AS (
    SELECT source, min(seconds) FILTER (WHERE so_far * 2 >= total) AS median_seconds, any_value(total)::BIGINT AS shots
    FROM summed
    GROUP BY source
),
shifted AS (
    SELECT *, floor((median_seconds + 60) / 900)::BIGINT * 900 AS shift_seconds
    FROM usual
),
near AS (
    SELECT s.source, s.median_seconds, s.shift_seconds, s.shots, sum(l.shots)::BIGINT AS near_shots
    FROM shifted s
    JOIN latencies l ON l.source = s.source AND l.seconds BETWEEN s.median_seconds - 600 AND s.median_seconds + 600
    WHERE s.shift_seconds <> 0
        AND s.shift_seconds BETWEEN -50400 AND 43200
        AND s.median_seconds <= s.shift_seconds + 300
        AND s.shots >= 10
    GROUP BY s.source, s.median_seconds, s.shift_seconds, s.shots
    HAVING sum(l.shots) >= 0.9 * s.shots
)
SELECT
    k.source, k.median_seconds, k.shift_seconds, k.shots, k.near_shots,
    min(o.captured_at) AS first_at,
    max(o.captured_at) AS last_at
FROM near k
JOIN names n ON n.source = k.source AND n.kind = 'screenshot'
JOIN object_rows o ON o.name_id = n.name_id
WHERE o.captured_at IS NOT NULL
GROUP BY k.source, k.median_seconds, k.shift_seconds, k.shots, k.near_shots
HAVING regr_slope(epoch_ms(o.last_modified), epoch_ms(o.captured_at)) FILTER (
        WHERE abs((epoch_ms(o.last_modified) - epoch_ms(o.captured_at)) / 1000 - k.median_seconds) <= 600
    ) > 0.9
