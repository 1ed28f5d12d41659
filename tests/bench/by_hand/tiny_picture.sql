SELECT s.source, s.channel, s.sid, s.uid, count(*) AS tiny
FROM screenshots s
JOIN (
    SELECT source, sid, cname, uid, median(size) AS usual FROM screenshots GROUP BY ALL
) u ON u.source = s.source AND u.sid = s.sid AND u.cname = s.cname AND u.uid = s.uid
WHERE s.size < u.usual / 10
GROUP BY ALL
