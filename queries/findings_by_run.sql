-- title: Findings by run
-- about: How many findings of each kind every reconciliation found for the first time and resolved, and how many stood after it.
-- param: kind text: only this kind
SELECT
    r.run,
    r.started_at,
    f.kind,
    count(*) FILTER (WHERE f.first_found_run = r.run) AS new,
    count(*) FILTER (WHERE f.resolved_run = r.run) AS resolved,
    count(*) FILTER (WHERE f.resolved_run IS NULL OR f.resolved_run > r.run) AS standing
FROM runs r
JOIN finding_rows f ON f.first_found_run <= r.run
WHERE r.command = 'reconcile'
    AND (f.resolved_run IS NULL OR f.resolved_run >= r.run)
    AND ($kind::VARCHAR IS NULL OR f.kind = $kind::VARCHAR)
GROUP BY r.run, r.started_at, f.kind
ORDER BY r.run, f.kind;
