SELECT
    (SELECT coalesce(sum(times), 0) FROM deliveries),
    count(*),
    count(*) FILTER (WHERE parse_status = 'repaired'),
    count(*) FILTER (WHERE parse_status = 'failed'),
    (SELECT count(*) FROM verdicts),
    (SELECT count(*) FROM verdicts WHERE is_violation),
    (SELECT count(*) FROM notifications)
FROM payload_bodies;
