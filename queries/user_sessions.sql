-- title: Sessions of a user
-- about: Where and when a user was captured, or each of them, newest session first, and in how many of its frames the rules were violated.
-- param: who text: only this uid or stream
-- param: source text: only this source
WITH shots AS (
    SELECT
        name_id,
        count(*) AS shots,
        count(deleted_at) AS deleted,
        min(captured_at) AS first_at,
        max(captured_at) AS last_at
    FROM object_rows
    GROUP BY name_id
),
flagged AS (
    SELECT m.name_id, count(DISTINCT m.key) AS frames
    FROM verdicts v
    JOIN matches m ON m.verdict_id = v.verdict_id
    WHERE v.is_violation
    GROUP BY m.name_id
)
SELECT
    coalesce(n.uid::VARCHAR, n.stream) AS who,
    n.source,
    coalesce(n.cname, n.app || '/' || n.stream, n.stream) AS channel,
    n.sid,
    min(s.first_at) AS first_at,
    max(s.last_at) AS last_at,
    sum(s.shots)::BIGINT AS screenshots,
    sum(s.deleted)::BIGINT AS deleted,
    coalesce(sum(f.frames), 0)::BIGINT AS flagged_frames
FROM names n
JOIN shots s ON s.name_id = n.name_id
LEFT JOIN flagged f ON f.name_id = n.name_id
WHERE n.kind = 'screenshot'
    AND ($who::VARCHAR IS NULL OR coalesce(n.uid::VARCHAR, n.stream) = $who::VARCHAR)
    AND ($source::VARCHAR IS NULL OR n.source = $source::VARCHAR)
GROUP BY n.source, n.service, n.sid, n.cname, n.uid, n.app, n.stream
ORDER BY first_at DESC NULLS LAST, who, n.source, channel, n.sid, n.service;
