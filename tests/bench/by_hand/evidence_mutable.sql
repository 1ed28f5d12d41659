SELECT v.*, s.key
FROM verdicts v
JOIN screenshots s ON s.key = v.object_key
JOIN sources o ON o.source = s.source
WHERE v.is_violation AND o.mutable
