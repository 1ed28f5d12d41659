-- title: Time to action
-- about: How long a session went on after its first frame to be blocked, longest first: was the stream cut? What a person has passed is no block.
-- param: since timestamp: only blocks of frames captured from then on, UTC
-- param: at_least number = 0: only sessions that went on for so many seconds
WITH session_names AS (
    SELECT
        name_id, source, sid, uid, stream,
        coalesce(cname, app || '/' || stream, stream) AS channel,
        dense_rank() OVER (ORDER BY source, service, sid, cname, uid, app, stream) AS session_id
    FROM names
    WHERE kind = 'screenshot'
),
blocked AS (
    SELECT
        n.session_id,
        min(m.captured_at) AS blocked_at,
        min(v.moderated_at) AS judged_at,
        count(DISTINCT m.key) AS blocked_frames
    FROM verdicts v
    JOIN matches m ON m.verdict_id = v.verdict_id
    JOIN session_names n ON n.name_id = m.name_id
    WHERE v.is_violation
        AND v.suggestion = 'block'
        AND m.captured_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM passed_objects p WHERE p.source = m.source AND p.key = m.key)
        AND ($since::TIMESTAMP IS NULL OR m.captured_at >= $since::TIMESTAMP)
    GROUP BY n.session_id
),
went_on AS (
    SELECT
        b.session_id,
        any_value(n.source) AS source,
        any_value(n.channel) AS channel,
        any_value(coalesce(n.uid::VARCHAR, n.stream)) AS who,
        any_value(n.sid) AS sid,
        any_value(b.blocked_frames) AS blocked_frames,
        any_value(b.blocked_at) AS blocked_at,
        any_value(b.judged_at) AS judged_at,
        max(o.captured_at) AS last_shot_at,
        count(*) FILTER (WHERE o.captured_at > b.blocked_at) AS shots_after,
        count(*) FILTER (WHERE o.captured_at > b.judged_at) AS shots_after_verdict
    FROM blocked b
    JOIN session_names n ON n.session_id = b.session_id
    JOIN object_rows o ON o.name_id = n.name_id AND o.captured_at >= b.blocked_at
    GROUP BY b.session_id
)
SELECT
    source,
    channel,
    who,
    sid,
    blocked_frames,
    blocked_at,
    judged_at,
    last_shot_at,
    round((epoch_ms(last_shot_at) - epoch_ms(blocked_at)) / 1000.0, 3) AS seconds_after,
    shots_after,
    CASE WHEN judged_at IS NOT NULL THEN shots_after_verdict END AS shots_after_verdict
FROM went_on
WHERE epoch_ms(last_shot_at) - epoch_ms(blocked_at) >= $at_least::DOUBLE * 1000
ORDER BY seconds_after DESC, source, channel, who, sid, session_id;
