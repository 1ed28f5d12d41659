-- title: Busiest channels
-- about: The channels with the most screenshots: how many sessions and users they had, what they take of storage, and in how many frames they violated the rules.
-- param: at_most integer = 20: how many channels are listed
-- param: source text: only this source
WITH shots AS (
    SELECT
        name_id,
        count(*) AS shots,
        sum(size) FILTER (WHERE deleted_at IS NULL) AS bytes,
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
),
by_session AS (
    SELECT
        n.source,
        coalesce(n.cname, n.app || '/' || n.stream, n.stream) AS channel,
        coalesce(n.uid::VARCHAR, n.stream) AS who,
        n.sid, n.service,
        sum(s.shots) AS shots,
        sum(s.bytes) AS bytes,
        min(s.first_at) AS first_at,
        max(s.last_at) AS last_at,
        sum(f.frames) AS flagged
    FROM names n
    JOIN shots s ON s.name_id = n.name_id
    LEFT JOIN flagged f ON f.name_id = n.name_id
    WHERE n.kind = 'screenshot'
        AND ($source::VARCHAR IS NULL OR n.source = $source::VARCHAR)
    GROUP BY 1, 2, 3, 4, 5
)
SELECT
    source,
    channel,
    count(*) AS sessions,
    count(DISTINCT who) AS users,
    sum(shots)::BIGINT AS screenshots,
    coalesce(sum(bytes), 0)::BIGINT AS bytes_stored,
    min(first_at) AS first_at,
    max(last_at) AS last_at,
    coalesce(sum(flagged), 0)::BIGINT AS flagged_frames
FROM by_session
GROUP BY source, channel
ORDER BY screenshots DESC, source, channel
LIMIT $at_most::BIGINT;
