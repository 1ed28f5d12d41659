-- A name may claim any time: what lies a day or more after the newest listing is a wrong clock's, and no newest day.
-- The day is compared as one value, since a join by ranges sorts every shot; and shots are counted by their names, of which
-- there are few.
WITH newest AS (
    SELECT date_trunc('day', max(o.captured_at)) AS day
    FROM object_rows o
    JOIN names n ON n.name_id = o.name_id
    WHERE n.kind = 'screenshot' AND o.captured_at < (SELECT max(began_at) + INTERVAL 1 DAY FROM run_sources)
),
held AS (
    SELECT
        name_id, count(*) AS shots, count(*) FILTER (WHERE deleted_at IS NOT NULL) AS deleted, sum(size) AS size
    FROM object_rows
    WHERE captured_at >= (SELECT day FROM newest) AND captured_at < (SELECT day + INTERVAL 1 DAY FROM newest)
    GROUP BY name_id
),
shots AS (
    SELECT
        sum(h.shots)::BIGINT AS screenshots,
        count(DISTINCT (n.source, n.service, n.sid, n.cname, n.uid, n.app, n.stream)) AS sessions,
        sum(h.deleted)::BIGINT AS deleted,
        sum(h.size)::BIGINT AS size
    FROM held h
    JOIN names n ON n.name_id = h.name_id
    WHERE n.kind = 'screenshot'
),
judged AS (
    SELECT count(*) AS violations, count(*) FILTER (WHERE suggestion = 'block') AS blocks
    FROM violations
    WHERE captured_at >= (SELECT day FROM newest) AND captured_at < (SELECT day + INTERVAL 1 DAY FROM newest)
)
SELECT n.day::DATE AS day, s.screenshots, s.sessions, s.deleted, s.size, j.violations, j.blocks
FROM newest n, shots s, judged j
WHERE n.day IS NOT NULL
