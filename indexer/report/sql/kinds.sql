-- Findings that stand, by kind and severity. Acknowledged ones are counted beside them.
SELECT
    f.kind, c.title, f.severity,
    count(*) FILTER (WHERE f.acknowledged_at IS NULL) AS standing,
    count(*) FILTER (WHERE f.acknowledged_at IS NULL AND f.status = 'new') AS new,
    count(*) FILTER (WHERE f.acknowledged_at IS NOT NULL) AS acknowledged
FROM findings f
JOIN checks c ON c.kind = f.kind
WHERE f.status <> 'resolved'
GROUP BY f.kind, c.title, f.severity
ORDER BY CASE f.severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, standing DESC, f.kind
