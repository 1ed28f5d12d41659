-- title: Bodies that were not read as they came
-- about: Bodies that had to be repaired or could not be read, by provider and reason, with one of them.
-- param: status text: only repaired, or only failed
SELECT
    p.parse_status AS status,
    p.provider,
    p.parse_error AS why,
    count(*) AS bodies,
    sum(p.deliveries)::BIGINT AS deliveries,
    min(p.payload_id) AS example,
    arg_min(p.source_uri, p.payload_id) AS its_place,
    arg_min(p.source_line, p.payload_id) AS its_line
FROM payloads p
WHERE p.parse_status <> 'ok'
    AND ($status::VARCHAR IS NULL OR p.parse_status = $status::VARCHAR)
GROUP BY 1, 2, 3
ORDER BY bodies DESC, status, p.provider, why;
