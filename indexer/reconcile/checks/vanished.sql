-- title: Objects that are gone
-- about: Objects that the newest complete listing of a source did not find any more, and whether its retention explains that.
-- scope: index
-- subject is when that listing began: what vanishes tomorrow is another finding than what vanished today.
WITH newest AS (
    SELECT source, max(began_at) AS began_at, coalesce(arg_max(held, began_at), 0) AS held
    FROM run_sources
    WHERE status = 'complete'
    GROUP BY source
),
gone AS (
    SELECT
        n.source, w.began_at, any_value(w.held)::BIGINT AS held, count(*) AS objects, sum(o.size)::BIGINT AS bytes,
        min(o.captured_at) AS from_at, max(o.captured_at) AS until_at,
        count(*) FILTER (
            WHERE epoch_ms(o.last_modified) + s.retention_days * 86400000 <= epoch_ms(w.began_at)
        ) AS due
    FROM object_rows o
    JOIN names n ON n.name_id = o.name_id
    JOIN newest w ON w.source = n.source AND o.deleted_at = w.began_at
    JOIN sources s ON s.source = n.source
    GROUP BY n.source, w.began_at
)
SELECT
    CASE WHEN g.due = g.objects THEN 'info' ELSE 'warning' END AS severity,
    g.source,
    g.began_at::VARCHAR AS subject,
    g.from_at, g.until_at,
    g.objects AS rows,
    g.bytes AS measure,
    printf(
        '%d of %d objects, %d bytes, were gone when the source was listed: %s',
        g.objects, g.objects + g.held, g.bytes,
        CASE
            WHEN g.due = g.objects THEN printf('all were older than the %.1f days that it keeps them', s.retention_days)
            WHEN s.retention_days IS NULL THEN 'no retention_days is configured that would explain it'
            ELSE printf('%d of them were not yet %.1f days old, as it keeps them', g.objects - g.due, s.retention_days)
        END
    ) AS explanation
FROM gone g
JOIN sources s ON s.source = g.source
-- not computable
SELECT s.source, 'it was never listed completely' AS reason
FROM sources s
WHERE NOT EXISTS (SELECT 1 FROM run_sources r WHERE r.source = s.source AND r.status = 'complete')
-- rows
SELECT *
FROM objects
WHERE source = $source AND deleted_at = $subject::TIMESTAMP
ORDER BY key
