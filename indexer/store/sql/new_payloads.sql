-- The bodies of a batch that the index does not have.
CREATE OR REPLACE TEMP TABLE new_payloads AS
SELECT DISTINCT payload_id
FROM payload_batch
WHERE payload_id NOT IN (SELECT payload_id FROM payload_bodies);
