-- Findings by kind and severity. Acknowledged ones are among the new and the open.
SELECT
    f.kind, f.severity,
    count(*) FILTER (f.status = 'new') AS new,
    count(*) FILTER (f.status = 'open') AS open,
    count(*) FILTER (f.resolved_run = $run) AS resolved,
    count(*) FILTER (f.status <> 'resolved' AND f.acknowledged_at IS NOT NULL) AS acknowledged,
    coalesce(sum(f.rows) FILTER (f.status <> 'resolved'), 0)::BIGINT AS rows,
    any_value(c.title) AS title
FROM findings f
JOIN checks c ON c.kind = f.kind
WHERE f.status <> 'resolved' OR f.resolved_run = $run
GROUP BY f.kind, f.severity
ORDER BY list_position(['critical', 'warning', 'info'], f.severity), f.kind
