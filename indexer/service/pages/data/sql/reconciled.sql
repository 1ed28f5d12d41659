SELECT
    run, finished_at,
    (SELECT max(l.run) FROM runs l WHERE l.command IN ('sync', 'ingest') AND l.run > r.run) AS later_run
FROM runs r
WHERE command = 'reconcile' AND finished_at IS NOT NULL
ORDER BY run DESC
LIMIT 1
