-- title: New users among offenders
-- about: Users whose first violation came soon after the first screenshot of them that is known, newest first; what a person has passed does not count.
-- param: within_days number = 7: how soon
-- param: since timestamp: only first violations from then on, UTC
WITH offenders AS (
    SELECT
        coalesce(v.uid::VARCHAR, v.stream) AS who,
        min(v.captured_at) AS first_violation_at,
        count(
            DISTINCT coalesce(
                v.source || ' ' || v.key, v.object_key, v.object_url, v.sid || ' ' || v.captured_at::VARCHAR, v.verdict_id
            )
        ) AS frames,
        string_agg(DISTINCT v.category, ', ' ORDER BY v.category) AS categories
    FROM violations v
    WHERE NOT EXISTS (SELECT 1 FROM passed_objects p WHERE p.source = v.source AND p.key = v.key)
    GROUP BY 1
),
shots AS (
    SELECT name_id, min(captured_at) AS first_at
    FROM object_rows
    GROUP BY name_id
),
users AS (
    SELECT coalesce(n.uid::VARCHAR, n.stream) AS who, min(s.first_at) AS first_shot_at
    FROM names n
    JOIN shots s ON s.name_id = n.name_id
    WHERE n.kind = 'screenshot'
    GROUP BY 1
)
SELECT
    o.who,
    u.first_shot_at,
    o.first_violation_at,
    round((epoch_ms(o.first_violation_at) - epoch_ms(u.first_shot_at)) / 3600000.0, 2) AS hours_until,
    o.frames,
    o.categories
FROM offenders o
JOIN users u ON u.who = o.who
WHERE epoch_ms(o.first_violation_at) - epoch_ms(u.first_shot_at) <= $within_days::DOUBLE * 86400000
    AND ($since::TIMESTAMP IS NULL OR o.first_violation_at >= $since::TIMESTAMP)
ORDER BY o.first_violation_at DESC, o.who;
