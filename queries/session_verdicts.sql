-- title: What moderation said of a session
-- about: Every verdict on a session's frames in order of time, passes too, and what is left of each frame.
-- param: sid text: only this session
-- param: channel text: only this channel
-- param: who text: only this uid or stream
WITH told AS (
    SELECT
        v.verdict_id, v.provider, v.reviewer, v.scene, v.label, v.score, v.suggestion, v.moderated_at,
        coalesce(n.sid, v.sid) AS sid,
        coalesce(n.cname, v.cname, n.app || '/' || n.stream, n.stream, v.app || '/' || v.stream, v.stream) AS channel,
        coalesce(n.uid::VARCHAR, v.uid::VARCHAR, n.stream, v.stream) AS who,
        coalesce(m.captured_at, v.captured_at) AS captured_at,
        coalesce(m.key, v.object_key, v.object_url) AS object,
        CASE
            WHEN o.deleted_at IS NOT NULL THEN 'deleted'
            WHEN m.key IS NOT NULL THEN 'present'
            ELSE 'not found'
        END AS stored
    FROM verdicts v
    LEFT JOIN matches m ON m.verdict_id = v.verdict_id
    LEFT JOIN object_rows o ON o.name_id = m.name_id AND o.captured_at IS NOT DISTINCT FROM m.captured_at
    LEFT JOIN names n ON n.name_id = m.name_id
)
SELECT
    captured_at,
    channel,
    who,
    provider,
    reviewer,
    scene,
    label,
    round(score, 3) AS score,
    suggestion,
    moderated_at,
    stored,
    object
FROM told
WHERE ($sid::VARCHAR IS NULL OR lower(sid) = lower($sid::VARCHAR))
    AND ($channel::VARCHAR IS NULL OR channel = $channel::VARCHAR)
    AND ($who::VARCHAR IS NULL OR who = $who::VARCHAR)
ORDER BY captured_at, channel, who, moderated_at, verdict_id;
