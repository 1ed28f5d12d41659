-- The findings that stand and that nobody has acknowledged: the critical ones first, of these the new ones, then the newest.
SELECT
    f.finding_id, f.kind, c.title, f.severity, f.status, f.source, f.channel, f.sid, f.uid, f.key, f.from_at, f.until_at,
    f.explanation
FROM findings f
JOIN checks c ON c.kind = f.kind
WHERE f.status <> 'resolved' AND f.acknowledged_at IS NULL
ORDER BY
    CASE f.severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END,
    CASE f.status WHEN 'new' THEN 0 ELSE 1 END,
    f.from_at DESC NULLS LAST,
    f.finding_id
LIMIT $most
