-- When the last listing of each source began that came to its end, and how many keys it listed a second.
SELECT
    source,
    epoch_ms(began_at) / 1000 AS began,
    listed / nullif(epoch_ms(finished_at) - epoch_ms(began_at), 0) * 1000 AS keys_per_second
FROM run_sources
WHERE status = 'complete' AND began_at IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY source ORDER BY run DESC) = 1
ORDER BY source
