-- title: Evidence that its bucket is about to delete
-- about: Violations whose pictures reach retention_days soon, or are past it and still there, by source and the day on which they do.
-- scope: index
WITH kept AS (
    SELECT
        e.source, coalesce(e.captured_at, e.judged_at) AS moment,
        DATE '1970-01-01' + floor(epoch_ms(e.last_modified) / 86400000 + s.retention_days)::INTEGER AS day,
        epoch_ms(e.last_modified) + s.retention_days * 86400000 < epoch_ms($as_of::TIMESTAMP) AS is_due,
        s.retention_days
    FROM evidence e
    JOIN sources s ON s.source = e.source
    WHERE e.evidence = 'present' AND s.retention_days < 36525
)
SELECT
    'warning' AS severity,
    source,
    day::VARCHAR AS subject,
    min(moment) AS from_at, max(moment) AS until_at,
    count(*) AS rows,
    count(*) AS measure,
    CASE
        WHEN bool_and(is_due) THEN printf(
            'the pictures of %d verdicts should have been deleted on %s, after %.1f days, and are still there: the bucket does not do what retention_days says, or will any day',
            count(*), day::VARCHAR, any_value(retention_days)
        )
        ELSE printf(
            'the pictures of %d verdicts are deleted on %s, after %.1f days: copy them before, or keep them longer',
            count(*), day::VARCHAR, any_value(retention_days)
        )
    END AS explanation
FROM kept
WHERE epoch_ms(day) <= epoch_ms($as_of::TIMESTAMP) + $expiring_days * 86400000
GROUP BY source, day
-- not computable
SELECT source, 'no retention_days is configured' AS reason
FROM sources
WHERE retention_days IS NULL
-- rows
SELECT v.*
FROM violations v
JOIN sources s ON s.source = v.source
WHERE v.source = $source
    AND v.evidence = 'present'
    AND DATE '1970-01-01' + floor(epoch_ms(v.last_modified) / 86400000 + s.retention_days)::INTEGER = $subject::DATE
ORDER BY v.last_modified, v.verdict_id
