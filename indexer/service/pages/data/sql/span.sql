WITH {session_shots}
SELECT
    min(captured_at) AS first_at,
    max(captured_at) AS last_at,
    count(*) AS shots,
    count(*) FILTER (WHERE deleted_at IS NOT NULL) AS deleted,
    min(service) AS service,
    (SELECT any_value(interval_seconds) FROM sources WHERE source = $source::VARCHAR) AS interval
FROM session_shots
HAVING count(*) > 0
