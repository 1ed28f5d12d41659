-- What is still held of the violations: of the day, of the seven days before it, and of all.
SELECT
    evidence,
    count(*) FILTER (WHERE captured_at >= $day AND captured_at < $day + INTERVAL 1 DAY) AS of_day,
    count(*) FILTER (WHERE captured_at >= $day - INTERVAL 7 DAY AND captured_at < $day) AS of_week,
    count(*) AS of_all,
    count(*) FILTER (WHERE suggestion = 'block') AS blocks
FROM violations
GROUP BY evidence
ORDER BY of_all DESC, evidence
