SELECT a.source, a.channel, a.uid, a.sid, b.sid
FROM sessions a
JOIN sessions b ON b.source = a.source AND b.channel = a.channel AND b.uid = a.uid AND b.sid > a.sid
WHERE a.first_captured_at <= b.last_captured_at AND b.first_captured_at <= a.last_captured_at
