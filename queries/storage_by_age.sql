-- title: Storage by source, class and age
-- about: What the present objects take by the days since they were written, and how much of it retention should have freed.
-- param: as_of timestamp: ages are counted up to then, UTC; without it to the newest complete listing
-- param: source text: only this source
WITH moment AS (
    SELECT coalesce($as_of::TIMESTAMP, max(began_at)) AS as_of
    FROM run_sources
    WHERE status = 'complete'
),
aged AS (
    SELECT
        n.source, n.kind, o.storage_class, o.size,
        (epoch_ms(m.as_of) - epoch_ms(o.last_modified)) / 86400000.0 AS days
    FROM object_rows o
    JOIN names n ON n.name_id = o.name_id
    CROSS JOIN moment m
    WHERE o.deleted_at IS NULL
        AND ($source::VARCHAR IS NULL OR n.source = $source::VARCHAR)
),
banded AS (
    SELECT
        a.source, a.kind, a.storage_class, a.size,
        CASE
            WHEN a.days < 7 THEN 0
            WHEN a.days < 30 THEN 7
            WHEN a.days < 90 THEN 30
            WHEN a.days < 180 THEN 90
            WHEN a.days < 365 THEN 180
            ELSE 365
        END AS from_days,
        a.days > s.retention_days AS is_due
    FROM aged a
    JOIN sources s ON s.source = a.source
)
SELECT
    source,
    storage_class,
    kind,
    from_days,
    count(*) AS objects,
    sum(size)::BIGINT AS bytes,
    count(*) FILTER (WHERE is_due) AS due_objects,
    coalesce(sum(size) FILTER (WHERE is_due), 0)::BIGINT AS due_bytes
FROM banded
GROUP BY source, storage_class, kind, from_days
ORDER BY source, storage_class, kind, from_days;
