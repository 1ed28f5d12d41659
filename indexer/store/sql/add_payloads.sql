INSERT INTO payload_bodies BY NAME
SELECT DISTINCT ON (payload_id)
    payload_id, provider, shape, event, forced, whole, parse_status, parse_error, $now AS ingested_at, raw_text, raw_bytes,
    counted_in, sequence
FROM payload_batch b
WHERE b.payload_id IN (FROM new_payloads);
