SELECT v.*, s.last_modified
FROM verdicts v
JOIN screenshots s ON s.key = v.object_key
WHERE v.is_violation AND s.last_modified > v.moderated_at + INTERVAL 1 MINUTE
