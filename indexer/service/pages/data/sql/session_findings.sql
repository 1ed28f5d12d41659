-- What stands of a session's findings and touches the window.
SELECT f.finding_id, f.kind, c.title, f.severity, f.from_at, f.until_at, f.explanation
FROM findings f
JOIN checks c ON c.kind = f.kind
WHERE f.status <> 'resolved'
    AND f.source = $source::VARCHAR
    AND f.channel IS NOT DISTINCT FROM $channel::VARCHAR
    AND f.sid IS NOT DISTINCT FROM $sid::VARCHAR
    AND f.uid IS NOT DISTINCT FROM $uid::UBIGINT
    AND (f.from_at IS NULL OR f.from_at <= $until::TIMESTAMP)
    AND (coalesce(f.until_at, f.from_at) IS NULL OR coalesce(f.until_at, f.from_at) >= $since::TIMESTAMP)
ORDER BY f.from_at NULLS LAST, f.finding_id
LIMIT $most::BIGINT
