-- title: Bodies that came more than once
-- about: Bodies of which the very same bytes were delivered again, and how often: a receiver that answers late is asked again. Each counts once.
-- param: at_least integer = 2: the fewest deliveries to be listed
-- param: provider text: only this provider
SELECT
    b.provider,
    b.event,
    sum(d.times)::BIGINT AS deliveries,
    count(*) AS places,
    min(d.received_at) AS first_received_at,
    max(d.received_at) AS last_received_at,
    min(d.source_uri) AS place,
    arg_min(d.source_line, d.source_uri || ' ' || lpad(d.source_line::VARCHAR, 20, '0')) AS line,
    d.payload_id
FROM deliveries d
JOIN payload_bodies b ON b.payload_id = d.payload_id
WHERE $provider::VARCHAR IS NULL OR b.provider = $provider::VARCHAR
GROUP BY b.provider, b.event, d.payload_id
HAVING deliveries >= $at_least::BIGINT
ORDER BY deliveries DESC, b.provider, d.payload_id;
