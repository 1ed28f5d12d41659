SELECT source, channel, sid, uid, before_at, captured_at
FROM (
    SELECT *, lag(captured_at) OVER (PARTITION BY source, sid, cname, uid ORDER BY captured_at) AS before_at
    FROM screenshots
)
WHERE captured_at - before_at > INTERVAL 15 SECOND
