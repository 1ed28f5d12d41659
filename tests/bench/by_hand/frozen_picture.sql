SELECT source, channel, sid, uid, captured_at
FROM (
    SELECT *,
        etag = lag(etag) OVER (PARTITION BY source, sid, cname, uid ORDER BY captured_at) AS is_same
    FROM screenshots
)
WHERE is_same
