-- title: Sessions
-- about: Every session with its first and last screenshot, their number, and what is deleted of it.
-- param: source text: only this source
-- param: channel text: only this channel
-- param: day date: only sessions with a screenshot on this day, UTC
SELECT
    source,
    channel,
    uid,
    sid,
    first_captured_at AS first_at,
    last_captured_at AS last_at,
    screenshots,
    failover_screenshots AS failovers,
    deleted_screenshots AS deleted
FROM sessions
WHERE ($source::VARCHAR IS NULL OR source = $source::VARCHAR)
    AND ($channel::VARCHAR IS NULL OR channel = $channel::VARCHAR)
    AND ($day::DATE IS NULL OR $day::DATE BETWEEN first_captured_at::DATE AND last_captured_at::DATE)
ORDER BY source, first_at, channel, uid, sid, service;
