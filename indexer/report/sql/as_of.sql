-- When the newest listing that came to its end began.
SELECT max(began_at) AS as_of
FROM run_sources
WHERE status = 'complete'
