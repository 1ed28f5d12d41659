WITH tried AS (
    SELECT source, run, status, error
    FROM run_sources
    QUALIFY row_number() OVER (PARTITION BY source ORDER BY run DESC) = 1
),
listed AS (
    SELECT source, run, began_at, mode, held
    FROM run_sources
    WHERE status = 'complete'
    QUALIFY row_number() OVER (PARTITION BY source ORDER BY run DESC) = 1
)
SELECT
    s.source, s.vendor, s.bucket, s.prefix, l.run, l.began_at AS listed_at, l.mode, l.held,
    t.run AS tried_run, t.status AS tried_status, t.error
FROM sources s
LEFT JOIN listed l ON l.source = s.source
LEFT JOIN tried t ON t.source = s.source
ORDER BY s.source
