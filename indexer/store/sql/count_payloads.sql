SELECT
    (SELECT count(*) FROM deliveries),
    count(*),
    count(*) FILTER (WHERE parse_status = 'repaired'),
    count(*) FILTER (WHERE parse_status = 'failed'),
    (SELECT count(*) FROM verdicts),
    (SELECT count(*) FROM verdicts WHERE is_violation)
FROM payload_bodies;
