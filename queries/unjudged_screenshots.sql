-- title: Stored and never judged
-- about: How many screenshots of each channel no verdict is about; where no passes are reported, that means only that they were not flagged.
-- param: source text: only this source
-- param: channel text: only this channel
WITH stored AS (
    SELECT name_id, count(*) AS shots
    FROM object_rows
    GROUP BY name_id
),
judged AS (
    SELECT name_id, count(*) AS shots, count(*) FILTER (WHERE is_passed) AS passed
    FROM (
        SELECT m.name_id, m.key, bool_and(NOT v.is_violation) AS is_passed
        FROM matches m
        JOIN verdicts v ON v.verdict_id = m.verdict_id
        GROUP BY m.name_id, m.key
    )
    GROUP BY name_id
),
counted AS (
    SELECT
        n.source,
        coalesce(n.cname, n.app || '/' || n.stream, n.stream) AS channel,
        sum(s.shots) AS shots,
        sum(coalesce(j.shots, 0)) AS judged,
        sum(sum(coalesce(j.passed, 0))) OVER (PARTITION BY n.source) > 0 AS passes_reported
    FROM names n
    JOIN stored s ON s.name_id = n.name_id
    LEFT JOIN judged j ON j.name_id = n.name_id
    WHERE n.kind = 'screenshot'
    GROUP BY 1, 2
)
SELECT
    c.source,
    c.channel,
    s.moderated,
    c.passes_reported,
    c.shots::BIGINT AS screenshots,
    c.judged::BIGINT AS judged,
    (c.shots - c.judged)::BIGINT AS unjudged,
    round(100.0 * (c.shots - c.judged) / c.shots, 2) AS unjudged_percent
FROM counted c
JOIN sources s ON s.source = c.source
WHERE c.shots > c.judged
    AND ($source::VARCHAR IS NULL OR c.source = $source::VARCHAR)
    AND ($channel::VARCHAR IS NULL OR c.channel = $channel::VARCHAR)
ORDER BY s.moderated DESC, unjudged DESC, c.source, c.channel;
