-- Sources whose newest listing did not come to its end, and of when the last one is that did.
WITH newest AS (
    SELECT source, status, error
    FROM run_sources
    QUALIFY row_number() OVER (PARTITION BY source ORDER BY run DESC) = 1
),
ended AS (
    SELECT source, max(began_at) AS as_of
    FROM run_sources
    WHERE status = 'complete'
    GROUP BY source
)
SELECT n.source, n.status, n.error, e.as_of
FROM newest n
LEFT JOIN ended e ON e.source = n.source
WHERE n.status <> 'complete'
ORDER BY n.source
