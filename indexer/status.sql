-- What each source holds, by kind, and the last run of each that came to its end.
WITH kinds AS (
    SELECT
        n.source,
        count(*) FILTER (n.kind = 'screenshot' AND o.deleted_at IS NULL) AS screenshots,
        count(*) FILTER (n.kind <> 'screenshot' AND o.deleted_at IS NULL) AS other_objects,
        count(*) FILTER (n.kind = 'unparsed' AND o.deleted_at IS NULL) AS unparsed,
        count(*) FILTER (o.deleted_at IS NOT NULL) AS deleted
    FROM object_rows o
    JOIN names n ON n.name_id = o.name_id
    JOIN sources s ON s.source = n.source AND (o.deleted_at IS NOT NULL OR starts_with(n.front, s.prefix))
    GROUP BY n.source
),
last AS (
    FROM run_sources
    WHERE status = 'complete'
    QUALIFY row_number() OVER (PARTITION BY source ORDER BY run DESC) = 1
)
SELECT
    s.source,
    coalesce(last.held, 0) AS objects,
    coalesce(k.screenshots, 0) AS screenshots,
    coalesce(k.other_objects, 0) AS other_objects,
    coalesce(k.unparsed, 0) AS unparsed,
    coalesce(k.deleted, 0) AS deleted,
    last.run,
    last.mode,
    last.began_at AS as_of
FROM sources s
LEFT JOIN kinds k ON k.source = s.source
LEFT JOIN last ON last.source = s.source
ORDER BY s.source;
