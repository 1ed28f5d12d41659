-- The same place read twice is one delivery.
INSERT INTO deliveries BY NAME
SELECT DISTINCT ON (payload_id, source_uri, source_line)
    payload_id, source_uri, source_line, $now AS ingested_at
FROM payload_batch b
WHERE NOT EXISTS (
    FROM deliveries d
    WHERE d.payload_id = b.payload_id AND d.source_uri = b.source_uri AND d.source_line = b.source_line
);
