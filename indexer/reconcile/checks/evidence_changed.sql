-- title: Evidence that is not what was judged
-- about: Pictures with a violation that were written after they were judged, or differ from what they were when they were first found.
-- scope: index
-- Two clocks are compared, so a minute between them is nothing.
WITH held AS (
    SELECT
        e.*,
        coalesce(e.captured_at, e.judged_at) AS moment,
        epoch_ms(e.last_modified) > epoch_ms(e.judged_at) + 60000 AS is_later,
        coalesce(c.size <> e.size, false) OR coalesce(c.etag <> e.etag, false) AS is_other,
        c.size AS first_size,
        c.etag AS first_etag
    FROM evidence e
    LEFT JOIN custody c ON c.source = e.source AND c.key = e.key
    WHERE e.evidence = 'present'
),
pictures AS (
    SELECT
        source, channel, sid, uid, key, min(moment) AS from_at, max(moment) AS until_at, count(*) AS verdicts,
        bool_or(is_later) AS is_later, bool_or(is_other) AS is_other,
        min(judged_at) AS judged_at, min(last_modified) AS last_modified,
        min(first_size) AS first_size, min(first_etag) AS first_etag, min(size) AS size, min(etag) AS etag
    FROM held
    GROUP BY source, channel, sid, uid, key
)
SELECT
    'critical' AS severity,
    source, channel, sid, uid, key, from_at, until_at,
    verdicts AS rows,
    (epoch_ms(last_modified) - epoch_ms(judged_at)) / 1000 AS measure,
    concat_ws(
        '; ',
        CASE
            WHEN is_later THEN printf(
                'written at %s, %.0f s after it was judged: it was replaced, copied, or uploaded late, and may show something else',
                strftime(last_modified, '%Y-%m-%dT%H:%M:%SZ'), (epoch_ms(last_modified) - epoch_ms(judged_at)) / 1000
            )
        END,
        CASE
            WHEN is_other THEN printf(
                'it had %d bytes and etag %s when it was first found, and has %d and %s now: somebody replaced it',
                first_size, coalesce(first_etag, 'none'), size, coalesce(etag, 'none')
            )
        END
    ) AS explanation
FROM pictures
WHERE is_later OR is_other
-- rows
SELECT *
FROM violations
WHERE source = $source AND key = $key AND evidence = 'present'
ORDER BY captured_at, verdict_id
