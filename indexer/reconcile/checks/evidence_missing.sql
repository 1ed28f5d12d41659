-- title: Evidence that is gone
-- about: Pictures with a violation that no bucket holds: deleted since, or never found by a listing after they were judged.
-- scope: index
-- What names no picture is told by its user and time; a key that was found nowhere, by the bucket that was named with it.
WITH gone AS (
    SELECT *,
        coalesce(captured_at, judged_at) AS moment,
        CASE WHEN source IS NULL AND key IS NULL THEN epoch_ms(captured_at)::VARCHAR WHEN source IS NULL THEN bucket END
            AS subject,
        suggestion || ' for ' || coalesce(label, category) || ' by ' || provider AS said
    FROM evidence
    WHERE evidence = 'deleted' OR evidence = 'missing' AND coalesce(moderated_at, captured_at, judged_at) < $as_of
),
pictures AS (
    SELECT
        source, channel, sid, uid, key, subject, min(moment) AS from_at, max(moment) AS until_at, count(*) AS verdicts,
        min(deleted_at) AS deleted_at, min(last_modified) AS last_modified, min(captured_at) AS captured_at,
        left(string_agg(DISTINCT said, ', ' ORDER BY said), 300) AS said
    FROM gone
    GROUP BY source, channel, sid, uid, key, subject
)
SELECT
    'critical' AS severity,
    p.source, p.channel, p.sid, p.uid, p.key, p.subject, p.from_at, p.until_at,
    p.verdicts AS rows,
    p.verdicts AS measure,
    printf(
        '%s; what was said of it: %s',
        CASE
            WHEN p.deleted_at IS NULL AND p.key IS NULL
                THEN printf('missing: no bucket has a picture of this user at %s', strftime(p.captured_at, '%Y-%m-%dT%H:%M:%SZ'))
            WHEN p.deleted_at IS NULL THEN 'missing: no listing ever found it, so it was deleted before one, or never stored'
            WHEN epoch_ms(p.last_modified) + s.retention_days * 86400000 <= epoch_ms(p.deleted_at)
                THEN printf(
                    'deleted before %s, older than the %.1f days that its source keeps pictures',
                    strftime(p.deleted_at, '%Y-%m-%dT%H:%M:%SZ'), s.retention_days
                )
            ELSE printf(
                'deleted before %s, and no retention_days explains it', strftime(p.deleted_at, '%Y-%m-%dT%H:%M:%SZ')
            )
        END,
        p.said
    ) AS explanation
FROM pictures p
LEFT JOIN sources s ON s.source = p.source
-- not computable
SELECT NULL AS source, 'no source was ever listed to its end' AS reason
WHERE NOT EXISTS (SELECT 1 FROM run_sources WHERE status = 'complete')
-- rows
SELECT v.*
FROM violations v
JOIN payloads p ON p.payload_id = v.payload_id
WHERE v.source IS NOT DISTINCT FROM $source
    AND coalesce(v.key, v.object_key, v.object_url) IS NOT DISTINCT FROM $key
    AND (
        v.evidence = 'deleted'
        OR v.evidence = 'missing'
            AND v.channel IS NOT DISTINCT FROM $channel
            AND v.sid IS NOT DISTINCT FROM $sid
            AND v.uid IS NOT DISTINCT FROM $uid
            AND CASE WHEN $key IS NULL THEN epoch_ms(v.captured_at)::VARCHAR ELSE v.bucket END IS NOT DISTINCT FROM $subject
            AND coalesce(v.moderated_at, v.captured_at, p.received_at, p.ingested_at)
                < (SELECT max(began_at) FROM run_sources WHERE status = 'complete')
    )
ORDER BY v.captured_at, v.verdict_id
