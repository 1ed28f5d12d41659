-- What a reading of kept bodies came to this time.
UPDATE payload_bodies p
SET
    provider = b.provider,
    shape = b.shape,
    event = b.event,
    parse_status = b.parse_status,
    parse_error = b.parse_error,
    raw_text = b.raw_text,
    raw_bytes = b.raw_bytes,
    counted_in = b.counted_in,
    sequence = b.sequence
FROM payload_batch b
WHERE b.payload_id = p.payload_id
    AND (b.provider, b.shape, b.event, b.parse_status, b.parse_error, b.raw_text, b.raw_bytes, b.counted_in, b.sequence)
        IS DISTINCT FROM (
            p.provider, p.shape, p.event, p.parse_status, p.parse_error, p.raw_text, p.raw_bytes, p.counted_in, p.sequence
        )
