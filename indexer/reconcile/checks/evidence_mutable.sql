-- title: Evidence that later pictures overwrite
-- about: Violations in pictures of a source whose names hold no time, so that what stands there now is another picture.
-- scope: index
SELECT
    'warning' AS severity,
    source, channel, sid, uid, key,
    min(coalesce(captured_at, judged_at)) AS from_at, max(coalesce(captured_at, judged_at)) AS until_at,
    count(*) AS rows,
    count(*) AS measure,
    printf(
        '%d verdicts are about this name, which every later shot overwrites: it proves nothing; have the platform put the time into the names',
        count(*)
    ) AS explanation
FROM evidence
WHERE evidence = 'mutable'
GROUP BY source, channel, sid, uid, key
-- rows
SELECT *
FROM violations
WHERE source = $source AND key = $key AND evidence = 'mutable'
ORDER BY captured_at, verdict_id
