-- The sessions that are looked at, each with what is expected of its source.
CREATE OR REPLACE TEMP TABLE session_list AS
SELECT
    n.session_id, n.recording, n.part, n.source, n.service, n.sid, n.cname, n.uid, n.app, n.stream,
    coalesce(n.cname, n.app || '/' || n.stream, n.stream) AS channel,
    max(n.precision_ms) AS precision_ms,
    sum(n.shots)::BIGINT AS shots,
    min(n.first_at) AS first_at,
    max(n.last_at) AS last_at,
    any_value(s.interval_seconds) * 1000 AS interval_ms,
    any_value(s.moderated) AS moderated
FROM session_names n
JOIN sources s ON s.source = n.source
GROUP BY ALL
ORDER BY n.session_id
