WITH {session_shots}
SELECT
    (epoch_ms(captured_at) - epoch_ms($since::TIMESTAMP)) // $step::BIGINT AS cell,
    min(captured_at) AS from_at,
    max(captured_at) AS until_at,
    count(*) AS shots,
    count(*) FILTER (WHERE deleted_at IS NOT NULL) AS deleted,
    arg_min(key, captured_at) AS key
FROM session_shots
WHERE captured_at BETWEEN $since::TIMESTAMP AND $until::TIMESTAMP
GROUP BY cell
ORDER BY cell
