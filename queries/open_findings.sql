-- title: Open findings
-- about: What reconciliation says is wrong and was not resolved, by kind and channel, worst first.
-- param: severity text: only info, warning or critical
-- param: source text: only this source
SELECT
    severity,
    kind,
    source,
    channel,
    count(*) AS findings,
    count(*) FILTER (WHERE status = 'new') AS new,
    count(acknowledged_at) AS acknowledged,
    sum(rows)::BIGINT AS rows,
    min(from_at) AS from_at,
    max(until_at) AS until_at,
    min(first_found_run) AS since_run
FROM findings
WHERE status <> 'resolved'
    AND ($severity::VARCHAR IS NULL OR severity = $severity::VARCHAR)
    AND ($source::VARCHAR IS NULL OR source = $source::VARCHAR)
GROUP BY severity, kind, source, channel
ORDER BY
    CASE severity WHEN 'critical' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END,
    findings DESC, kind, source, channel;
