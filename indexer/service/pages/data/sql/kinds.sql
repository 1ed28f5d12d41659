-- The findings that stand, the worst kinds first.
WITH standing AS (
    SELECT
        kind, severity, status,
        acknowledged_at IS NULL AND finding_id NOT IN (SELECT unnest($noted::VARCHAR[])) AS is_waiting
    FROM findings
    WHERE status <> 'resolved'
)
SELECT
    s.kind, c.title, s.severity,
    count(*) FILTER (WHERE s.status = 'new') AS new,
    count(*) AS standing,
    count(*) FILTER (WHERE s.is_waiting) AS waiting
FROM standing s
JOIN checks c ON c.kind = s.kind
GROUP BY s.kind, c.title, s.severity
ORDER BY CASE s.severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, waiting DESC, s.kind
