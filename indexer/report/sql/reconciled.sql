-- The last reconciliation, how many checks it made, and how many runs have changed the index since.
SELECT
    r.run, r.finished_at,
    (SELECT count(*) FROM checks) AS checks,
    (SELECT count(*) FROM runs l WHERE l.run > r.run AND l.command <> 'reconcile') AS later
FROM runs r
WHERE r.run = (SELECT max(run) FROM checks)
