-- The sources whose newest listing did not come to its end.
WITH newest AS (
    SELECT source, run, status, error
    FROM run_sources
    QUALIFY row_number() OVER (PARTITION BY source ORDER BY run DESC) = 1
)
SELECT source, run, error
FROM newest
WHERE status <> 'complete'
ORDER BY source
