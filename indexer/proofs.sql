-- What was listed of each source since its last full run, that one included: one row a shard that was listed.
SELECT
    r.source, r.run, u.mode, u.skipped, r.from_key, r.to_key, r.last_key, r.finished_at IS NOT NULL AS finished, r.keys,
    r.key_hash, r.pages
FROM receipts r
JOIN sources s ON s.source = r.source
JOIN run_sources u ON u.source = r.source AND u.run = r.run
WHERE r.run >= coalesce(s.last_complete_run, 0)
ORDER BY r.source, r.run, r.from_key NULLS FIRST;
