-- title: Callbacks by hour
-- about: How many deliveries came in each hour, and whether their signatures were right; what came in files has no hour of receipt.
-- param: provider text: only this provider
-- param: day date: only callbacks received on this day, UTC
SELECT
    date_trunc('hour', d.received_at) AS hour,
    b.provider,
    CASE WHEN d.received_at IS NULL THEN 'file' ELSE 'callback' END AS came_by,
    CASE WHEN d.signature_ok THEN 'right' WHEN NOT d.signature_ok THEN 'wrong' ELSE 'unchecked' END AS signature,
    sum(d.times)::BIGINT AS deliveries,
    count(DISTINCT d.payload_id) AS bodies,
    count(DISTINCT CASE WHEN b.parse_status = 'failed' THEN d.payload_id END) AS unreadable_bodies
FROM deliveries d
JOIN payload_bodies b ON b.payload_id = d.payload_id
WHERE ($provider::VARCHAR IS NULL OR b.provider = $provider::VARCHAR)
    AND ($day::DATE IS NULL OR d.received_at::DATE = $day::DATE)
GROUP BY 1, 2, 3, 4
ORDER BY hour, b.provider, came_by, signature;
