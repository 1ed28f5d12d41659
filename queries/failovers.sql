-- title: Failovers
-- about: Sessions that a second recorder took over, told by bak<n>_ in the names, and how long there was no picture.
-- param: since timestamp: only failovers from then on, UTC
WITH shots AS (
    SELECT
        *,
        lag(captured_at) OVER session AS before_at,
        lag(failover) OVER session AS before_failover
    FROM screenshots
    WINDOW session AS (PARTITION BY source, sid, cname, uid ORDER BY captured_at)
)
SELECT
    source,
    channel,
    uid,
    sid,
    failover,
    captured_at AS first_shot_at,
    before_at AS last_shot_before,
    round(epoch(captured_at - before_at), 3) AS gap_seconds
FROM shots
WHERE failover IS NOT NULL
    AND failover IS DISTINCT FROM before_failover
    AND ($since::TIMESTAMP IS NULL OR captured_at >= $since::TIMESTAMP)
ORDER BY first_shot_at, source, channel, uid;
