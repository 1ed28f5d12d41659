SELECT
    source, captured_at::DATE AS day,
    count(*) FILTER (WHERE last_modified - captured_at > INTERVAL 300 SECOND) AS late,
    quantile_cont(epoch(last_modified - captured_at), [0.5, 0.95, 0.99, 1]) AS seconds
FROM screenshots
GROUP BY ALL
HAVING late > 0
