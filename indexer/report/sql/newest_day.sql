-- The newest day with screenshots. A key may tell any time: one that its object was written long before counts for nothing.
SELECT CAST(max(captured_at) AS DATE) AS day
FROM screenshots
WHERE captured_at < last_modified + INTERVAL 1 DAY
