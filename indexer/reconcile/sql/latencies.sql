-- How long after each shot its object was last written.
CREATE OR REPLACE TEMP TABLE latencies AS
SELECT
    n.source, o.captured_at::DATE AS day,
    CASE
        WHEN abs(date_diff('second', o.captured_at, o.last_modified)) < 600
            THEN date_diff('second', o.captured_at, o.last_modified)
        WHEN abs(date_diff('second', o.captured_at, o.last_modified)) < 86400
            THEN date_diff('minute', o.captured_at, o.last_modified) * 60
        ELSE date_diff('hour', o.captured_at, o.last_modified) * 3600
    END AS seconds,
    count(*) AS shots
FROM object_rows o
JOIN names n ON n.name_id = o.name_id
WHERE o.captured_at IS NOT NULL AND n.kind = 'screenshot'
GROUP BY ALL
