-- Some at a time: a reading that goes on for long keeps SQLite from clearing away what it wrote ahead.
SELECT id, place, provider, received_at, body, headers, signature_ok, is_test, deliveries
FROM callbacks
WHERE place > ? AND place <= ?
ORDER BY place
LIMIT 200
