-- How long after each shot its object was last written. The seconds are rounded down, as a bucket's own times are.
CREATE OR REPLACE TEMP TABLE latencies AS
WITH late AS (
    SELECT n.source, o.captured_at::DATE AS day, epoch_ms(o.last_modified) - epoch_ms(o.captured_at) AS ms
    FROM object_rows o
    JOIN names n ON n.name_id = o.name_id
    WHERE o.captured_at IS NOT NULL AND n.kind = 'screenshot'
)
SELECT
    source, day,
    CASE
        WHEN abs(ms) < 600000 THEN floor(ms / 1000)
        WHEN abs(ms) < 86400000 THEN floor(ms / 60000) * 60
        ELSE floor(ms / 3600000) * 3600
    END::BIGINT AS seconds,
    count(*) AS shots
FROM late
GROUP BY ALL
