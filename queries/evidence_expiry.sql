-- title: Days until evidence expires
-- about: When retention deletes the present frames of violations, by source and day; those of a source without a known retention have no day.
-- param: as_of timestamp: counted from then on, UTC; without it from the newest complete listing
-- param: source text: only this source
WITH moment AS (
    SELECT coalesce($as_of::TIMESTAMP, max(began_at)) AS as_of
    FROM run_sources
    WHERE status = 'complete'
),
frames AS (
    SELECT DISTINCT
        v.source, s.retention_days, v.key, v.size,
        epoch_ms(v.last_modified) + s.retention_days * 86400000 AS expires_ms,
        (v.last_modified + s.retention_days * INTERVAL 1 DAY)::DATE AS expires_on
    FROM violations v
    JOIN sources s ON s.source = v.source
    WHERE v.evidence = 'present'
        AND ($source::VARCHAR IS NULL OR v.source = $source::VARCHAR)
)
SELECT
    f.source,
    f.retention_days,
    f.expires_on,
    floor((min(f.expires_ms) - epoch_ms(any_value(m.as_of))) / 86400000)::BIGINT AS days_left,
    count(*) AS frames,
    sum(f.size)::BIGINT AS bytes
FROM frames f
CROSS JOIN moment m
GROUP BY f.source, f.retention_days, f.expires_on
ORDER BY f.expires_on, f.source;
