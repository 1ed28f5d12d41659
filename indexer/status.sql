-- What each source holds, and the receipt of the last run that listed all of it.
SELECT
    s.source,
    r.keys AS listed,
    count(*) FILTER (WHERE o.kind = 'screenshot' AND o.deleted_at IS NULL AND starts_with(o.key, s.prefix)) AS screenshots,
    count(*) FILTER (WHERE o.kind <> 'screenshot' AND o.deleted_at IS NULL AND starts_with(o.key, s.prefix))
        AS other_objects,
    count(*) FILTER (WHERE o.kind = 'unparsed' AND o.deleted_at IS NULL) AS unparsed,
    count(*) FILTER (WHERE o.deleted_at IS NOT NULL) AS deleted,
    s.last_complete_run AS run,
    r.finished_at AS listed_at,
    printf('%016x', r.key_hash) AS key_hash
FROM sources s
JOIN receipts r ON r.source = s.source AND r.run = s.last_complete_run
LEFT JOIN objects o ON o.source = s.source
GROUP BY ALL
ORDER BY s.source;
