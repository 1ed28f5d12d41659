INSERT INTO payload_bodies BY NAME
SELECT DISTINCT ON (payload_id)
    payload_id, provider, shape, parse_status, parse_error, $now AS ingested_at, raw_text, raw_bytes
FROM payload_batch b
WHERE NOT EXISTS (FROM payload_bodies p WHERE p.payload_id = b.payload_id);
