SELECT session, arg_max(name, size) AS n, arg_min(name, size) AS m
FROM shots
GROUP BY session
ORDER BY session;

SELECT session, arg_min(name, (captured_at, size)) AS n
FROM shots
GROUP BY session
ORDER BY session;

SELECT session, any_value(name) AS n
FROM shots
GROUP BY session
ORDER BY session;

SELECT session, string_agg(DISTINCT name, ', ' ORDER BY name) AS n, count(DISTINCT size) AS c
FROM shots
GROUP BY session
ORDER BY session;

SELECT string_agg(name, '-' ORDER BY size) FILTER (WHERE size > 3) AS n
FROM shots;

SELECT session, median(size) AS m, quantile_cont(size, 0.95) AS q
FROM shots
GROUP BY session
ORDER BY session;

SELECT session, count(*) FILTER (WHERE size > 3) AS n, sum(size) FILTER (WHERE name = 'b') AS s
FROM shots
GROUP BY session
ORDER BY session;

SELECT
    size,
    count(*) FILTER (WHERE size > 3) OVER (PARTITION BY session) AS n,
    sum(size) FILTER (WHERE name IS NOT NULL) OVER (PARTITION BY session) AS s
FROM shots
ORDER BY session, size, name;

SELECT session, name, size
FROM shots
ORDER BY size DESC, name, session;

SELECT session, row_number() OVER (PARTITION BY session ORDER BY captured_at, name) AS n, name
FROM shots
ORDER BY session, n;

SELECT name, -size AS size
FROM shots
QUALIFY row_number() OVER (PARTITION BY session ORDER BY shots.size DESC, name) = 1
ORDER BY session DESC, name
LIMIT 2;

WITH kept AS (
    SELECT *
    FROM shots
    QUALIFY max(size) OVER (PARTITION BY session) > 4
)
SELECT count(*) AS n, sum(size) AS s
FROM kept;

WITH one AS MATERIALIZED (SELECT 1 AS n)
SELECT n
FROM one;

SELECT unnest(
        generate_series(
            date_trunc('hour', TIMESTAMP '2026-01-05 10:30:00'), TIMESTAMP '2026-01-05 12:00:00', INTERVAL 1 HOUR
        )
    ) AS hour;

SELECT lag(captured_at) OVER session AS before_at, epoch_ms(captured_at) - epoch_ms(before_at) AS ms
FROM shots
WHERE captured_at IS NOT NULL
WINDOW session AS (PARTITION BY shots.session ORDER BY captured_at)
ORDER BY captured_at;

SELECT session, count(*) AS shots
FROM shots
GROUP BY 1
HAVING shots >= 2
ORDER BY shots DESC, session;

SELECT session AS s, sum(sum(size)) OVER () AS n
FROM shots
GROUP BY ALL
ORDER BY s;

SELECT * EXCLUDE (captured_at)
FROM shots
WHERE NOT EXISTS (SELECT 1 FROM (SELECT 1 AS n UNION ALL SELECT 3) AS t WHERE t.n = shots.session)
ORDER BY name;

SELECT session, arg_min({name: name, size: size}, (size, captured_at IS NOT NULL, name)) AS best
FROM shots
GROUP BY session
ORDER BY session;

SELECT a.session, count(*) AS shots
FROM shots a
ANTI JOIN (SELECT 2 AS session UNION ALL SELECT NULL) b ON b.session = a.session
GROUP BY ALL
ORDER BY a.session;

SELECT session, name
FROM shots
QUALIFY min((session, name)) OVER (PARTITION BY session) = max((session, name)) OVER (PARTITION BY session)
ORDER BY session, name;

SELECT 'x' AS a
WHERE NOT EXISTS (SELECT 1 AS n WHERE false);
