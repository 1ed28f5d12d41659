-- title: Sessions without any verdict
-- about: Sessions that have screenshots, none of which any verdict is about, those of moderated sources first.
-- param: source text: only this source
-- param: day date: only sessions with a screenshot on this day, UTC
WITH shots AS (
    SELECT name_id, count(*) AS shots, min(captured_at) AS first_at, max(captured_at) AS last_at
    FROM object_rows
    GROUP BY name_id
),
judged AS (
    SELECT DISTINCT name_id
    FROM matches
)
SELECT
    n.source,
    any_value(s.moderated) AS moderated,
    coalesce(n.cname, n.app || '/' || n.stream, n.stream) AS channel,
    n.uid,
    n.sid,
    min(o.first_at) AS first_at,
    max(o.last_at) AS last_at,
    sum(o.shots)::BIGINT AS screenshots
FROM names n
JOIN shots o ON o.name_id = n.name_id
JOIN sources s ON s.source = n.source
LEFT JOIN judged j ON j.name_id = n.name_id
WHERE n.kind = 'screenshot'
    AND ($source::VARCHAR IS NULL OR n.source = $source::VARCHAR)
GROUP BY n.source, n.service, n.sid, n.cname, n.uid, n.app, n.stream
HAVING count(j.name_id) = 0
    AND ($day::DATE IS NULL OR $day::DATE BETWEEN first_at::DATE AND last_at::DATE)
ORDER BY moderated DESC, screenshots DESC, n.source, channel, n.uid, n.sid, n.service;
