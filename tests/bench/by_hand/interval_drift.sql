SELECT source, sid, cname, uid, median(delta) AS observed
FROM (
    SELECT *,
        epoch(captured_at - lag(captured_at) OVER (PARTITION BY source, sid, cname, uid ORDER BY captured_at)) AS delta
    FROM screenshots
)
GROUP BY ALL
HAVING abs(observed - 10) > 2
