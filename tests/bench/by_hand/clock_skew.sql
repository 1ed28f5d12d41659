SELECT source, median(epoch(last_modified - captured_at)) AS shift
FROM screenshots
GROUP BY source
