SELECT source, channel, sid, uid, captured_at, count(*) AS objects
FROM screenshots
GROUP BY ALL
HAVING objects > 1
