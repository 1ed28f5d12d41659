-- A body that could not be read before, and can be now, is taken anew; its deliveries stay.
DELETE FROM payload_bodies
WHERE parse_status = 'failed'
    AND payload_id IN (SELECT payload_id FROM payload_batch WHERE parse_status <> 'failed');
