-- title: Gaps
-- about: Stretches of a session without a shot, longest first. Deleted shots were taken, so they end a gap; names without a session make a pause one.
-- param: longer_than number = 60: only gaps of more seconds than this
-- param: source text: only this source
-- param: channel text: only this channel
-- param: day date: only gaps that touch this day, UTC
WITH session_names AS (
    SELECT
        name_id, source, sid, uid, failover,
        coalesce(cname, app || '/' || stream, stream) AS channel,
        dense_rank() OVER (ORDER BY source, service, sid, cname, uid, app, stream) AS session_id
    FROM names
    WHERE kind = 'screenshot'
        AND ($source::VARCHAR IS NULL OR source = $source::VARCHAR)
        AND ($channel::VARCHAR IS NULL OR coalesce(cname, app || '/' || stream, stream) = $channel::VARCHAR)
),
shots AS (
    SELECT
        n.session_id, o.name_id, o.captured_at,
        lag(o.captured_at) OVER (PARTITION BY n.session_id ORDER BY o.captured_at, o.name_id) AS before_at
    FROM object_rows o
    JOIN session_names n ON n.name_id = o.name_id
    WHERE o.captured_at IS NOT NULL
)
SELECT
    n.source,
    n.channel,
    n.uid,
    n.sid,
    s.before_at AS from_at,
    s.captured_at AS until_at,
    round((epoch_ms(s.captured_at) - epoch_ms(s.before_at)) / 1000.0, 3) AS seconds,
    n.failover AS failover_after
FROM shots s
JOIN session_names n ON n.name_id = s.name_id
WHERE epoch_ms(s.captured_at) - epoch_ms(s.before_at) > $longer_than::DOUBLE * 1000
    AND ($day::DATE IS NULL OR $day::DATE BETWEEN s.before_at::DATE AND s.captured_at::DATE)
ORDER BY seconds DESC, n.source, n.channel, n.uid, n.sid, from_at, s.name_id;
