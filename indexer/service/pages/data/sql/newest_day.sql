-- A name may claim any time: what lies a day or more after the newest listing is a wrong clock's, and no newest day.
WITH newest AS (
    SELECT date_trunc('day', max(captured_at)) AS day
    FROM screenshots
    WHERE captured_at < (SELECT max(began_at) + INTERVAL 1 DAY FROM run_sources)
),
shots AS (
    SELECT
        count(*) AS screenshots,
        count(DISTINCT (s.source, s.service, s.sid, s.cname, s.uid, s.app, s.stream)) AS sessions,
        count(*) FILTER (WHERE s.deleted_at IS NOT NULL) AS deleted,
        coalesce(sum(s.size), 0)::BIGINT AS size
    FROM screenshots s
    JOIN newest n ON s.captured_at >= n.day AND s.captured_at < n.day + INTERVAL 1 DAY
),
judged AS (
    SELECT count(*) AS violations, count(*) FILTER (WHERE v.suggestion = 'block') AS blocks
    FROM violations v
    JOIN newest n ON v.captured_at >= n.day AND v.captured_at < n.day + INTERVAL 1 DAY
)
SELECT n.day::DATE AS day, s.screenshots, s.sessions, s.deleted, s.size, j.violations, j.blocks
FROM newest n, shots s, judged j
WHERE n.day IS NOT NULL
