SELECT v.source, v.key, s.vendor, s.bucket, s.endpoint
FROM violations v
JOIN sources s ON s.source = v.source
WHERE v.verdict_id = $verdict_id::VARCHAR
    AND list_contains($shown::VARCHAR[], v.evidence)
