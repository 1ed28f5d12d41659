-- Where a body came from does not matter to a second reading.
SELECT
    payload_id, '' AS source_uri, 1 AS source_line, raw_text, raw_bytes, provider, shape, parse_status, parse_error,
    event, forced, whole
FROM payload_bodies
WHERE rowid BETWEEN $first AND $last
ORDER BY rowid
