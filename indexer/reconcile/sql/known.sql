-- The findings that are asked for, the worst first. What was said of one since the last run goes before what the index knows.
SELECT
    f.finding_id, f.kind, f.severity, f.status, f.source, f.channel, f.sid, f.uid, f.key, f.subject, f.from_at, f.until_at,
    f.rows, f.measure, f.explanation,
    coalesce(s.acknowledged_at, f.acknowledged_at) AS acknowledged_at,
    coalesce(s.author, f.acknowledged_by) AS acknowledged_by,
    coalesce(s.note, f.note) AS note,
    f.first_found_run, f.last_found_run, f.resolved_run
FROM findings f
LEFT JOIN said s ON s.finding_id = f.finding_id
WHERE (len($kinds::VARCHAR[]) = 0 OR list_contains($kinds::VARCHAR[], f.kind))
    AND list_contains($severities::VARCHAR[], f.severity)
    AND list_contains($statuses::VARCHAR[], f.status)
    AND ($source::VARCHAR IS NULL OR f.source = $source::VARCHAR)
    AND starts_with(f.finding_id, $beginning)
ORDER BY list_position(['critical', 'warning', 'info'], f.severity), f.kind, f.source, f.from_at, f.finding_id
