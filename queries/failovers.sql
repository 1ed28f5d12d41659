-- title: Failovers
-- about: Sessions that a second recorder took over, told by bak<n>_ in the names, and how long there was no picture.
-- param: since timestamp: only failovers from then on, UTC
WITH taken_over AS (
    SELECT DISTINCT source, sid, cname, uid
    FROM names
    WHERE failover IS NOT NULL
),
shots AS (
    SELECT
        s.source, s.channel, s.uid, s.sid, s.failover, s.captured_at, s.key,
        lag(s.captured_at) OVER session AS before_at
    FROM screenshots s
    JOIN taken_over t
        ON t.source = s.source AND t.sid = s.sid AND t.cname = s.cname AND t.uid = s.uid
    WINDOW session AS (PARTITION BY s.source, s.sid, s.cname, s.uid ORDER BY s.captured_at, s.key)
)
SELECT
    source,
    channel,
    uid,
    sid,
    failover,
    captured_at AS first_shot_at,
    before_at AS last_shot_before,
    round((epoch_ms(captured_at) - epoch_ms(before_at)) / 1000.0, 3) AS gap_seconds
FROM shots
WHERE failover IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY source, sid, channel, uid, failover ORDER BY captured_at, key) = 1
    AND ($since::TIMESTAMP IS NULL OR captured_at >= $since::TIMESTAMP)
ORDER BY first_shot_at, source, channel, uid, key;
