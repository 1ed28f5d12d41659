SELECT s.source, s.channel, s.sid, s.uid, count(*) AS shots, max(s.captured_at) - any_value(b.first_at) AS went_on
FROM screenshots s
JOIN (
    SELECT sid, cname, uid, min(captured_at) AS first_at FROM violations WHERE suggestion = 'block' GROUP BY ALL
) b ON b.sid = s.sid AND b.cname = s.cname AND b.uid = s.uid AND s.captured_at > b.first_at
GROUP BY ALL
