-- The findings that are not resolved.
SELECT kind, severity, acknowledged_at IS NOT NULL AS is_acknowledged, count(*) AS findings
FROM findings
WHERE status <> 'resolved'
GROUP BY kind, severity, acknowledged_at IS NOT NULL
ORDER BY kind, severity, is_acknowledged
