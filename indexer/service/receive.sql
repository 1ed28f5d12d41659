-- A retry is one more delivery of the same row, and moves it behind everything that was drained.
INSERT INTO callbacks (
    provider, received_at, body, body_hash, headers, identity, signature_ok, is_test, deliveries, last_received_at, place
)
SELECT
    :provider, :received_at, :body, :body_hash, :headers, :identity, :signature_ok, :is_test, 1, :received_at,
    max(drained_to, coalesce((SELECT max(place) FROM callbacks), 0)) + 1
FROM state
WHERE true  -- without it SQLite takes ON for a join's
ON CONFLICT (provider, identity, body_hash) DO UPDATE SET
    deliveries = deliveries + 1,
    last_received_at = excluded.last_received_at,
    place = excluded.place
RETURNING id, deliveries
