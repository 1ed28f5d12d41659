SELECT s.source, s.channel, s.sid, s.uid, count(*) AS shots
FROM screenshots s
ANTI JOIN verdicts v ON v.object_key = s.key
GROUP BY ALL
