-- title: Runs
-- about: Every run, newest first, and what it listed and changed in each source.
-- param: command text: only sync, ingest or reconcile
-- param: source text: only this source
SELECT
    r.run,
    r.command,
    coalesce(s.status, r.status) AS status,
    coalesce(s.began_at, r.started_at) AS began_at,
    coalesce(s.finished_at, r.finished_at) AS finished_at,
    s.source,
    s.mode,
    s.requests,
    s.listed,
    s.added,
    s.changed,
    s.deleted,
    s.held,
    s.error
FROM runs r
LEFT JOIN run_sources s ON s.run = r.run
WHERE ($command::VARCHAR IS NULL OR r.command = $command::VARCHAR)
    AND ($source::VARCHAR IS NULL OR s.source = $source::VARCHAR)
ORDER BY r.run DESC, s.source;
