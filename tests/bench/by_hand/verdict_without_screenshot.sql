SELECT v.*
FROM verdicts v
ANTI JOIN screenshots s ON s.key = v.object_key
WHERE NOT v.is_violation
