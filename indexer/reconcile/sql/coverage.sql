-- How many shots a part's sessions have in each hour, and how many are missing there. Each missing one is counted in the
-- hour in which it was due.
INSERT INTO covered
WITH stored AS (
    SELECT session_id, date_trunc('hour', captured_at) AS hour, count(*) AS shots
    FROM shots
    WHERE delta_ms IS DISTINCT FROM 0
    GROUP BY session_id, date_trunc('hour', captured_at)
),
hours AS (
    SELECT *, unnest(generate_series(date_trunc('hour', from_at), until_at, INTERVAL 1 HOUR)) AS hour
    FROM gaps
),
-- The n-th missing shot was due n times the pace after the last one before it.
due AS (
    SELECT
        session_id, hour, explained_by,
        least(greatest(floor((epoch_ms(hour) - 1 - epoch_ms(from_at)) / pace_ms), 0), missing)::BIGINT AS before,
        least(greatest(floor((epoch_ms(hour) + 3599999 - epoch_ms(from_at)) / pace_ms), 0), missing)::BIGINT AS until
    FROM hours
),
absent AS (
    SELECT
        session_id, hour,
        sum(until - before) AS missing,
        coalesce(sum(until - before) FILTER (WHERE explained_by IS NOT NULL), 0) AS explained
    FROM due
    GROUP BY session_id, hour
    HAVING sum(until - before) > 0
)
SELECT
    l.source, l.service, l.channel, l.sid, l.uid,
    coalesce(s.hour, a.hour) AS hour,
    coalesce(s.shots, 0)::BIGINT,
    coalesce(a.missing, 0)::BIGINT,
    coalesce(a.explained, 0)::BIGINT
FROM stored s
FULL JOIN absent a ON a.session_id = s.session_id AND a.hour = s.hour
JOIN session_list l ON l.session_id = coalesce(s.session_id, a.session_id)
WHERE l.interval_ms IS NOT NULL
