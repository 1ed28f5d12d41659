SELECT s.source, s.channel, s.sid, s.uid, count(*) AS shots
FROM screenshots s
ANTI JOIN notifications n ON n.object_key = s.key
GROUP BY ALL
