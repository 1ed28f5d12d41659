SELECT v.*
FROM verdicts v
ANTI JOIN (SELECT key FROM screenshots WHERE deleted_at IS NULL) s ON s.key = v.object_key
WHERE v.is_violation
