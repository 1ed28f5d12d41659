-- The same place read twice is one delivery; where the body came there again meanwhile, the number of times grows.
CREATE OR REPLACE TEMP TABLE arrivals AS
SELECT
    payload_id, source_uri, source_line, min(received_at) AS received_at, any_value(headers) AS headers,
    bool_or(signature_ok) AS signature_ok, max(deliveries) AS times
FROM payload_batch
GROUP BY payload_id, source_uri, source_line;

UPDATE deliveries d
SET times = a.times
FROM arrivals a
WHERE a.payload_id = d.payload_id AND a.source_uri = d.source_uri AND a.source_line = d.source_line AND a.times > d.times;

INSERT INTO deliveries BY NAME
SELECT *, $now AS ingested_at
FROM arrivals a
WHERE NOT EXISTS (
    FROM deliveries d
    WHERE d.payload_id = a.payload_id AND d.source_uri = a.source_uri AND d.source_line = a.source_line
);
