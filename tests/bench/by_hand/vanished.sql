SELECT source, deleted_at, count(*) AS objects, sum(size) AS bytes, min(captured_at), max(captured_at)
FROM screenshots
WHERE deleted_at IS NOT NULL
GROUP BY ALL
