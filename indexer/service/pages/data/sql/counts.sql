WITH {session_shots},
{judged}
SELECT
    (SELECT count(*) FROM session_shots WHERE captured_at BETWEEN $since::TIMESTAMP AND $until::TIMESTAMP) AS shots,
    (SELECT count(*) FROM judged WHERE moment BETWEEN $since::TIMESTAMP AND $until::TIMESTAMP) AS verdicts
