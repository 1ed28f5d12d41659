-- The sessions that are looked at, each with what is expected of its source.
CREATE OR REPLACE TEMP TABLE session_list AS
SELECT
    n.session_id, n.recording, n.part, n.source, n.sid, n.channel, n.uid,
    min(n.service) AS service,
    min(n.cname) AS cname,
    min(n.app) AS app,
    min(n.stream) AS stream,
    max(n.precision_ms) AS precision_ms,
    sum(n.shots)::BIGINT AS shots,
    min(n.first_at) AS first_at,
    max(n.last_at) AS last_at,
    any_value(s.interval_seconds) * 1000 AS interval_ms,
    any_value(s.moderated) AS moderated
FROM session_names n
JOIN sources s ON s.source = n.source
GROUP BY n.session_id, n.recording, n.part, n.source, n.sid, n.channel, n.uid
ORDER BY n.session_id
