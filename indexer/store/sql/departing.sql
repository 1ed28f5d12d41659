-- The days that may leave the file, and how many objects each has there: over before a moment, and a day before their
-- source was last listed whole. Keys that do not end with their time stand in names, which stay: nothing is won by them.
-- What the last complete run did not see may still be met by one that is not, so it stays too.
CREATE OR REPLACE TEMP TABLE departing AS
WITH listed AS (
    SELECT s.source, least($before::TIMESTAMP, date_trunc('day', r.began_at) - INTERVAL 1 DAY) AS before
    FROM sources s
    JOIN run_sources r ON r.source = s.source AND r.run = s.last_complete_run
)
SELECT n.source, o.captured_at::DATE AS day, count(*) AS objects
FROM kept_rows o
JOIN names n ON n.name_id = o.name_id AND n.kind = 'screenshot' AND n.digits > 0
JOIN listed l ON l.source = n.source AND o.captured_at < l.before
WHERE o.deleted_at IS NOT NULL OR o.last_seen_run IS NULL
GROUP BY ALL
