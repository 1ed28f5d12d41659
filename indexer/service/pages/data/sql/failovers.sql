WITH {session_shots},
numbered AS (
    SELECT captured_at AS moment, failover, key, lag(failover) OVER (ORDER BY captured_at, key) AS before
    FROM session_shots
)
SELECT moment, failover, key
FROM numbered
WHERE failover IS NOT NULL
    AND failover IS DISTINCT FROM before
    AND moment BETWEEN $since::TIMESTAMP AND $until::TIMESTAMP
ORDER BY moment, key
LIMIT $most::BIGINT
